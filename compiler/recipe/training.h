// `train`: how long, in which batches, with which optimiser, by which schedule. Reports M8310 to M8315, M8333 and M5.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// `validates`: whether the data have rows that validate.
ir::Training read_training(const Given& given, const ast::Setting& section, bool validates);

}  // namespace modelc::recipe
