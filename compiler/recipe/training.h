// `train`: how long, in which batches, with which optimiser. Reports M8310 to M8315 and M5.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

ir::Training read_training(const Given& given, const ast::Setting& section);

}  // namespace modelc::recipe
