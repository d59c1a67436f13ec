// Medians, quantiles, extremes with their positions, spreads with their means; running ones and searching have files of
// their own.
#include <cmath>

#include "ops/parts.h"
#include "ops/rules.h"
#include "ops/spread.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumber{"statistics.number", "the input is a number, no bool"};
constexpr Constraint kKeepdim{"statistics.keepdim", "`keepdim` goes with a `dim`"};
constexpr Constraint kSingleOrDouble{"statistics.single_or_double", "the input is float32 or float64"};
constexpr Constraint kCorrection{"statistics.correction", "`correction` says it without `unbiased=false`"};
constexpr Constraint kLimits{"statistics.limits", "`max` is not below `min`, and both are finite"};

Type reduce_to(InferContext& cx, DType dtype, bool keep) {
  const std::vector<Dim>& shape = cx.tensor("input").shape;
  const auto dims = axes(cx, "dim", shape.size());
  return dims ? result(cx, dtype, without(shape, *dims, keep)) : Type::poison();
}

Type infer_nansum(InferContext& cx) {
  const DType dtype = cx.tensor("input").dtype;
  return reduce_to(cx, dtype_or(cx, types::is_floating(dtype) ? dtype : DType::Int64), cx.flag("keepdim"));
}

Type infer_nanmean(InferContext& cx) {
  return cx.require_floating("input") ? reduce_to(cx, dtype_or(cx, cx.tensor("input").dtype), cx.flag("keepdim"))
                                      : Type::poison();
}

/// Of all values; along `dim` with the positions.
Type infer_median(InferContext& cx) {
  if (!require_number(cx, kNumber)) return Type::poison();
  if (cx.is_null("dim") && cx.flag("keepdim"))
    return cx.fault(kKeepdim, cx.op() + " is given `keepdim=true` and no `dim`, expected a dimension", {}, "keepdim");
  const Type values = reduce_to(cx, cx.tensor("input").dtype, cx.flag("keepdim"));
  return cx.is_null("dim") ? values : with_positions(values);
}

Type infer_mode(InferContext& cx) {
  return with_positions(reduce_to(cx, cx.tensor("input").dtype, cx.flag("keepdim")));
}

Type infer_kthvalue(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!require_number(cx, kNumber)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  const Dim size = input.rank() ? input.shape[*dim] : Dim(1);
  if (!cx.require_at_least(size, cx.dim("k"), "there are k values along the dimension of " + input.str()))
    return Type::poison();
  return infer_mode(cx);
}

Type infer_quantile(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (input.dtype != DType::Float32 && input.dtype != DType::Float64)
    return cx.fault(kSingleOrDouble, received(cx, "input") + ", expected float or float64", "convert it: `x.float()`",
                    "input");
  if (cx.has("q") && (!cx.require_rank_between("q", 0, 1) || !require_same_dtype(cx, "input", "q")))
    return Type::poison();
  const auto dims = axes(cx, "dim", input.rank());
  if (!dims) return Type::poison();
  std::vector<Dim> shape = without(input.shape, *dims, cx.flag("keepdim"));
  if (cx.has("q") && cx.tensor("q").rank() == 1) shape.insert(shape.begin(), cx.tensor("q").shape[0]);
  return result(cx, input.dtype, std::move(shape));
}

Type infer_count_nonzero(InferContext& cx) { return reduce_to(cx, DType::Int64, false); }

Type infer_spread_and_mean(InferContext& cx) {
  if (!require_one_correction(cx, kCorrection) || !cx.require_floating("input")) return Type::poison();
  const Type one = reduce_to(cx, cx.tensor("input").dtype, cx.flag("keepdim"));
  return one.is_poison() ? one : Type::tuple({one, one});
}

Type infer_aminmax(InferContext& cx) {
  const Type one = reduce_to(cx, cx.tensor("input").dtype, cx.flag("keepdim"));
  return one.is_poison() ? one : Type::tuple({one, one}, {"min", "max"});
}

