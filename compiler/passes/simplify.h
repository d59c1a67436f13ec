// A call that gives one of its operands as it is gives way to it: dropout in evaluation or with p = 0, for which
// PyTorch draws nothing; `_identity`; another shape or dtype that is the same; dimensions exchanged and back; x * 1, x
// / 1, x - 0, and x + 0 of integers (of floats it turns -0.0 into 0).
//
// To the last bit means also what follows: kernels may add up in another order where memory is laid out otherwise, so
// arithmetic is left out only on memory that the result would have had too; and see Forwarding::allows.
#pragma once

#include "ir/graph.h"

namespace modelc::passes {

void simplify(ir::Graph& graph, const ir::ModuleTree& tree);

}  // namespace modelc::passes
