// Edits of the module tree as far as they are known before the tree is: where their names are looked up, and which of
// them contradict each other (LANGUAGE §8).
#pragma once

#include <functional>

#include "ast/description.h"
#include "diagnostics/reporter.h"

namespace modelc::compose {

/// Calls `visit` for the component itself and every component inside it, those in module definitions and edits
/// included.
void for_each_component(const ast::ComponentPtr& component, const std::function<void(const ast::ComponentPtr&)>& visit);

/// Sets the scope of every edit to the component it stands in.
void set_scopes(const ast::ComponentPtr& root);

/// Reports, within each layer, two edits that name one path and edits below a path that is replaced or removed.
void check_edits(const ast::ComponentPtr& root, diagnostics::Reporter& sink);

}  // namespace modelc::compose
