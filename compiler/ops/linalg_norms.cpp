// Norms of vectors and matrices, products of vectors, distances.
#include <cmath>

#include "ops/linalg.h"
#include "ops/parts.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNormDims{"linalg_norms.dims", "a matrix has two dimensions, each named once"};
constexpr Constraint kOrder{"linalg_norms.order",
                            "the order of the norm of a matrix is 1, 2 or inf, or one of these below 0"};
constexpr Constraint kNarrower{"linalg_norms.narrower", "a `dtype` is no narrower than that of the input"};
constexpr Constraint kNumber{"linalg_norms.number", "what is subtracted are numbers, no bools"};
constexpr Constraint kThree{"linalg_norms.three", "vectors of a cross product have three values"};

Type norm_over(InferContext& cx, const std::vector<std::size_t>& dims) {
  const DType dtype = dtype_or(cx, cx.tensor("input").dtype);
  if (!types::is_floating(dtype))
    return cx.fault(common::kFloating,
                    cx.op() + " is given " + tick("dtype=" + cx.arg("dtype").str()) + ", expected a floating-point one",
                    {}, "dtype");
  if (types::byte_size(dtype) < types::byte_size(cx.tensor("input").dtype))
    return cx.fault(kNarrower,
                    cx.op() + " is given " + tick("dtype=" + cx.arg("dtype").str()) + " for " +
                        cx.tensor("input").str() + ", expected a dtype that is no narrower",
                    {}, "dtype");
  return result(cx, dtype, without(cx.tensor("input").shape, dims, cx.flag("keepdim")));
}

bool require_matrix_order(InferContext& cx) {
  if (!cx.arg("ord").is_float() && !cx.arg("ord").is_int()) return true;
  const double order = std::abs(cx.number("ord"));
  if (order == 1 || order == 2 || std::isinf(order)) return true;
  cx.fault(kOrder, cx.op() + " is given " + tick("ord=" + cx.arg("ord").str()) + " for a matrix, expected 1, 2 or inf",
           "`linalg.vector_norm` takes any", "ord");
  return false;
}

Type infer_vector_norm(InferContext& cx) {
  if (!cx.require_floating("input")) return Type::poison();
  const auto dims = axes(cx, "dim", cx.tensor("input").rank());
  return dims ? norm_over(cx, *dims) : Type::poison();
}

Type infer_matrix_norm(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_rank_between("input", 2, kAnyRank)) return Type::poison();
  const auto dims = axes(cx, "dim", cx.tensor("input").rank());
  return dims && require_matrix_order(cx) ? norm_over(cx, *dims) : Type::poison();
}

/// Of `ord` a word the norm of a matrix; null: Euclid's of all; a number with at most two dimensions.
Type infer_norm(InferContext& cx) {
  const bool word = cx.arg("ord").is_string();
  const std::size_t rank = cx.tensor("input").rank();
  if (!cx.require_floating("input")) return Type::poison();
  if (cx.is_null("dim") && !cx.is_null("ord") && !cx.require_rank_between("input", word ? 2 : 1, 2))
    return Type::poison();
  const auto dims = axes(cx, "dim", rank);
  if (!dims) return Type::poison();
  if ((word && dims->size() != 2) || (!cx.is_null("ord") && !cx.is_null("dim") && dims->size() > 2))
    return cx.fault(kNormDims, cx.op() + " is given " + tick("dim=" + cx.arg("dim").str()) + ", expected two", {},
                    "dim");
  if (dims->size() == 2 && !require_matrix_order(cx)) return Type::poison();
  return norm_over(cx, *dims);
}

Type infer_vecdot(InferContext& cx) {
  if (!cx.require_floating("x") || !require_same_dtype(cx, "x", "y")) return Type::poison();
  auto shape = cx.broadcast(cx.tensor("x").shape, cx.tensor("y").shape, "both are multiplied elementwise");
  const auto dim = shape ? cx.axis("dim", shape->size()) : std::nullopt;
  return dim ? result(cx, cx.tensor("x").dtype, without(*shape, {*dim}, false)) : Type::poison();
}

