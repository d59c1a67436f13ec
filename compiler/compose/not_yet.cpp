// The keys that the catalogue calls "not yet", found in a composed description.
#include "compose/compose.h"
#include "compose/settings.h"
#include "syntax/description/fields.h"

namespace modelc::compose {
namespace {

using catalogue::KeyId;

void refuse(KeyId id, support::Span span, diagnostics::Sink& sink) {
  const catalogue::Key& key = catalogue::key(id);
  if (!key.supported()) sink.report(span, diag::NotSupportedYet, "`" + catalogue::path_of(key) + "`");
}

}  // namespace

void report_not_yet(const Composition& composition, diagnostics::Sink& sink) {
  const ast::DescriptionPtr& root = composition.root;
  for (const catalogue::Key* key : catalogue::keys_of(catalogue::Place::Document)) {
    const ast::SettingPtr* setting = syntax::setting_field(*root, key->id);
    if (setting && is_given(*setting)) refuse(key->id, (*setting)->span, sink);
  }
}

}  // namespace modelc::compose
