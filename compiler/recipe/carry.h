// `train.carry`: outputs of a batch that are fed into inputs at the next one. Reports M8310 and M8351 to M8354.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// Whether something is carried into an input, in some phase: nothing need feed it.
bool is_carried(Tracer& t, const Scope& scope, std::string_view input);

std::vector<ir::Carried> read_carry(const Given& given, const ast::Setting& setting, const Scope& scope);

/// Warns where the order of the rows means nothing.
void check_order(const ir::Recipe& recipe, Tracer& t);

}  // namespace modelc::recipe
