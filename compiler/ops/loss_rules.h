// What the rules of losses share.
#pragma once

#include "ops/modes.h"
#include "ops/rules.h"

namespace modelc::ops {

inline constexpr const char* kReduction = "reduction: {none|mean|sum} = mean";

/// One value, or with `reduction="none"` one for each of `shape`.
inline Type reduced_loss(InferContext& cx, DType dtype, std::vector<Dim> shape) {
  if (reduction(cx.word("reduction")) != Reduce::None) shape.clear();
  return result(cx, dtype, std::move(shape));
}

}  // namespace modelc::ops
