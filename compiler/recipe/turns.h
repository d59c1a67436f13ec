// `train.turns`: several optimisers on the same batch, each with a loss and parameters of its own; a phase may have
// some of its own. Reports M5, M8310 to M8315.
#pragma once

#include <functional>
#include <map>

#include "catalogue/keys.h"
#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// Whether the description has turns, beside the phases or in one of them.
bool takes_turns(Tracer& t, const Scope& scope);
/// Whether the loss itself is made small, from beginning to end or in some phase.
bool minimises_loss(Tracer& t, const Scope& scope);

/// One entry of `turns` as it is written.
struct WrittenTurn {
  std::size_t phase = 0;  // 0: beside the phases
  std::string name;
  std::string loss;  // its name among the losses of a graph: of two turns of a name the later one adds its phase
  const ast::Setting& section;
  const Scope& scope;
};
/// `turn(written)` for each, in order; what is written wrong is left for `read_turns` to report.
void each_turn(Tracer& t, const Scope& scope, const std::function<void(const WrittenTurn&)>& turn);

/// The value of a key that stands in a section as it is written; nullptr where it is not given.
const ast::Setting* setting_in(const ast::Setting& section, catalogue::KeyId key);

/// By phase, 0 for those beside the phases; a phase without turns of its own has no entry.
std::map<std::size_t, std::vector<ir::Turn>> read_turns(const Given& given);

/// Whether a phase takes turns: its own, or those beside the phases unless it says otherwise.
bool phase_takes_turns(const ast::Description& file, const ast::Setting& phase);

}  // namespace modelc::recipe
