// Edits that travel: what `replace`, `remove`, `append` and `prepend` name by path waits until the place is made
// (LANGUAGE §8).
#pragma once

#include "instantiate/context.h"

namespace modelc::instantiate {

/// Takes note of the edits of a component that stands at `prefix`.
void register_edits(Context& context, const ast::Component& component, const std::string& prefix,
                    const LevelPtr& level);
/// The definition as the edits of its place leave it.
DefinitionPtr edited(Context& context, DefinitionPtr definition, const std::string& path);
/// Reports edits that found no place; `partial`: parts of the tree are missing for faults already reported.
void check_edits(Context& context, bool partial);

}  // namespace modelc::instantiate