Type infer_dist(InferContext& cx) {
  const TensorType& a = cx.tensor("input");
  const TensorType& b = cx.tensor("other");
  const DType dtype = promoted(cx, {"input", "other"});
  if (!types::is_floating(dtype)) {
    cx.require_floating("input");
    return Type::poison();
  }
  const auto shape = cx.broadcast(
      a.shape, b.shape, a.str() + " and " + b.str() + " are taken elementwise, and only a size of 1 stretches");
  return shape ? result(cx, dtype, {}) : Type::poison();
}

Type infer_trace(InferContext& cx) {
  if (!cx.require_rank("input", 2) || !require_number(cx, kNumber)) return Type::poison();
  const DType dtype = cx.tensor("input").dtype;
  return result(cx, types::is_floating(dtype) ? dtype : DType::Int64, {});
}

Type infer_renorm(InferContext& cx) {
  const std::size_t rank = cx.tensor("input").rank();
  if (!cx.require_floating("input") || !cx.require_rank_between("input", 2, kAnyRank) || !cx.axis("dim", rank))
    return Type::poison();
  return result_like(cx, "input");
}

Type infer_histc(InferContext& cx) {
  if (!cx.require_floating("input")) return Type::poison();
  if (cx.number("max") < cx.number("min") || !std::isfinite(cx.number("max") - cx.number("min")))
    return cx.fault(kLimits,
                    cx.op() + " is given " + tick("min=" + cx.arg("min").str()) + " and " +
                        tick("max=" + cx.arg("max").str()) + ", expected finite limits, `max` not below `min`",
                    {}, "max");
  return result(cx, cx.tensor("input").dtype, {cx.dim("bins")});
}

