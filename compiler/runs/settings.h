// What a composed description says of values and of the recipe, by the paths of `--set`: what two runs are compared by.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ast/description.h"

namespace modelc::runs {

/// A path and what stands there, in the order of the description.
using Settings = std::vector<std::pair<std::string, std::string>>;
Settings settings_of(const ast::Description& description);

/// What is not the same everywhere: a row for each path, its texts in the order of `all`; empty where one has none.
struct Difference {
  std::string path;
  std::vector<std::string> texts;
};
std::vector<Difference> differences(const std::vector<Settings>& all);

}  // namespace modelc::runs
