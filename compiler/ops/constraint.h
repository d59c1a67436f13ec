// What the rules of operators demand of a call beyond the kinds and ranges of its arguments. A constraint has an id,
// which stands in the operator's declaration (`.demands({…})`), in the report of a call that breaks it, and in the name
// of the test that breaks it (tests/constraints); and a sentence for the reference.
#pragma once

#include <string_view>
#include <vector>

namespace modelc::ops {

struct Constraint {
  std::string_view id;        // the file that declares it, then the matter: `convolution.same_stride`
  std::string_view sentence;  // what holds: "`padding=\"same\"` goes with a stride of 1"
  bool operator==(const Constraint& other) const { return id == other.id; }
};

/// What any operator may demand: reported by the requirements and building blocks that rules share, and declared by
/// none of them.
namespace common {
inline constexpr Constraint kRank{"common.rank", "a tensor has the number of dimensions that is expected"};
inline constexpr Constraint kAxis{"common.axis", "a dimension is one of the tensor's"};
inline constexpr Constraint kAxisOnce{"common.axis_once", "no dimension is named twice"};
inline constexpr Constraint kFloating{"common.floating", "the tensor is floating-point"};
inline constexpr Constraint kReal{"common.real", "the tensor has no complex numbers"};
inline constexpr Constraint kSameDtype{"common.same_dtype", "the tensors have one dtype"};
inline constexpr Constraint kParameterDtype{"common.parameter_dtype", "the input has the dtype of the parameters"};
inline constexpr Constraint kSameShape{"common.same_shape", "the tensors have as many dimensions"};
inline constexpr Constraint kPositive{"common.positive", "every size of the result is at least 1"};
inline constexpr Constraint kOverflow{"common.overflow", "sizes, and the bytes of a tensor, fit 64 bits"};
inline constexpr Constraint kWindow{"common.window", "the kernel fits into the padded input"};
inline constexpr Constraint kPositionSign{"common.position_sign", "the sign of a position is known"};
}  // namespace common
const std::vector<Constraint>& common_constraints();

}  // namespace modelc::ops