/// Along `dim`; where torch.cross is given none, along the first of size 3.
Type infer_cross(InferContext& cx) {
  if (!require_same_dtype(cx, "input", "other") || !cx.require_rank_between("input", 1, kAnyRank) ||
      !cx.require_rank("other", cx.tensor("input").rank()))
    return Type::poison();
  auto shape = cx.broadcast(cx.tensor("input").shape, cx.tensor("other").shape, "both are taken elementwise");
  if (!shape) return Type::poison();
  std::optional<std::size_t> dim;
  if (cx.is_null("dim")) {
    for (std::size_t i = 0; i < shape->size() && !dim; ++i)
      if (cx.simplify((*shape)[i]) == Dim(3)) dim = i;
    if (!dim)
      return cx.fault(kThree, received(cx, "input") + ", expected a dimension of size 3", "state `dim`", "input");
  } else {
    dim = cx.axis("dim", shape->size());
  }
  if (!dim) return Type::poison();
  for (std::string_view name : {"input", "other"})
    if (!cx.require_equal(cx.tensor(name).shape[*dim], 3, "vectors of a cross product have three values"))
      return Type::poison();
  return result(cx, cx.tensor("input").dtype, std::move(*shape));
}

Type infer_vander(InferContext& cx) {
  const TensorType& x = cx.tensor("x");
  if (!cx.require_rank_between("x", 1, kAnyRank)) return Type::poison();
  if (cx.is_null("N") &&
      !cx.require_at_least(x.shape.back(), 2, "there are two powers, as many as values unless `N` is given"))
    return Type::poison();
  std::vector<Dim> shape = x.shape;
  shape.push_back(cx.is_null("N") ? shape.back() : cx.dim("N"));
  return result(cx, types::is_floating(x.dtype) || types::is_complex(x.dtype) ? x.dtype : DType::Int64,
                std::move(shape));
}

Type infer_pairwise_distance(InferContext& cx) {
  const TensorType& a = cx.tensor("x1");
  const TensorType& b = cx.tensor("x2");
  if (!require_number(cx, kNumber, "x1") || !require_number(cx, kNumber, "x2")) return Type::poison();
  auto shape = cx.broadcast(a.shape, b.shape, a.str() + " and " + b.str() + " are compared elementwise");
  if (!shape) return Type::poison();
  if (shape->empty()) {
    cx.require_rank_between("x1", 1, kAnyRank);
    return Type::poison();
  }
  // `eps` is added, so that whole numbers become fractions.
  const DType dtype = float_of(promoted(cx, {"x1", "x2"}));
  return result(cx, dtype, without(*shape, {shape->size() - 1}, cx.flag("keepdim")));
}

/// Distances of all rows of one to all rows of the other.
Type infer_cdist(InferContext& cx) {
  for (std::string_view name : {"x1", "x2"})
    if (!cx.require_floating(name) || !cx.require_rank_between(name, 2, kAnyRank)) return Type::poison();
  const TensorType& a = cx.tensor("x1");
  const TensorType& b = cx.tensor("x2");
  if (!require_same_dtype(cx, "x1", "x2") ||
      !cx.require_equal(a.shape.back(), b.shape.back(), "rows of " + a.str() + " and " + b.str() + " are compared"))
    return Type::poison();
  const std::vector<Dim> a_batch(a.shape.begin(), a.shape.end() - 2), b_batch(b.shape.begin(), b.shape.end() - 2);
  auto shape = cx.broadcast(a_batch, b_batch, "the batch sizes must be equal or 1");
  if (!shape) return Type::poison();
  shape->push_back(a.shape[a.rank() - 2]), shape->push_back(b.shape[b.rank() - 2]);
  return result(cx, a.dtype, std::move(*shape));
}

Type infer_pdist(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_rank("input", 2)) return Type::poison();
  const Dim n = cx.tensor("input").shape[0];
  return result(cx, cx.tensor("input").dtype, {floor_div(n * (n - 1), 2)});
}

