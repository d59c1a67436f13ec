// Building blocks that the operators' type rules share: results, dtypes, windows that slide, PyTorch's initialisers.
// Sizes follow docs/dimensions.md; every requirement goes through the InferContext, which reports it.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "ops/op.h"

namespace modelc::ops {

inline constexpr std::size_t kAnyRank = 64;

// --- traits that are declared again and again ---
inline constexpr Traits kPure{Trait::Pure};
inline constexpr Traits kElementwise{Trait::Pure, Trait::Elementwise};
inline constexpr Traits kCommutative{Trait::Pure, Trait::Elementwise, Trait::Commutative};
inline constexpr Traits kView{Trait::Pure, Trait::View};
inline constexpr Traits kReshaping{Trait::Pure, Trait::View, Trait::SameOrder};
inline constexpr Traits kPermuting{Trait::Pure, Trait::View, Trait::Permutes};
inline constexpr Traits kConverting{Trait::Pure, Trait::Elementwise, Trait::Converts};
inline constexpr Traits kReducing{Trait::Pure, Trait::Reduction};
inline constexpr Traits kRandom{Trait::Random};
/// Draws in training only.
inline constexpr Traits kRandomInTraining{Trait::Random, Trait::FollowsMode};

// --- words of messages ---
std::string tick(const std::string& text);
/// `[B, 3]`.
std::string shape_text(const std::vector<Dim>& shape);
/// "`Conv2d` receives float[B, 3]", "`linear` receives `weight` of float[B, 3]".
std::string received(const InferContext& cx, std::string_view name);
/// The name of spatial dimension i of n: length; height, width; depth, height, width.
std::string side_name(std::size_t i, std::size_t n);

// --- results ---
/// A tensor type; reports a size below 1 or beyond 64 bits.
Type result(InferContext& cx, DType dtype, std::vector<Dim> shape);
Type result_like(InferContext& cx, std::string_view name);
/// The pair (values, indices): for each value the position where it stood.
Type with_positions(const Type& values);
Dim product(const std::vector<Dim>& shape, std::size_t begin = 0, std::size_t end = kAnyRank);
bool require_same_shape(InferContext& cx, std::string_view a, std::string_view b);
/// A list of `count` integers; a single one is repeated.
std::vector<std::int64_t> repeated(const InferContext& cx, std::string_view name, std::size_t count);
/// Dimensions named by an integer, a list or null (all of them), in order, none twice; nullopt after reporting.
std::optional<std::vector<std::size_t>> axes(InferContext& cx, std::string_view argument, std::size_t rank);
/// The shape without the dimensions `dims`, or with 1 in their places.
std::vector<Dim> without(const std::vector<Dim>& shape, const std::vector<std::size_t>& dims, bool keep);

// --- dtypes ---
/// PyTorch's result type of operands that are tensors or static numbers: a scalar tensor or a number does not widen the
/// dtype within its category.
DType promoted(const InferContext& cx, std::initializer_list<std::string_view> operands);
DType promoted(const std::vector<TensorType>& tensors);
DType float_of(DType dtype);
/// The floating-point input that a module's parameters meet: the same dtype as theirs.
bool require_parameter_dtype(InferContext& cx, std::string_view name);
/// The dtype argument if given, else `otherwise`.
DType dtype_or(const InferContext& cx, DType otherwise, std::string_view argument = "dtype");
/// Both of the same dtype, as products of matrices want it.
bool require_same_dtype(InferContext& cx, std::string_view a, std::string_view b);

/// The tensor, where one is given, holds numbers, no bools.
bool require_number(InferContext& cx, const Constraint& constraint, std::string_view name = "input");

/// ATen converts the number to the dtype: whole numbers within its bounds, those of an unsigned one by the modulus.
bool has_number(DType dtype, const Constant& number);

// --- rules of one tensor `input` whose shape stays ---
Type keep_type(InferContext& cx);      // any dtype
Type keep_floating(InferContext& cx);  // floating only
Type to_floating(InferContext& cx);    // integers become float32
Type to_bool(InferContext& cx);

// --- positions ---
/// The tensor holds int64, as PyTorch wants positions.
bool require_int64(InferContext& cx, const Constraint& constraint, std::string_view name);
/// A position, counted from the end where negative, lies within a dimension of `size`.
bool require_position(InferContext& cx, Dim size, Dim position, std::string_view argument);
/// So do those that stand written where a tensor is due (InferContext::written); those that are computed are looked at
/// when they are there. `from_end`: negative ones count from the end.
bool require_written_positions(InferContext& cx, Dim size, std::string_view argument, bool from_end = false,
                               std::size_t part = 0);

// --- windows ---
/// (n + padding - dilation*(kernel - 1) - 1)//stride + 1 of dimension `dim`; `padding` counts both sides.
std::optional<Dim> slide(InferContext& cx, const TensorType& input, std::size_t dim, const std::string& side,
                         std::int64_t kernel, std::int64_t stride, Dim padding, std::int64_t dilation);

// --- owned tensors, PyTorch's initial values ---
/// kaiming_uniform_(a=sqrt(5)), in the double arithmetic of torch.nn.init.
Init kaiming_uniform(std::int64_t fan_in);
/// Uniform within 1/sqrt(n).
Init inverse_sqrt(std::int64_t n);
Init xavier_uniform(std::int64_t fan_in, std::int64_t fan_out);
/// False after reporting a tensor beyond 64 bits.
bool own(InferContext& cx, std::string name, std::vector<Dim> shape, Init init);
bool own_buffer(InferContext& cx, std::string name, DType dtype, std::vector<Dim> shape, Init init);

/// 2*a*b*…: operations of a product, a multiply-add as two.
Dim multiply_adds(std::initializer_list<Dim> factors);

}  // namespace modelc::ops
