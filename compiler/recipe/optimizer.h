// The optimiser of a recipe, and the parameters for which its arguments are others. Reports M5, M8310 to M8315.
#pragma once

#include "instantiate/paths.h"
#include "ir/recipe.h"
#include "recipe/figures.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// nullopt after reporting.
std::optional<ir::Optimizer> read_optimizer(const Given& given, const ast::Setting& setting, const Scope& scope);

/// Paths and globs as they are given, each looked up among the keys; what is not there is reported.
std::vector<std::string> patterns_of(Tracer& t, const ast::Setting& paths, const std::vector<instantiate::Key>& keys,
                                     const Scope& scope);

/// The trainable parameters that a list of paths selects; all of them where there is none.
std::vector<std::string> selected_parameters(const Given& given, const ast::Setting* paths, const Scope& scope);

/// One group for each set of arguments that differ from the optimiser's; of entries that select the same parameter the
/// later one wins.
std::vector<ir::ParameterGroup> read_groups(const Given& given, const Figures& figures, const ast::Setting& section,
                                            catalogue::OptimizerId optimizer, const Scope& scope);

}  // namespace modelc::recipe
