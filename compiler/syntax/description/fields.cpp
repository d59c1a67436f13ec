#include "syntax/description/fields.h"

namespace modelc::syntax {

using catalogue::KeyId;

const ast::SettingPtr* setting_field(const ast::Description& description, KeyId id) {
  switch (id) {
    case KeyId::Document_data:
      return &description.data;
    case KeyId::Document_train:
      return &description.train;
    case KeyId::Document_predict:
      return &description.predict;
    case KeyId::Document_device:
      return &description.running.device;
    case KeyId::Document_dtype:
      return &description.running.dtype;
    case KeyId::Document_checks:
      return &description.running.checks;
    case KeyId::Document_allow:
      return &description.running.allow;
    default:
      return nullptr;
  }
}

ast::SettingPtr* setting_field(ast::Description& description, KeyId id) {
  return const_cast<ast::SettingPtr*>(setting_field(static_cast<const ast::Description&>(description), id));
}

BindingsField bindings_field(ast::Description& description, KeyId id) {
  switch (id) {
    case KeyId::Document_loss:
      return {&description.loss.entries, &description.loss.given};
    case KeyId::Document_metrics:
      return {&description.metrics.entries, &description.metrics.given};
    case KeyId::Data_feed:
      return {&description.feed.entries, &description.feed.given};
    default:
      return {};
  }
}

const ast::Block<ast::Binding>* given_bindings(const ast::Description& description, KeyId id) {
  const BindingsField field = bindings_field(const_cast<ast::Description&>(description), id);
  return field.given && *field.given ? field.block : nullptr;
}

}  // namespace modelc::syntax
