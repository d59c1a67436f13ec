// Order: topk, sort, argsort.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

Type infer_topk(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  std::vector<Dim> shape = input.shape;
  if (!shape.empty()) {
    if (!cx.require_at_least(shape[*dim], cx.dim("k"),
                             [&] { return "k of the values of " + input.str() + " are taken"; }))
      return Type::poison();
    shape[*dim] = cx.dim("k");
  } else if (!cx.require_at_least(1, cx.dim("k"), [&] { return "k of the values of " + input.str() + " are taken"; })) {
    return Type::poison();
  }
  return with_positions(result(cx, input.dtype, shape));
}

Type infer_sort(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.axis("dim", input.rank())) return Type::poison();
  return with_positions(Type::of(input));
}

Type infer_argsort(InferContext& cx) {
  if (!cx.axis("dim", cx.tensor("input").rank())) return Type::poison();
  return Type::of({DType::Int64, cx.tensor("input").shape});
}

}  // namespace

void declare_sorting(std::vector<Op>& ops) {
  ops.push_back(function_op("topk")
                    .summary("the k greatest values along a dimension: (values, indices)")
                    .input("input: Tensor")
                    .input("k: dim in 1..")
                    .input("dim: int = -1")
                    .input("largest: bool = true")
                    .input("sorted: bool = true")
                    .results({"values", "indices"})
                    .traits(kPure)
                    .infer(infer_topk)
                    .example("topk(x, 3)", "float[B, 6]"));
  ops.push_back(function_op("sort")
                    .summary("sorted along a dimension: (values, indices)")
                    .input("input: Tensor")
                    .input("dim: int = -1")
                    .input("descending: bool = false")
                    .keyword("stable: bool? = null")
                    .results({"values", "indices"})
                    .traits(kPure)
                    .infer(infer_sort)
                    .example("sort(x)", "float[B, 6]"));
  ops.push_back(function_op("msort")
                    .summary("sorted along the first dimension")
                    .input("input: Tensor")
                    .traits(kPure)
                    .infer(keep_type)
                    .example("msort(x)", "float[B, 6]"));
  ops.push_back(function_op("argsort")
                    .summary("positions in sorted order along a dimension")
                    .input("input: Tensor")
                    .input("dim: int = -1")
                    .input("descending: bool = false")
                    .keyword("stable: bool? = null")
                    .traits(kPure)
                    .infer(infer_argsort)
                    .example("argsort(x)", "float[B, 6]"));
}

}  // namespace modelc::ops