/// Rows are variables, a vector is one; of a single one there is a variance and no matrix.
Type infer_covariance(InferContext& cx) {
  if (!require_number(cx, kNumber) || !cx.require_rank_between("input", 0, 2)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const DType dtype = float_of(input.dtype);
  if (input.rank() < 2 || input.shape[0] == Dim(1)) return result(cx, dtype, {});
  const Dim variables = input.shape[0];
  if (!cx.require_at_least(variables, 2, "there is more than one variable")) return Type::poison();
  return result(cx, dtype, {variables, variables});
}

OpBuilder of_input(const char* name, const char* summary) {
  OpBuilder op(name, false);
  op.summary(summary).input("input: Tensor").example(std::string(name) + "(x, dim=1)", "float[B, 6]");
  return op;
}

void declare_extremes(std::vector<Op>& ops) {
  for (const auto& [name, summary] :
       {std::pair{"median", "the middle value, of an even number the smaller; along `dim` (values, indices)"},
        std::pair{"nanmedian", "the middle value of those that are numbers; along `dim` (values, indices)"}})
    ops.push_back(of_input(name, summary)
                      .input("dim: int? = null")
                      .input("keepdim: bool = false")
                      .results({"values", "indices"})
                      .traits(kReducing)
                      .demands({kNumber, kKeepdim})
                      .infer(infer_median));
  ops.push_back(of_input("mode", "the most frequent value along a dimension: (values, indices)")
                    .input("dim: int = -1")
                    .input("keepdim: bool = false")
                    .results({"values", "indices"})
                    .traits(kReducing)
                    .infer(infer_mode));
  ops.push_back(of_input("kthvalue", "the k-th smallest value along a dimension: (values, indices)")
                    .input("k: int in 1..")
                    .input("dim: int = -1")
                    .input("keepdim: bool = false")
                    .results({"values", "indices"})
                    .traits(kReducing)
                    .demands({kNumber})
                    .infer(infer_kthvalue)
                    .example("kthvalue(x, 2)", "float[B, 6]"));
  ops.push_back(of_input("aminmax", "the smallest and the greatest value: (min, max)")
                    .keyword("dim: int? = null")
                    .keyword("keepdim: bool = false")
                    .results({"min", "max"})
                    .traits(kReducing)
                    .infer(infer_aminmax));
  for (const auto& [name, summary] :
       {std::pair{"quantile", "the value below which the share q lies, over `dim` or all"},
        std::pair{"nanquantile", "the quantile of those values that are numbers"}})
    ops.push_back(of_input(name, summary)
                      .input("q: Tensor|number")
                      .input("dim: int? = null")
                      .input("keepdim: bool = false")
                      .keyword("interpolation: {linear|lower|higher|midpoint|nearest} = linear")
                      .traits(kReducing)
                      .demands({kSingleOrDouble})
                      .infer(infer_quantile)
                      .note("several quantiles, as a vector, stand along a new first dimension")
                      .example(std::string(name) + "(x, 0.5, dim=1)", "float[B, 6]"));
}

void declare_sums(std::vector<Op>& ops) {
  for (const auto& [name, summary] : {std::pair{"nansum", "sum of what is a number, over dimensions"},
                                      std::pair{"nanmean", "mean of what is a number, over dimensions"}})
    ops.push_back(of_input(name, summary)
                      .input("dim: int|int[]? = null")
                      .input("keepdim: bool = false")
                      .keyword("dtype: dtype? = null")
                      .traits(kReducing)
                      .infer(name[3] == 's' ? infer_nansum : infer_nanmean));
  ops.push_back(of_input("count_nonzero", "how many values are not 0, over dimensions")
                    .input("dim: int|int[]? = null")
                    .traits(kReducing)
                    .infer(infer_count_nonzero));
  for (const auto& [name, summary] : {std::pair{"var_mean", "variance and mean over dimensions"},
                                      std::pair{"std_mean", "standard deviation and mean over dimensions"}})
    ops.push_back(of_input(name, summary)
                      .input("dim: int|int[]? = null")
                      .input("unbiased: bool = true")
                      .input("keepdim: bool = false")
                      .keyword("correction: int? = null")
                      .traits(kReducing)
                      .demands({kCorrection})
                      .infer(infer_spread_and_mean));
  ops.push_back(of_input("dist", "p-norm of the difference")
                    .input("other: Tensor")
                    .input("p: float = 2")
                    .traits(kReducing)
                    .infer(infer_dist)
                    .example("dist(x, y)", "float[B, 6], float[B, 6]"));
  ops.push_back(of_input("trace", "sum of the diagonal of a matrix")
                    .traits(kReducing)
                    .demands({kNumber})
                    .infer(infer_trace)
                    .example("trace(x)", "float[6, 6]"));
}

void declare_whole(std::vector<Op>& ops) {
  ops.push_back(of_input("renorm", "each slice of `dim` scaled down to a p-norm of at most maxnorm")
                    .input("p: float in 0<..")
                    .input("dim: int")
                    .input("maxnorm: float in 0..")
                    .traits(kPure)
                    .infer(infer_renorm)
                    .example("renorm(x, 2, 0, 1.0)", "float[B, 6]"));
  ops.push_back(of_input("histc", "how many values fall into each of so many bins of equal width")
                    .input("bins: int in 1.. = 100")
                    .input("min: float = 0")
                    .input("max: float = 0")
                    .traits({Trait::Pure, Trait::StopsGradient})
                    .demands({kLimits})
                    .infer(infer_histc)
                    .note("min and max of 0: those of the data")
                    .example("histc(x, 4)", "float[B, 6]"));
  ops.push_back(of_input("cov", "covariances of the rows")
                    .keyword("correction: int = 1")
                    .traits(kPure)
                    .demands({kNumber})
                    .infer(infer_covariance)
                    .example("cov(x)", "float[3, 6]"));
  ops.push_back(of_input("corrcoef", "coefficients of correlation of the rows")
                    .traits(kPure)
                    .demands({kNumber})
                    .infer(infer_covariance)
                    .example("corrcoef(x)", "float[3, 6]"));
}

}  // namespace

std::vector<Op> statistics_family() {
  std::vector<Op> ops;
  declare_extremes(ops);
  declare_sums(ops);
  declare_whole(ops);
  declare_running(ops);
  declare_searching(ops);
  return ops;
}

}  // namespace modelc::ops
