// Edits of the module tree as far as they are known before the tree is: where their names are looked up, and which of
// them contradict each other (LANGUAGE §8).
#pragma once

#include <functional>

#include "ast/description.h"
#include "diagnostics/sink.h"

namespace modelc::compose {

/// Calls `visit` for the component itself and every component inside it, those in module definitions and edits
/// included.
void for_each_component(const ast::ComponentPtr& component, const std::function<void(const ast::ComponentPtr&)>& visit);

/// Sets the scope of every edit to the component it stands in.
void set_scopes(const ast::ComponentPtr& root);

/// False after reporting, within each layer, two edits that name one path or edits below a path that is replaced or
/// removed.
bool check_edits(const ast::ComponentPtr& root, diagnostics::Sink& sink);

}  // namespace modelc::compose
