// Schedules of the learning rate: parts joined by `->`, or an expression over `step` and `epoch`. Reports M5, M8330 to
// M8333.
#pragma once

#include "ir/recipe.h"
#include "recipe/figures.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// nullopt after reporting.
std::optional<ir::Schedule> read_schedule(const Given& given, const Figures& figures, const ast::Setting& setting,
                                          const Scope& scope);

}  // namespace modelc::recipe
