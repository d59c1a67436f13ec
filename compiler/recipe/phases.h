// `train.phases`: training in stages. What stands still in each, and what the tree says of it: a parameter is trainable
// that trains in some phase. Reports M4 of paths, M8111 and M8310.
#pragma once

#include <functional>

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// `phase(section, scope, number)` for each, in order, numbered from 1; what is written wrong is left for the reader of
/// the training to report.
void each_phase(Tracer& t, const Scope& scope,
                const std::function<void(const ast::Setting&, const Scope&, std::size_t)>& phase);

/// Whether the description names phases.
bool has_phases(const ast::Description& file);

/// What stands still in a phase: state_dict keys of parameters, paths of normalisations.
struct Standing {
  std::vector<std::string> frozen, held;
};
/// Of each phase. What stands still in all of them is frozen in the tree, what trains in one is not.
std::vector<Standing> settle_freezes(const Given& given);

}  // namespace modelc::recipe
