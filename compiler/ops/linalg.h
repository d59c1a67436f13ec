// What the rules of linear algebra share.
#pragma once

#include "ops/rules.h"

namespace modelc::ops {

inline constexpr Constraint kSingleOrDouble{"linalg.single_or_double", "matrices are float32 or float64"};

bool require_single_or_double(InferContext& cx, std::string_view name);
/// At least two dimensions, the last two those of a matrix.
bool require_matrix(InferContext& cx, std::string_view name);
bool require_square(InferContext& cx, std::string_view name);

}  // namespace modelc::ops