void declare_norms(std::vector<Op>& ops) {
  struct Norm {
    const char* name;
    const char* summary;
    const char* ord;
    const char* dim;
    Infer rule;
  };
  for (const Norm& norm : {Norm{"linalg.vector_norm", "norm of the values over dimensions, all unless `dim` names some",
                                "ord: float = 2", "dim: int|int[]? = null", infer_vector_norm},
                           Norm{"linalg.matrix_norm", "norm of matrices, over the last two dimensions or `dim`",
                                "ord: float|{fro|nuc} = fro", "dim: int[2] = [-2, -1]", infer_matrix_norm},
                           Norm{"linalg.norm", "norm of vectors over one dimension, of matrices over two",
                                "ord: float|{fro|nuc}? = null", "dim: int|int[]? = null", infer_norm}})
    ops.push_back(function_op(norm.name)
                      .summary(norm.summary)
                      .input("input: Tensor")
                      .input(norm.ord)
                      .input(norm.dim)
                      .input("keepdim: bool = false")
                      .keyword("dtype: dtype? = null")
                      .traits(kReducing)
                      .demands({kNormDims, kOrder, kNarrower})
                      .infer(norm.rule)
                      .example(norm.name + std::string("(x)"), "float[3, 4]"));
}

}  // namespace

void declare_linalg_norms(std::vector<Op>& ops) {
  declare_norms(ops);
  ops.push_back(function_op("linalg.vecdot")
                    .summary("inner products of vectors along a dimension")
                    .input("x: Tensor")
                    .input("y: Tensor")
                    .keyword("dim: int = -1")
                    .traits(kPure)
                    .infer(infer_vecdot)
                    .example("linalg.vecdot(x, y)", "float[B, 3], float[B, 3]"));
  for (const auto& [name, dim] : {std::pair{"cross", "dim: int? = null"}, std::pair{"linalg.cross", "dim: int = -1"}}) {
    OpBuilder op(name, false);
    op.summary("cross products of vectors of three values").input("input: Tensor").input("other: Tensor");
    if (name[0] == 'l') op.keyword(dim);
    else op.input(dim);
    ops.push_back(op.traits(kPure)
                      .demands({kThree})
                      .infer(infer_cross)
                      .example(name + std::string("(x, y)"), "float[B, 3], float[B, 3]"));
  }
  ops.push_back(function_op("linalg.vander")
                    .summary("powers of the values, from 0 on, along a new last dimension")
                    .input("x: Tensor")
                    .keyword("N: int? in 2.. = null")
                    .traits(kPure)
                    .infer(infer_vander)
                    .example("linalg.vander(x)", "float[3]"));
  ops.push_back(module_op("PairwiseDistance")
                    .summary("p-norm of the differences along the last dimension")
                    .arg("p: float = 2")
                    .arg("eps: float = 1e-6")
                    .arg("keepdim: bool = false")
                    .input("x1: Tensor")
                    .input("x2: Tensor")
                    .becomes("pairwise_distance")
                    .example("PairwiseDistance()", "float[B, 6], float[B, 6]"));
  ops.push_back(function_op("pairwise_distance")
                    .summary("p-norm of the differences along the last dimension")
                    .input("x1: Tensor")
                    .input("x2: Tensor")
                    .input("p: float = 2")
                    .input("eps: float = 1e-6")
                    .input("keepdim: bool = false")
                    .traits(kPure)
                    .demands({kNumber})
                    .infer(infer_pairwise_distance)
                    .example("pairwise_distance(x, y)", "float[B, 6], float[B, 6]"));
  ops.push_back(function_op("cdist")
                    .summary("distances of all rows of one to all rows of the other")
                    .input("x1: Tensor")
                    .input("x2: Tensor")
                    .input("p: float in 0.. = 2")
                    .traits(kPure)
                    .infer(infer_cdist)
                    .example("cdist(x, y)", "float[B, 3, 6], float[B, 4, 6]"));
  ops.push_back(function_op("pdist")
                    .summary("distances of all pairs of rows")
                    .input("input: Tensor")
                    .input("p: float in 0.. = 2")
                    .traits(kPure)
                    .infer(infer_pdist)
                    .example("pdist(x)", "float[5, 6]"));
}

}  // namespace modelc::ops
