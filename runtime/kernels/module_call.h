// A node that calls a module, seen as a node of the function that the module becomes: its lowering is that one's.
#pragma once

#include "kernels/lowering.h"
#include "ops/op.h"

namespace modelc::kernels {

/// The lowering of `function` on calls of `module`; both outlive it.
Lowering as_function(const ops::Op& module, const ops::Op& function, const Lowering& lowering);

}  // namespace modelc::kernels
