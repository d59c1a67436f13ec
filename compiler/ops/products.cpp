// Matrix products, cosine similarity.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumbers{"products.numbers", "the factors are numbers, not bools"};

/// Of one dtype, for which there is a sum.
bool require_factors(InferContext& cx, std::string_view a, std::string_view b) {
  if (!require_same_dtype(cx, a, b)) return false;
  return require_number(cx, kNumbers, a);
}

std::string inner_sizes(InferContext& cx, std::string_view a, std::string_view b) {
  return cx.tensor(a).str() + " @ " + cx.tensor(b).str() + " sums over the last size of the first and the last but " +
         "one of the second";
}

Type infer_matmul(InferContext& cx) {
  if (!cx.require_rank_between("input", 1, kAnyRank) || !cx.require_rank_between("other", 1, kAnyRank) ||
      !require_factors(cx, "input", "other"))
    return Type::poison();
  std::vector<Dim> a = cx.tensor("input").shape, b = cx.tensor("other").shape;
  const bool vector_a = a.size() == 1, vector_b = b.size() == 1;
  if (vector_a) a.insert(a.begin(), 1);
  if (vector_b) b.push_back(1);
  const Dim rows = a[a.size() - 2], columns = b.back();
  if (!cx.require_equal(a.back(), b[b.size() - 2], [&] {
        return vector_b
                   ? cx.tensor("input").str() + " @ " + cx.tensor("other").str() + " sums over the last size of both"
                   : inner_sizes(cx, "input", "other");
      }))
    return Type::poison();
  a.resize(a.size() - 2), b.resize(b.size() - 2);
  auto shape = cx.broadcast(a, b, [&] {
    return "the batch sizes of " + cx.tensor("input").str() + " @ " + cx.tensor("other").str() + " must be equal or 1";
  });
  if (!shape) return Type::poison();
  if (!vector_a) shape->push_back(rows);
  if (!vector_b) shape->push_back(columns);
  return result(cx, cx.tensor("input").dtype, std::move(*shape));
}

Type infer_mm(InferContext& cx, std::string_view other, std::size_t rank) {
  if (!cx.require_rank("input", rank) || !cx.require_rank(other, rank) || !require_factors(cx, "input", other))
    return Type::poison();
  const std::vector<Dim>& a = cx.tensor("input").shape;
  const std::vector<Dim>& b = cx.tensor(other).shape;
  if (!cx.require_equal(a[rank - 1], b[rank - 2], inner_sizes(cx, "input", other))) return Type::poison();
  if (rank == 3 && !cx.require_equal(a[0], b[0], "the batch is not broadcast")) return Type::poison();
  std::vector<Dim> shape = a;
  shape.back() = b.back();
  return result(cx, cx.tensor("input").dtype, std::move(shape));
}

Dim product_flops(InferContext& cx, const Type& out) {
  return multiply_adds({out.tensor.numel(), cx.tensor("input").shape.back()});
}

Type infer_outer(InferContext& cx) {
  if (!cx.require_rank("input", 1) || !cx.require_rank("vec2", 1)) return Type::poison();
  return result(cx, promoted(cx, {"input", "vec2"}), {cx.tensor("input").shape[0], cx.tensor("vec2").shape[0]});
}

Type infer_dot(InferContext& cx) {
  if (!cx.require_rank("input", 1) || !cx.require_rank("tensor", 1) || !require_factors(cx, "input", "tensor") ||
      !require_same_shape(cx, "input", "tensor"))
    return Type::poison();
  return result(cx, cx.tensor("input").dtype, {});
}

/// PyTorch broadcasts both, then reduces `dim`.
Type infer_cosine(InferContext& cx) {
  const DType dtype = promoted(cx, {"x1", "x2"});
  if (!types::is_floating(dtype) && !cx.require_floating("x1")) return Type::poison();
  const TensorType& a = cx.tensor("x1");
  const TensorType& b = cx.tensor("x2");
  const auto shape = cx.broadcast(a.shape, b.shape, [&] {
    return a.str() + " and " + b.str() + " are compared elementwise, and only a size of 1 stretches";
  });
  if (!shape) return Type::poison();
  const auto dim = cx.axis("dim", shape->size());
  if (!dim) return Type::poison();
  return result(cx, dtype, without(*shape, {*dim}, false));
}

}  // namespace

void declare_products(std::vector<Op>& ops) {
  ops.push_back(function_op("matmul")
                    .summary("matrix product, batched over leading dimensions; also `x @ y`")
                    .input("input: Tensor")
                    .input("other: Tensor")
                    .traits(kPure)
                    .complex()
                    .demands({kNumbers})
                    .infer(infer_matmul)
                    .flops(product_flops)
                    .example("matmul(x, y)", "float[B, 3, 4], float[4, 5]"));
  ops.push_back(function_op("mm")
                    .summary("product of two matrices")
                    .input("input: Tensor")
                    .input("mat2: Tensor")
                    .traits(kPure)
                    .complex()
                    .demands({kNumbers})
                    .infer([](InferContext& cx) { return infer_mm(cx, "mat2", 2); })
                    .flops(product_flops)
                    .example("mm(x, y)", "float[B, 4], float[4, 5]"));
  ops.push_back(function_op("bmm")
                    .summary("products of two batches of matrices")
                    .input("input: Tensor")
                    .input("mat2: Tensor")
                    .traits(kPure)
                    .complex()
                    .demands({kNumbers})
                    .infer([](InferContext& cx) { return infer_mm(cx, "mat2", 3); })
                    .flops(product_flops)
                    .example("bmm(x, y)", "float[B, 3, 4], float[B, 4, 5]"));
  ops.push_back(function_op("outer")
                    .summary("products of all pairs of two vectors")
                    .input("input: Tensor")
                    .input("vec2: Tensor")
                    .traits(kPure)
                    .complex()
                    .infer(infer_outer)
                    .example("outer(x, y)", "float[3], float[4]"));
  ops.push_back(function_op("dot")
                    .summary("inner product of two vectors")
                    .input("input: Tensor")
                    .input("tensor: Tensor")
                    .traits(kPure)
                    .complex()
                    .demands({kNumbers})
                    .infer(infer_dot)
                    .flops(product_flops)
                    .example("dot(x, y)", "float[4], float[4]"));
  ops.push_back(module_op("CosineSimilarity")
                    .summary("cosine of the angle between vectors along `dim`")
                    .arg("dim: int = 1")
                    .arg("eps: float in 0.. = 1e-8")
                    .input("x1: Tensor")
                    .input("x2: Tensor")
                    .becomes("cosine_similarity")
                    .example("CosineSimilarity()", "float[B, 6], float[B, 6]"));
  ops.push_back(function_op("cosine_similarity")
                    .summary("cosine of the angle between vectors along `dim`")
                    .input("x1: Tensor")
                    .input("x2: Tensor")
                    .input("dim: int = 1")
                    .input("eps: float in 0.. = 1e-8")
                    .traits(kPure)
                    .infer(infer_cosine)
                    .example("cosine_similarity(x, y)", "float[B, 6], float[B, 6]"));
}

}  // namespace modelc::ops
