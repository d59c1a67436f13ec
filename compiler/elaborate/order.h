// Modules are made in the order they are first called; in the finished program they stand in the order of the tree, as
// PyTorch's state_dict has them.
#pragma once

#include "instantiate/tree.h"

namespace modelc::elaborate {

void order_modules(instantiate::Tree& tree, std::vector<ir::Graph>& graphs);

}  // namespace modelc::elaborate
