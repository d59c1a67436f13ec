// The keys that the catalogue calls "not yet", found in a composed description.
#include "compose/compose.h"
#include "compose/edits.h"
#include "compose/settings.h"
#include "syntax/description/fields.h"

namespace modelc::compose {
namespace {

using catalogue::KeyId;

/// False after reporting.
bool is_honoured(KeyId id, support::Span span, diagnostics::Sink& sink) {
  const catalogue::Key& key = catalogue::key(id);
  if (key.supported()) return true;
  sink.report(span, diag::NotSupportedYet, "`" + catalogue::path_of(key) + "`");
  return false;
}

bool check_component(const ast::Component& component, diagnostics::Sink& sink) {
  bool honoured = true;
  for (const ast::WeightsEntry& entry : component.by_path.weights) {
    for (const ast::PathEntry& resize : entry.resize) honoured &= is_honoured(KeyId::Weights_resize, resize.span, sink);
  }
  return honoured;
}

}  // namespace

bool report_not_yet(const Composition& composition, diagnostics::Sink& sink) {
  bool honoured = true;
  const ast::DescriptionPtr& root = composition.root;
  for (const catalogue::Key* key : catalogue::keys_of(catalogue::Place::Document)) {
    const ast::SettingPtr* setting = syntax::setting_field(*root, key->id);
    if (setting && is_given(*setting)) honoured &= is_honoured(key->id, (*setting)->span, sink);
  }
  // An imported file's recipe is nobody's here; its modules and weights come along.
  const auto visit = [&](const ast::ComponentPtr& component) { honoured &= check_component(*component, sink); };
  for_each_component(root, visit);
  for (const auto& [path, file] : composition.files) {
    if (file != root) for_each_component(file, visit);
  }
  return honoured;
}

}  // namespace modelc::compose
