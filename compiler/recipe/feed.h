// The graph from the columns of one source to the model's inputs and targets (LANGUAGE §11). Reports M8306 to M8309.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

struct Fed {
  ir::Graph graph;
  std::vector<std::uint32_t> fits;  // nodes whose values are computed once, from the rows that train
  std::vector<ir::DerivedColumn> derived;
  ir::Windows windows;
};

/// Files that functions name are looked for in `root`.
Fed read_feed(const Given& given, const ir::Source& source, const std::string& root);

}  // namespace modelc::recipe
