// Where values lie, which occur, which are kept: what the data decide is of a measured size.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumber{"searching.number", "the values are numbers, no bools"};
constexpr Constraint kBatch{"searching.batch", "the sequence is a vector, or has a row for each row of the values"};
constexpr Constraint kSide{"searching.side", "`side` and `right` do not contradict"};
constexpr Constraint kMask{"searching.mask", "`mask` is bool"};
constexpr Constraint kCounted{"searching.counted", "what is counted are integers"};

constexpr Traits kMeasured{Trait::MeasuresSize};
constexpr Traits kMeasuredPositions{Trait::MeasuresSize, Trait::StopsGradient};
constexpr Traits kPositions{Trait::Pure, Trait::StopsGradient};

DType position_dtype(InferContext& cx) { return cx.flag("out_int32") ? DType::Int32 : DType::Int64; }

Type infer_bucketize(InferContext& cx) {
  if (!cx.require_rank("boundaries", 1)) return Type::poison();
  return result(cx, position_dtype(cx), cx.has("input") ? cx.tensor("input").shape : std::vector<Dim>{});
}

Type infer_searchsorted(InferContext& cx) {
  const TensorType& sorted = cx.tensor("sorted_sequence");
  if (!cx.require_rank_between("sorted_sequence", 1, kAnyRank)) return Type::poison();
  if (cx.flag("right") && !cx.is_null("side") && cx.word("side") == "left")
    return cx.fault(kSide, cx.op() + " is given `side=\"left\"` and `right=true`, expected one of them", {}, "side");
  const bool vector = sorted.rank() == 1;
  const std::size_t rank = cx.has("input") ? cx.tensor("input").rank() : 0;
  if (!vector && rank != sorted.rank())
    return cx.fault(kBatch,
                    received(cx, "sorted_sequence") + " and values of " + std::to_string(rank) +
                        " dimensions, expected a vector or as many dimensions",
                    {}, "input");
  if (!cx.has("input")) return result(cx, position_dtype(cx), {});
  if (!require_number(cx, kNumber) || !require_number(cx, kNumber, "sorted_sequence")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  for (std::size_t d = 0; !vector && d + 1 < rank; ++d)
    if (!cx.require_equal(sorted.shape[d], input.shape[d], sorted.str() + " has a row for each row of " + input.str()))
      return Type::poison();
  return result(cx, position_dtype(cx), input.shape);
}

Type infer_isin(InferContext& cx) {
  if (!require_number(cx, kNumber, "elements") || !require_number(cx, kNumber, "test_elements")) return Type::poison();
  return result(cx, DType::Bool, cx.has("elements") ? cx.tensor("elements").shape : std::vector<Dim>{});
}

Type infer_masked_select(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const TensorType& mask = cx.tensor("mask");
  if (mask.dtype != DType::Bool)
    return cx.fault(kMask, received(cx, "mask") + ", expected bool", "compare it: `mask > 0`", "mask");
  if (!cx.broadcast(input.shape, mask.shape, "`mask` of " + mask.str() + " has a value for each of " + input.str()))
    return Type::poison();
  return Type::of({input.dtype, {cx.measured_size(0, 0)}});
}

/// (values, inverse, counts), what is not asked for left out.
Type infer_unique(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  std::size_t along = 0;
  std::vector<Dim> shape{0}, inverse = input.shape;
  if (!cx.is_null("dim")) {
    const auto dim = cx.axis("dim", input.rank());
    if (!dim || !cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
    along = *dim;
    shape = input.shape;
    inverse = {input.shape[along]};
  }
  const Dim count = cx.measured_size(0, along);
  shape[along] = count;
  std::vector<Type> parts{Type::of({input.dtype, std::move(shape)})};
  if (cx.flag("return_inverse")) parts.push_back(Type::of({DType::Int64, std::move(inverse)}));
  if (cx.flag("return_counts")) parts.push_back(Type::of({DType::Int64, {count}}));
  return parts.size() == 1 ? parts[0] : Type::tuple(std::move(parts));
}

Type infer_bincount(InferContext& cx) {
  const DType dtype = cx.tensor("input").dtype;
  if (!cx.require_rank("input", 1)) return Type::poison();
  if (types::is_floating(dtype) || dtype == DType::Bool)
    return cx.fault(kCounted, received(cx, "input") + ", expected integers", "convert it: `x.long()`", "input");
  DType counts = DType::Int64;
  if (cx.has("weights")) {
    if (!require_same_shape(cx, "input", "weights")) return Type::poison();
    counts = cx.tensor("weights").dtype == DType::Float32 ? DType::Float32 : DType::Float64;
  }
  return Type::of({counts, {cx.measured_size(0, 0)}});
}

void declare_places(std::vector<Op>& ops) {
  ops.push_back(function_op("bucketize")
                    .summary("the number of the interval between `boundaries` that each value lies in")
                    .input("input: Tensor|number")
                    .input("boundaries: Tensor")
                    .keyword("out_int32: bool = false")
                    .keyword("right: bool = false")
                    .traits(kPositions)
                    .infer(infer_bucketize)
                    .example("bucketize(x, y)", "float[B, 6], float[3]"));
  ops.push_back(function_op("searchsorted")
                    .summary("where each value would be put into a sorted sequence")
                    .input("sorted_sequence: Tensor")
                    .input("input: Tensor|number")
                    .keyword("out_int32: bool = false")
                    .keyword("right: bool = false")
                    .keyword("side: {left|right}? = null")
                    .traits(kPositions)
                    .demands({kBatch, kNumber, kSide})
                    .infer(infer_searchsorted)
                    .example("searchsorted(x, y)", "float[5], float[B, 3]"));
  ops.push_back(function_op("isin")
                    .summary("true where a value is one of `test_elements`")
                    .input("elements: Tensor|number")
                    .input("test_elements: Tensor|number")
                    .keyword("assume_unique: bool = false")
                    .keyword("invert: bool = false")
                    .traits(kPositions)
                    .demands({kNumber})
                    .infer(infer_isin)
                    .example("isin(x, y)", "int[B, 6], int[3]"));
}

}  // namespace

void declare_searching(std::vector<Op>& ops) {
  declare_places(ops);
  ops.push_back(function_op("masked_select")
                    .summary("the values where the mask is true, in a row: [K], K decided by the data")
                    .input("input: Tensor")
                    .input("mask: Tensor")
                    .traits(kMeasured)
                    .demands({kMask})
                    .infer(infer_masked_select)
                    .example("masked_select(x, y)", "float[B, 6], bool[B, 6]"));
  ops.push_back(function_op("unique")
                    .summary("the different values, sorted: [K], K decided by the data")
                    .input("input: Tensor")
                    .input("sorted: bool = true")
                    .input("return_inverse: bool = false")
                    .input("return_counts: bool = false")
                    .input("dim: int? = null")
                    .traits(kMeasuredPositions)
                    .infer(infer_unique)
                    .example("unique(x)", "int[B, 6]"));
  ops.push_back(function_op("unique_consecutive")
                    .summary("the values without repetitions in a row: [K], K decided by the data")
                    .input("input: Tensor")
                    .input("return_inverse: bool = false")
                    .input("return_counts: bool = false")
                    .input("dim: int? = null")
                    .traits(kMeasuredPositions)
                    .infer(infer_unique)
                    .example("unique_consecutive(x)", "int[B, 6]"));
  ops.push_back(function_op("bincount")
                    .summary("how often each number from 0 on occurs: [K], K decided by the data")
                    .input("input: Tensor")
                    .input("weights: Tensor? = null")
                    .input("minlength: int in 0.. = 0")
                    .traits(kMeasuredPositions)
                    .demands({kCounted})
                    .infer(infer_bincount)
                    .example("bincount(x)", "int[B]"));
  ops.push_back(function_op("argwhere")
                    .summary("the positions of all elements that are not zero: int[K, rank], K decided by the data")
                    .input("input: Tensor")
                    .becomes("nonzero")
                    .example("argwhere(x)", "float[B, 6]"));
}

}  // namespace modelc::ops
