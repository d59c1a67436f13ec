// Where the values of a document's keys lie in a Description, for what treats them alike: reading, merging, `--set`.
#pragma once

#include "ast/description.h"
#include "catalogue/keys.h"

namespace modelc::syntax {

/// The field of a key that is kept as a Setting; nullptr for any other.
ast::SettingPtr* setting_field(ast::Description& description, catalogue::KeyId id);
const ast::SettingPtr* setting_field(const ast::Description& description, catalogue::KeyId id);

/// The field of a key of the recipe that is kept as bindings; empty for any other.
struct BindingsField {
  ast::Block<ast::Binding>* block = nullptr;
  bool* given = nullptr;
};
BindingsField bindings_field(ast::Description& description, catalogue::KeyId id);
/// Such bindings where the file gives them; else nullptr.
const ast::Block<ast::Binding>* given_bindings(const ast::Description& description, catalogue::KeyId id);

}  // namespace modelc::syntax
