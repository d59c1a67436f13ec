// What is computed from one number alone is filled with the result at once. Only what is certain to the last bit, on
// every device: elementwise arithmetic that all of them round alike, other shapes and dtypes. Never where the memory
// might be laid out in another order (`zeros_like` of several dimensions), where the result is too small for a full
// mantissa, or where a size would no longer come from the operand.
#pragma once

#include "ir/graph.h"

namespace modelc::passes {

void fold_constants(ir::Graph& graph, const ir::ModuleTree& tree);

}  // namespace modelc::passes
