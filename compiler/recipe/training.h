// `train`: how long, with what, and what makes a checkpoint the best one; the whole, or phase by phase. Reports M5,
// M8310 to M8315, M8330 to M8334 and M8350.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

struct Trained {
  ir::Training training;  // with phases: what they have in common
  std::vector<ir::Phase> phases;
};

/// `validates`: whether rows validate.
Trained read_training(const Given& given, const ast::Setting& section, bool validates);

}  // namespace modelc::recipe
