// Modules are made in the order in which they are first called; in the finished program they stand in the order of the
// tree, as PyTorch's state_dict has them: initial values are drawn, tensors listed and compared in this order.
#pragma once

#include "ir/program.h"

namespace modelc::passes {

void order_modules(ir::Program& program);

}  // namespace modelc::passes
