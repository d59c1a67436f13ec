// `train.turns`: several optimisers on the same batch, each with a loss and parameters of its own. Reports M5, M8310 to
// M8315.
#pragma once

#include <functional>

#include "catalogue/keys.h"
#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// Whether the description has turns.
bool takes_turns(const ast::Description& file);

/// `turn(name, section, scope)` for each, in order; what is written wrong is left for `read_turns` to report.
void each_turn(Tracer& t, const Scope& scope,
               const std::function<void(const std::string&, const ast::Setting&, const Scope&)>& turn);

/// The value of a key that stands in a section as it is written; nullptr where it is not given.
const ast::Setting* setting_in(const ast::Setting& section, catalogue::KeyId key);

std::vector<ir::Turn> read_turns(const Given& given);

}  // namespace modelc::recipe
