// Turns without a loss: parameters that follow others as a running average. Reports M4 of paths, M8312 to M8314 and
// M8355.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"
#include "recipe/settings.h"

namespace modelc::recipe {

/// Of a turn with `average`. What follows is frozen, and starts with the values of what it follows. Empty after
/// reporting.
ir::Following read_following(const Given& given, const ast::Setting& section, const Fields& fields, const Scope& scope);

}  // namespace modelc::recipe
