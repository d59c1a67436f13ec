// Products of matrices and vectors that are added to something, contracted or spread out.
#include <algorithm>

#include "ops/linalg.h"
#include "ops/parts.h"

namespace modelc::ops {
namespace {

constexpr Constraint kWeights{"weighted_products.weights", "`beta` and `alpha` of integers are integers"};
constexpr Constraint kNumber{"weighted_products.number", "products that are added up are of numbers, no bools"};
constexpr Constraint kContracted{"weighted_products.contracted",
                                 "`dims` is a number of dimensions, or two lists of as many"};
constexpr Constraint kChain{"weighted_products.chain",
                            "there are at least two matrices; the first and last may be vectors"};

bool require_weights(InferContext& cx, DType dtype) {
  if (types::is_floating(dtype)) return true;
  for (std::string_view name : {"beta", "alpha"}) {
    const double value = cx.number(name);
    if (value == static_cast<double>(static_cast<std::int64_t>(value))) continue;
    cx.fault(kWeights,
             cx.op() + " is given " + tick(std::string(name) + "=" + cx.arg(name).str()) + " for " +
                 cx.tensor("input").str() + ", expected an integer",
             {}, name);
    return false;
  }
  return true;
}

/// `input` stretches to the product.
Type added_to(InferContext& cx, const std::vector<Dim>& shape, std::optional<DType> dtype = {}) {
  const TensorType& input = cx.tensor("input");
  if (!require_weights(cx, dtype.value_or(input.dtype)) || !cx.require_rank_between("input", 0, shape.size()))
    return Type::poison();
  for (std::size_t i = 1; i <= input.rank(); ++i) {
    const Dim size = cx.simplify(input.shape[input.rank() - i]);
    if (size != Dim(1) && !cx.require_equal(size, shape[shape.size() - i],
                                            input.str() + " stretches to the product of " + shape_text(shape)))
      return Type::poison();
  }
  return result(cx, dtype.value_or(input.dtype), shape);
}

bool require_factors(InferContext& cx, std::string_view a, std::size_t a_rank, std::string_view b, std::size_t b_rank) {
  return cx.require_rank(a, a_rank) && cx.require_rank(b, b_rank) && require_same_dtype(cx, a, b) &&
         require_same_dtype(cx, "input", a);
}

bool require_inner(InferContext& cx, std::string_view a, std::string_view b, Dim last, Dim first) {
  return cx.require_equal(last, first, cx.tensor(a).str() + " @ " + cx.tensor(b).str() + " sums over the inner sizes");
}

Type infer_addmm(InferContext& cx) {
  if (!require_factors(cx, "mat1", 2, "mat2", 2) || !require_number(cx, kNumber)) return Type::poison();
  const TensorType& a = cx.tensor("mat1");
  const TensorType& b = cx.tensor("mat2");
  return require_inner(cx, "mat1", "mat2", a.shape[1], b.shape[0]) ? added_to(cx, {a.shape[0], b.shape[1]})
                                                                   : Type::poison();
}

/// Products of a batch, added up or one by one.
Type infer_batched(InferContext& cx, bool summed) {
  if (!require_factors(cx, "batch1", 3, "batch2", 3) || !require_number(cx, kNumber)) return Type::poison();
  const TensorType& a = cx.tensor("batch1");
  const TensorType& b = cx.tensor("batch2");
  if (!cx.require_equal(a.shape[0], b.shape[0], "the batch is not broadcast") ||
      !require_inner(cx, "batch1", "batch2", a.shape[2], b.shape[1]))
    return Type::poison();
  return summed ? added_to(cx, {a.shape[1], b.shape[2]}) : added_to(cx, {a.shape[0], a.shape[1], b.shape[2]});
}

Type infer_addmv(InferContext& cx) {
  if (!require_factors(cx, "mat", 2, "vec", 1) || !require_number(cx, kNumber)) return Type::poison();
  const TensorType& a = cx.tensor("mat");
  return require_inner(cx, "mat", "vec", a.shape[1], cx.tensor("vec").shape[0]) ? added_to(cx, {a.shape[0]})
                                                                                : Type::poison();
}

Type infer_addr(InferContext& cx) {
  // Of all these, PyTorch's one that promotes.
  if (!cx.require_rank("vec1", 1) || !cx.require_rank("vec2", 1)) return Type::poison();
  return added_to(cx, {cx.tensor("vec1").shape[0], cx.tensor("vec2").shape[0]},
                  promoted(cx, {"input", "vec1", "vec2"}));
}

Type infer_mv(InferContext& cx) {
  if (!cx.require_rank("input", 2) || !cx.require_rank("vec", 1) || !require_same_dtype(cx, "input", "vec") ||
      !require_number(cx, kNumber))
    return Type::poison();
  const TensorType& input = cx.tensor("input");
  if (!require_inner(cx, "input", "vec", input.shape[1], cx.tensor("vec").shape[0])) return Type::poison();
  return result(cx, input.dtype, {input.shape[0]});
}

/// Over the last dimension of both; a scalar multiplies.
Type infer_inner(InferContext& cx) {
  const TensorType& a = cx.tensor("input");
  const TensorType& b = cx.tensor("other");
  if (a.rank() == 0 || b.rank() == 0) return result(cx, promoted(cx, {"input", "other"}), a.rank() ? a.shape : b.shape);
  if (!require_same_dtype(cx, "input", "other") || !require_number(cx, kNumber) ||
      !cx.require_equal(a.shape.back(), b.shape.back(), a.str() + " and " + b.str() + " are summed over the last size"))
    return Type::poison();
  std::vector<Dim> shape(a.shape.begin(), a.shape.end() - 1);
  shape.insert(shape.end(), b.shape.begin(), b.shape.end() - 1);
  return result(cx, a.dtype, std::move(shape));
}

/// Every element of the first times the whole second; a scalar widens the dtype as any other factor does.
Type infer_kron(InferContext& cx) {
  std::vector<Dim> a = cx.tensor("input").shape, b = cx.tensor("other").shape;
  const std::size_t rank = std::max(a.size(), b.size());
  a.insert(a.begin(), rank - a.size(), 1), b.insert(b.begin(), rank - b.size(), 1);
  for (std::size_t i = 0; i < rank; ++i) a[i] = a[i] * b[i];
  return result(cx, types::promote(cx.tensor("input").dtype, cx.tensor("other").dtype), std::move(a));
}

/// The dimensions of one factor that are summed over.
std::optional<std::vector<std::size_t>> contracted(InferContext& cx, std::string_view name, std::size_t which) {
  const std::size_t rank = cx.tensor(name).rank();
  const Constant& dims = cx.arg("dims");
  std::vector<std::size_t> found;
  if (!dims.is_list()) {
    const auto count = static_cast<std::size_t>(dims.as_int());
    if (!cx.require_rank_between(name, count, kAnyRank)) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) found.push_back(which == 0 ? rank - count + i : i);
    return found;
  }
  const Constant& list = dims.as_list().at(which);
  for (const Constant& dim : list.is_list() ? list.as_list() : types::ConstantList{list}) {
    const auto axis = cx.axis_of(dim.as_int(), rank, "dims");
    if (!axis) return std::nullopt;
    found.push_back(*axis);
  }
  return found;
}

Type infer_tensordot(InferContext& cx) {
  const Constant& dims = cx.arg("dims");
  const auto is_dims = [](const Constant& one) {
    if (one.is_int()) return true;
    return one.is_list() &&
           std::all_of(one.as_list().begin(), one.as_list().end(), [](const Constant& d) { return d.is_int(); });
  };
  const bool number = dims.is_int() && dims.as_int() >= 0;
  const bool lists =
      dims.is_list() && dims.as_list().size() == 2 && is_dims(dims.as_list()[0]) && is_dims(dims.as_list()[1]);
  if (!number && !lists)
    return cx.fault(kContracted,
                    cx.op() + " is given " + tick("dims=" + dims.str()) + ", expected a number or two lists", {},
                    "dims");
  if (!require_same_dtype(cx, "a", "b") || !require_number(cx, kNumber, "a")) return Type::poison();
  const auto left = contracted(cx, "a", 0);
  const auto right = left ? contracted(cx, "b", 1) : std::nullopt;
  if (!right) return Type::poison();
  if (left->size() != right->size())
    return cx.fault(kContracted, cx.op() + " is given " + tick("dims=" + dims.str()) + ", expected lists of as many",
                    {}, "dims");
  const TensorType& a = cx.tensor("a");
  const TensorType& b = cx.tensor("b");
  for (std::size_t i = 0; i < left->size(); ++i) {
    const Dim one = a.shape[(*left)[i]], other = b.shape[(*right)[i]];
    if (one != Dim(1) && other != Dim(1) && !cx.require_equal(one, other, [&] {
          return "the dimensions of " + a.str() + " and " + b.str() + " that are summed over are equal or 1";
        }))
      return Type::poison();
  }
  std::vector<Dim> shape = without(a.shape, *left, false), rest = without(b.shape, *right, false);
  shape.insert(shape.end(), rest.begin(), rest.end());
  return result(cx, a.dtype, std::move(shape));
}

/// Matrices in a row; a vector first is a row, last a column.
Type infer_chain(InferContext& cx, std::string_view argument, bool vectors) {
  const std::vector<TensorType> factors = cx.tensors(argument);
  bool fits = factors.size() >= (vectors ? 2U : 1U);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const bool at_end = vectors && (i == 0 || i + 1 == factors.size());
    fits =
        fits && (factors[i].rank() == 2 || (at_end && factors[i].rank() == 1)) && factors[i].dtype == factors[0].dtype;
  }
  if (!fits)
    return cx.fault(kChain,
                    cx.op() + " receives " + std::to_string(factors.size()) +
                        " tensors, expected matrices of one dtype, at the ends perhaps vectors",
                    {}, argument);
  for (std::size_t i = 0; i + 1 < factors.size(); ++i)
    if (!cx.require_equal(factors[i].shape.back(), factors[i + 1].shape[0],
                          factors[i].str() + " @ " + factors[i + 1].str() + " sums over the inner sizes"))
      return Type::poison();
  std::vector<Dim> shape;
  if (factors.front().rank() == 2) shape.push_back(factors.front().shape[0]);
  if (factors.size() == 1 || factors.back().rank() == 2) shape.push_back(factors.back().shape.back());
  return result(cx, factors[0].dtype, std::move(shape));
}

