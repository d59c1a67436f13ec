// Reductions over dimensions, cumulative sums; sorting has its own file.
#include "ops/parts.h"
#include "ops/rules.h"
#include "ops/spread.h"

namespace modelc::ops {
namespace {

constexpr Constraint kCorrection{"reduction.correction", "`correction` says it without `unbiased=false`"};
constexpr Constraint kFrobenius{"reduction.frobenius", "`p=\"fro\"` goes with at most two dimensions"};
constexpr Constraint kKeepdim{"reduction.keepdim", "`keepdim` goes with a `dim`"};

/// The shape that is left, by `dim` (an integer, a list, null: all) and `keepdim`.
std::optional<std::vector<Dim>> reduced(InferContext& cx) {
  const std::vector<Dim>& shape = cx.tensor("input").shape;
  const auto dims = axes(cx, "dim", shape.size());
  if (!dims) return std::nullopt;
  return without(shape, *dims, cx.flag("keepdim"));
}

Type reduce_to(InferContext& cx, DType dtype) {
  auto shape = reduced(cx);
  return shape ? result(cx, dtype, std::move(*shape)) : Type::poison();
}

/// Integers and bools are added up in int64.
DType sum_dtype(InferContext& cx) {
  const DType dtype = cx.tensor("input").dtype;
  return dtype_or(cx, types::is_floating(types::part_of(dtype)) ? dtype : DType::Int64);
}

Type infer_sum(InferContext& cx) { return reduce_to(cx, sum_dtype(cx)); }

Type infer_mean(InferContext& cx) {
  const DType dtype = dtype_or(cx, cx.tensor("input").dtype);
  if (!types::is_floating(types::part_of(dtype)))
    return cx.fault(common::kFloating, received(cx, "input") + ", expected a floating-point tensor",
                    "convert it: `x.float()`", "input");
  return reduce_to(cx, dtype);
}

Type infer_floating(InferContext& cx) {
  return cx.require_floating("input") ? reduce_to(cx, cx.tensor("input").dtype) : Type::poison();
}

Type infer_norm(InferContext& cx) {
  if (cx.arg("p").is_string() && cx.integers("dim").size() > 2)
    return cx.fault(kFrobenius,
                    cx.op() + " is given " + tick("dim=" + cx.arg("dim").str()) +
                        " for the norm of a matrix, expected at most two dimensions",
                    "`p=2.0` is the same over any number of them", "dim");
  return infer_floating(cx);
}

Type infer_logsumexp(InferContext& cx) { return reduce_to(cx, float_of(cx.tensor("input").dtype)); }

Type infer_same_dtype(InferContext& cx) { return reduce_to(cx, cx.tensor("input").dtype); }

Type infer_spread(InferContext& cx) {
  return require_one_correction(cx, kCorrection) ? infer_floating(cx) : Type::poison();
}

/// Without a dimension torch's functions of one dimension have no `keepdim`.
bool require_dim_to_keep(InferContext& cx) {
  if (!cx.is_null("dim") || !cx.flag("keepdim")) return true;
  cx.fault(kKeepdim, cx.op() + " is given `keepdim=true` and no `dim`, expected a dimension", {}, "keepdim");
  return false;
}

Type infer_prod(InferContext& cx) { return require_dim_to_keep(cx) ? infer_sum(cx) : Type::poison(); }

/// The whole tensor's, the pair (values, indices) along one dimension, or, of two tensors, the elementwise one.
Type infer_extreme(InferContext& cx) {
  if (cx.has("dim") && cx.type("dim").is_tensor()) {
    const TensorType& a = cx.tensor("input");
    const TensorType& b = cx.tensor("dim");
    auto shape = cx.broadcast(a.shape, b.shape, [&] {
      return a.str() + " and " + b.str() + " are taken elementwise, and only a size of 1 stretches";
    });
    return shape ? result(cx, promoted(cx, {"input", "dim"}), std::move(*shape)) : Type::poison();
  }
  if (!require_dim_to_keep(cx)) return Type::poison();
  const Type values = infer_same_dtype(cx);
  return cx.is_null("dim") ? values : with_positions(values);
}

Type infer_arg_extreme(InferContext& cx) { return reduce_to(cx, DType::Int64); }
/// PyTorch keeps uint8, once its only bool.
Type infer_truth(InferContext& cx) {
  if (!require_dim_to_keep(cx)) return Type::poison();
  return reduce_to(cx, cx.tensor("input").dtype == DType::UInt8 ? DType::UInt8 : DType::Bool);
}

Type infer_cumsum(InferContext& cx) {
  if (!cx.axis("dim", cx.tensor("input").rank())) return Type::poison();
  return Type::of({sum_dtype(cx), cx.tensor("input").shape});
}

struct Reduction {
  const char* name;
  const char* summary;
  const char* dim;
  Infer rule;
  bool dtype = false;
  std::vector<Constraint> demands = {};
  bool complex = false;  // true of complex numbers, too
};

}  // namespace

std::vector<Op> reduction_family() {
  static const char* const kSome = "dim: int|int[]? = null";
  static const char* const kOne = "dim: int? = null";
  const Reduction reductions[] = {
      {"sum", "sum over dimensions, all unless `dim` names some", kSome, infer_sum, true, {}, true},
      {"mean", "mean over dimensions", kSome, infer_mean, true, {}, true},
      {"prod", "product over a dimension", kOne, infer_prod, true, {kKeepdim}, true},
      {"logsumexp", "log(sum(exp(x)))", "dim: int|int[]", infer_logsumexp},
      {"amax", "greatest value over dimensions", kSome, infer_same_dtype},
      {"amin", "smallest value over dimensions", kSome, infer_same_dtype},
      {"argmax", "position of the greatest value", kOne, infer_arg_extreme},
      {"argmin", "position of the smallest value", kOne, infer_arg_extreme},
      {"all", "true where all are", kOne, infer_truth, false, {kKeepdim}, true},
      {"any", "true where one is", kOne, infer_truth, false, {kKeepdim}, true},
  };
  std::vector<Op> ops;
  for (const Reduction& r : reductions) {
    OpBuilder op(r.name, false);
    op.summary(r.summary)
        .input("input: Tensor")
        .input(r.dim)
        .input("keepdim: bool = false")
        .traits(kReducing)
        .demands(r.demands)
        .infer(r.rule);
    if (r.dtype) op.keyword("dtype: dtype? = null");
    if (r.complex) op.complex();
    ops.push_back(op.example(std::string(r.name) + "(x, dim=1)", "float[B, 6]"));
  }
  for (const char* name : {"max", "min"})
    ops.push_back(function_op(name)
                      .summary(std::string(name[1] == 'a' ? "greatest" : "smallest") +
                               " value of all; along `dim` the pair (values, indices)")
                      .input("input: Tensor")
                      .input("dim: int|Tensor? = null")
                      .input("keepdim: bool = false")
                      .results({"values", "indices"})
                      .traits(kReducing)
                      .demands({kKeepdim})
                      .infer(infer_extreme)
                      .note("a tensor in the place of `dim`: elementwise, as `maximum` and `minimum`")
                      .example(std::string(name) + "(x, dim=1)", "float[B, 6]"));
  for (const char* name : {"std", "var"})
    ops.push_back(function_op(name)
                      .summary(name[0] == 's' ? "standard deviation over dimensions" : "variance over dimensions")
                      .input("input: Tensor")
                      .input(kSome)
                      .input("unbiased: bool = true")
                      .input("keepdim: bool = false")
                      .keyword("correction: int? = null")
                      .traits(kReducing)
                      .demands({kCorrection})
                      .infer(infer_spread)
                      .note("`correction` is subtracted from the count: 1 unless said, 0 for `unbiased=false`")
                      .example(std::string(name) + "(x, dim=1)", "float[B, 6]"));
  ops.push_back(function_op("norm")
                    .summary("p-norm over dimensions, Euclid's unless p is given")
                    .input("input: Tensor")
                    .input("p: float|{fro} = fro")
                    .input(kSome)
                    .input("keepdim: bool = false")
                    .traits(kReducing)
                    .demands({kFrobenius})
                    .infer(infer_norm)
                    .example("norm(x, dim=1)", "float[B, 6]"));
  ops.push_back(function_op("cumsum")
                    .summary("running sum along a dimension")
                    .input("input: Tensor")
                    .input("dim: int")
                    .keyword("dtype: dtype? = null")
                    .traits(kPure)
                    .complex()
                    .infer(infer_cumsum)
                    .example("cumsum(x, dim=1)", "float[B, 6]"));
  declare_sorting(ops);
  return ops;
}

}  // namespace modelc::ops
