// What runs along a dimension: cumulative products and extremes, differences, integrals by trapezoids.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumber{"running.number", "the values are numbers, no bools"};
constexpr Constraint kSpacing{"running.spacing", "`x` or `dx` says how far the values are apart"};

Type infer_cumprod(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.axis("dim", input.rank())) return Type::poison();
  return Type::of({dtype_or(cx, types::is_floating(input.dtype) ? input.dtype : DType::Int64), input.shape});
}

Type infer_logcumsumexp(InferContext& cx) {
  return cx.require_floating("input") && cx.axis("dim", cx.tensor("input").rank()) ? result_like(cx, "input")
                                                                                   : Type::poison();
}

Type infer_running_extreme(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.axis("dim", input.rank())) return Type::poison();
  return with_positions(Type::of(input));
}

/// What is put before and behind has the sizes of the input in every other dimension.
std::optional<Dim> extended(InferContext& cx, std::size_t dim) {
  const TensorType& input = cx.tensor("input");
  Dim size = input.shape[dim];
  for (std::string_view name : {"prepend", "append"}) {
    if (!cx.has(name)) continue;
    const TensorType& part = cx.tensor(name);
    if (!cx.require_rank(name, input.rank()) || !require_same_dtype(cx, "input", name)) return std::nullopt;
    for (std::size_t d = 0; d < input.rank(); ++d)
      if (d != dim && !cx.require_equal(part.shape[d], input.shape[d],
                                        tick(std::string(name)) + " of " + part.str() + " is joined to " + input.str()))
        return std::nullopt;
    size = size + part.shape[dim];
  }
  return size;
}

Type infer_diff(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  const auto size = dim ? extended(cx, *dim) : std::nullopt;
  if (!size) return Type::poison();
  const Dim n = cx.dim("n");
  if (!cx.require_at_least(*size, n + 1, "there are differences along the dimension of " + input.str()))
    return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape[*dim] = *size - n;
  return result(cx, input.dtype, std::move(shape));
}

/// `x` gives the places of `y`: one for each value along `dim`, or for each value.
bool require_places(InferContext& cx, std::size_t dim) {
  if (!cx.has("x")) return true;
  const TensorType& y = cx.tensor("y");
  const TensorType& x = cx.tensor("x");
  if (!require_number(cx, kNumber, "x")) return false;
  if (x.rank() == 1)
    return cx.require_equal(x.shape[0], y.shape[dim],
                            "`x` of " + x.str() + " has a place for each value of " + y.str());
  return require_same_shape(cx, "y", "x");
}

Type infer_trapezoid(InferContext& cx, bool running) {
  const TensorType& y = cx.tensor("y");
  if (!require_number(cx, kNumber, "y") || !cx.require_rank_between("y", 1, kAnyRank)) return Type::poison();
  if (cx.has("x") && cx.number("dx") != 1)
    return cx.fault(kSpacing, cx.op() + " is given both `x` and `dx`, expected one of them", {}, "dx");
  const auto dim = cx.axis("dim", y.rank());
  if (!dim || !require_places(cx, *dim)) return Type::poison();
  const DType dtype = float_of(cx.has("x") ? promoted(cx, {"y", "x"}) : y.dtype);
  if (!running) return result(cx, dtype, without(y.shape, {*dim}, false));
  if (!cx.require_at_least(y.shape[*dim], 2, "a running integral needs two values")) return Type::poison();
  std::vector<Dim> shape = y.shape;
  shape[*dim] = shape[*dim] - 1;
  return result(cx, dtype, std::move(shape));
}

}  // namespace

void declare_running(std::vector<Op>& ops) {
  ops.push_back(function_op("cumprod")
                    .summary("running product along a dimension")
                    .input("input: Tensor")
                    .input("dim: int")
                    .keyword("dtype: dtype? = null")
                    .traits(kPure)
                    .infer(infer_cumprod)
                    .example("cumprod(x, dim=1)", "float[B, 6]"));
  ops.push_back(function_op("logcumsumexp")
                    .summary("log of the running sum of exp(x)")
                    .input("input: Tensor")
                    .input("dim: int")
                    .traits(kPure)
                    .infer(infer_logcumsumexp)
                    .example("logcumsumexp(x, dim=1)", "float[B, 6]"));
  for (const auto& [name, summary] : {std::pair{"cummax", "greatest value so far: (values, indices)"},
                                      std::pair{"cummin", "smallest value so far: (values, indices)"}})
    ops.push_back(function_op(name)
                      .summary(summary)
                      .input("input: Tensor")
                      .input("dim: int")
                      .results({"values", "indices"})
                      .traits(kPure)
                      .infer(infer_running_extreme)
                      .example(std::string(name) + "(x, dim=1)", "float[B, 6]"));
  ops.push_back(function_op("diff")
                    .summary("n-th differences of neighbours along a dimension")
                    .input("input: Tensor")
                    .input("n: int in 0.. = 1")
                    .input("dim: int = -1")
                    .input("prepend: Tensor? = null")
                    .input("append: Tensor? = null")
                    .traits(kPure)
                    .infer(infer_diff)
                    .example("diff(x)", "float[B, 6]"));
  for (const auto& [name, running] : {std::pair{"trapezoid", false}, std::pair{"cumulative_trapezoid", true}})
    ops.push_back(function_op(name)
                      .summary(running ? "running integral by trapezoids" : "integral by trapezoids along a dimension")
                      .input("y: Tensor")
                      .input("x: Tensor? = null")
                      .keyword("dx: float = 1")
                      .keyword("dim: int = -1")
                      .traits(kPure)
                      .demands({kNumber, kSpacing})
                      .infer([running = running](InferContext& cx) { return infer_trapezoid(cx, running); })
                      .example(std::string(name) + "(x)", "float[B, 6]"));
  ops.push_back(synonym("trapz", "trapezoid"));
}

}  // namespace modelc::ops
