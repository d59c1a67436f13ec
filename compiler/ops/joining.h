// What joins tensors, and cuts them, has these rules in common.
#pragma once

#include <vector>

#include "ops/rules.h"

namespace modelc::ops {

inline constexpr std::int64_t kMostPieces = 65536;

DType common_dtype(const std::vector<TensorType>& tensors);
/// Joined along a dimension, sizes equal in every other one; reports by `joining_constraints`.
Type joined(InferContext& cx, const std::vector<TensorType>& tensors, std::int64_t along);
const std::vector<Constraint>& joining_constraints();
/// The tuple of pieces of these sizes along a dimension.
Type pieces(InferContext& cx, const TensorType& input, std::size_t dim, const std::vector<Dim>& sizes);

}  // namespace modelc::ops
