// The rule of pooling by windows, for whatever pools with other weights.
#pragma once

#include "ops/rules.h"

namespace modelc::ops {

/// Of n dimensions; arguments that an operator does not declare count as PyTorch's defaults.
Type infer_pool(InferContext& cx, std::size_t n, bool max);

}  // namespace modelc::ops