OpBuilder added(const char* name, const char* summary, const char* first, const char* second, Infer rule) {
  OpBuilder op(name, false);
  op.summary(summary)
      .input("input: Tensor")
      .input(first + std::string(": Tensor"))
      .input(second + std::string(": Tensor"))
      .keyword("beta: float = 1")
      .keyword("alpha: float = 1")
      .traits(kPure)
      .demands({kWeights, kNumber})
      .infer(std::move(rule));
  return op;
}

}  // namespace

void declare_weighted_products(std::vector<Op>& ops) {
  ops.push_back(added("addmm", "beta * input + alpha * (mat1 @ mat2)", "mat1", "mat2", infer_addmm)
                    .example("addmm(x, y, z)", "float[5], float[B, 4], float[4, 5]"));
  ops.push_back(added("addbmm", "beta * input + alpha * the sum of the products of a batch", "batch1", "batch2",
                      [](InferContext& cx) { return infer_batched(cx, true); })
                    .example("addbmm(x, y, z)", "float[3, 5], float[B, 3, 4], float[B, 4, 5]"));
  ops.push_back(
      added("baddbmm", "beta * input + alpha * the products of a batch", "batch1", "batch2", [](InferContext& cx) {
        return infer_batched(cx, false);
      }).example("baddbmm(x, y, z)", "float[3, 5], float[B, 3, 4], float[B, 4, 5]"));
  ops.push_back(added("addmv", "beta * input + alpha * (mat @ vec)", "mat", "vec", infer_addmv)
                    .example("addmv(x, y, z)", "float[3], float[3, 4], float[4]"));
  ops.push_back(added("addr", "beta * input + alpha * the products of all pairs", "vec1", "vec2", infer_addr)
                    .example("addr(x, y, z)", "float[3, 4], float[3], float[4]"));
  ops.push_back(function_op("mv")
                    .summary("a matrix times a vector")
                    .input("input: Tensor")
                    .input("vec: Tensor")
                    .traits(kPure)
                    .demands({kNumber})
                    .infer(infer_mv)
                    .example("mv(x, y)", "float[B, 4], float[4]"));
  ops.push_back(synonym("ger", "outer"));
  ops.push_back(synonym("linalg.matmul", "matmul"));
  ops.push_back(function_op("linalg.diagonal")
                    .summary("the diagonal of the last two dimensions")
                    .input("A: Tensor")
                    .keyword("offset: int = 0")
                    .keyword("dim1: int = -2")
                    .keyword("dim2: int = -1")
                    .becomes("diagonal", {from("input", "A")})
                    .example("linalg.diagonal(x)", "float[B, 3, 3]"));
  ops.push_back(function_op("inner")
                    .summary("inner products over the last dimension of both")
                    .input("input: Tensor")
                    .input("other: Tensor")
                    .traits(kPure)
                    .demands({kNumber})
                    .infer(infer_inner)
                    .example("inner(x, y)", "float[B, 4], float[3, 4]"));
  ops.push_back(function_op("kron")
                    .summary("every element of the first times the whole second")
                    .input("input: Tensor")
                    .input("other: Tensor")
                    .traits(kPure)
                    .infer(infer_kron)
                    .example("kron(x, y)", "float[2, 2], float[3, 3]"));
  ops.push_back(function_op("tensordot")
                    .summary("products summed over several dimensions of both")
                    .input("a: Tensor")
                    .input("b: Tensor")
                    .input("dims: any = 2")
                    .traits(kPure)
                    .demands({kContracted, kNumber})
                    .infer(infer_tensordot)
                    .note("dims: so many last ones of the first and first ones of the second, or two lists")
                    .example("tensordot(x, y, 1)", "float[B, 4], float[4, 5]"));
  ops.push_back(function_op("linalg.multi_dot")
                    .summary("product of matrices in the cheapest order; the ends may be vectors")
                    .input("tensors: Tensor[]")
                    .traits(kPure)
                    .demands({kChain})
                    .infer([](InferContext& cx) { return infer_chain(cx, "tensors", true); })
                    .example("linalg.multi_dot([x, y])", "float[B, 4], float[4, 5]"));
  ops.push_back(function_op("chain_matmul")
                    .summary("product of matrices in the cheapest order")
                    .input("matrices: Tensor[]")
                    .variadic()
                    .traits(kPure)
                    .demands({kChain})
                    .infer([](InferContext& cx) { return infer_chain(cx, "matrices", false); })
                    .example("chain_matmul(x, y)", "float[B, 4], float[4, 5]"));
}

}  // namespace modelc::ops
