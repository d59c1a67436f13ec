// A call that was made before is not made again: the same operator of the same operands and attributes, pure. The first
// one stays, with its place in the description.
//
// In training only where no gradient comes: a value that is used twice gets the sum of two gradients before it is
// multiplied, two values get two products that are added, and the last bits differ.
#pragma once

#include "ir/graph.h"

namespace modelc::passes {

void common_subexpressions(ir::Graph& graph, const ir::ModuleTree& tree);

}  // namespace modelc::passes
