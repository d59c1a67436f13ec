// torch.linalg and torch's own functions of matrices; norms and products of vectors stand beside in linalg_norms.cpp.
#include "ops/linalg.h"

#include <cmath>

#include "ops/modes.h"
#include "ops/parts.h"

namespace modelc::ops {
namespace {

constexpr Constraint kOrder{"linalg.order", "the order of the norm is 1, 2 or inf, of either sign, or a word"};
constexpr Constraint kQrMode{"linalg.qr_mode", "both factors are wanted: `mode` is reduced or complete"};

std::size_t rank_of(InferContext& cx, std::string_view name) { return cx.tensor(name).rank(); }

Dim rows(const TensorType& matrix) { return matrix.shape[matrix.rank() - 2]; }
Dim columns(const TensorType& matrix) { return matrix.shape.back(); }

/// The batch sizes, and what stands behind them.
std::vector<Dim> batch(const TensorType& matrix, std::initializer_list<Dim> behind = {}) {
  std::vector<Dim> shape(matrix.shape.begin(), matrix.shape.end() - 2);
  shape.insert(shape.end(), behind.begin(), behind.end());
  return shape;
}

Type infer_square(InferContext& cx, std::string_view name) {
  return require_square(cx, name) ? result_like(cx, name) : Type::poison();
}

/// Integers have powers, but no inverse.
Type infer_matrix_power(InferContext& cx) {
  if (cx.integer("n") < 0 || !types::is_integral(cx.tensor("input").dtype)) return infer_square(cx, "input");
  if (!cx.require_rank_between("input", 2, kAnyRank)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  return cx.require_equal(rows(input), columns(input), "the matrix is square") ? result_like(cx, "input")
                                                                               : Type::poison();
}

Type infer_determinant(InferContext& cx, std::string_view name) {
  return require_square(cx, name) ? result(cx, cx.tensor(name).dtype, batch(cx.tensor(name))) : Type::poison();
}

Type infer_slogdet(InferContext& cx, std::string_view name) {
  const Type one = infer_determinant(cx, name);
  return one.is_poison() ? one : Type::tuple({one, one}, {"sign", "logabsdet"});
}

Type infer_pinv(InferContext& cx) {
  if (!(cx.flag("hermitian") ? require_square(cx, "input") : require_matrix(cx, "input"))) return Type::poison();
  const TensorType& input = cx.tensor("input");
  return result(cx, input.dtype, batch(input, {columns(input), rows(input)}));
}

/// B is a batch of vectors where it has the batch and the rows of A, else of matrices.
Type infer_solve(InferContext& cx) {
  if (!require_square(cx, "A") || !cx.require_rank_between("B", 1, kAnyRank) || !require_same_dtype(cx, "A", "B"))
    return Type::poison();
  const TensorType& a = cx.tensor("A");
  const TensorType& b = cx.tensor("B");
  const std::vector<Dim> vectors(a.shape.begin(), a.shape.end() - 1);
  const bool vector = b.rank() == 1 || (b.rank() + 1 == a.rank() && b.shape == vectors);
  std::vector<Dim> b_batch(b.shape.begin(), b.shape.end() - (vector ? 1 : 2));
  const Dim b_rows = b.shape[b.rank() - (vector ? 1 : 2)];
  if (!cx.require_equal(columns(a), b_rows, "A of " + a.str() + " has a row for each of B of " + b.str()))
    return Type::poison();
  auto shape = cx.broadcast(batch(a), b_batch, "the batch sizes of A and B must be equal or 1");
  if (!shape) return Type::poison();
  shape->push_back(b_rows);
  if (!vector) shape->push_back(columns(b));
  return result(cx, a.dtype, std::move(*shape));
}

/// A X = B, or with left=false X A = B.
Type infer_solve_triangular(InferContext& cx) {
  if (!require_square(cx, "input") || !require_matrix(cx, "B") || !require_same_dtype(cx, "input", "B"))
    return Type::poison();
  const TensorType& a = cx.tensor("input");
  const TensorType& b = cx.tensor("B");
  if (!cx.require_equal(columns(a), cx.flag("left") ? rows(b) : columns(b),
                        a.str() + " and " + b.str() + " are solved"))
    return Type::poison();
  auto shape = cx.broadcast(batch(a), batch(b), "the batch sizes of both must be equal or 1");
  if (!shape) return Type::poison();
  shape->push_back(rows(b)), shape->push_back(columns(b));
  return result(cx, a.dtype, std::move(*shape));
}

/// `input` and the factor L of a matrix.
Type infer_cholesky_solve(InferContext& cx) {
  if (!require_matrix(cx, "input") || !require_square(cx, "input2") || !require_same_dtype(cx, "input", "input2"))
    return Type::poison();
  const TensorType& b = cx.tensor("input");
  if (!cx.require_equal(rows(b), rows(cx.tensor("input2")), "`input2` has a row for each of " + b.str()))
    return Type::poison();
  auto shape = cx.broadcast(batch(b), batch(cx.tensor("input2")), "the batch sizes of both must be equal or 1");
  if (!shape) return Type::poison();
  shape->push_back(rows(b)), shape->push_back(columns(b));
  return result(cx, b.dtype, std::move(*shape));
}

Type infer_qr(InferContext& cx) {
  if (!require_matrix(cx, "A")) return Type::poison();
  if (qr_factors(cx.word("mode")) == QrFactors::R)
    return cx.fault(kQrMode, cx.op() + " is given `mode=\"r\"`, which has no Q, expected reduced or complete", {},
                    "mode");
  const TensorType& a = cx.tensor("A");
  const Dim inner = qr_factors(cx.word("mode")) == QrFactors::Complete ? rows(a) : dim_min(rows(a), columns(a));
  return Type::tuple(
      {result(cx, a.dtype, batch(a, {rows(a), inner})), result(cx, a.dtype, batch(a, {inner, columns(a)}))},
      {"Q", "R"});
}

Type infer_svd(InferContext& cx) {
  if (!require_matrix(cx, "A")) return Type::poison();
  const TensorType& a = cx.tensor("A");
  const Dim least = dim_min(rows(a), columns(a));
  const bool full = cx.flag("full_matrices");
  return Type::tuple(
      {result(cx, a.dtype, batch(a, {rows(a), full ? rows(a) : least})), result(cx, a.dtype, batch(a, {least})),
       result(cx, a.dtype, batch(a, {full ? columns(a) : least, columns(a)}))},
      {"U", "S", "Vh"});
}

Type infer_svdvals(InferContext& cx) {
  if (!require_matrix(cx, "A")) return Type::poison();
  const TensorType& a = cx.tensor("A");
  return result(cx, a.dtype, batch(a, {dim_min(rows(a), columns(a))}));
}

Type infer_eigvalsh(InferContext& cx) {
  if (!require_square(cx, "input")) return Type::poison();
  return result(cx, cx.tensor("input").dtype, batch(cx.tensor("input"), {rows(cx.tensor("input"))}));
}

Type infer_eigh(InferContext& cx) {
  const Type values = infer_eigvalsh(cx);
  return values.is_poison() ? values : Type::tuple({values, result_like(cx, "input")}, {"eigenvalues", "eigenvectors"});
}

/// Of real matrices, too, they are complex.
Type infer_eigvals(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto is_square = [&] {
    return cx.require_rank_between("input", 2, kAnyRank) &&
           cx.require_equal(rows(input), columns(input), "the matrix is square");
  };
  if (!(types::is_complex(input.dtype) ? is_square() : require_square(cx, "input"))) return Type::poison();
  return result(cx, types::complex_of(input.dtype), batch(input, {rows(input)}));
}

Type infer_eig(InferContext& cx) {
  const Type values = infer_eigvals(cx);
  if (values.is_poison()) return values;
  return Type::tuple({values, Type::of({values.tensor.dtype, cx.tensor("input").shape})},
                     {"eigenvalues", "eigenvectors"});
}

Type infer_matrix_rank(InferContext& cx) {
  return require_matrix(cx, "input") ? result(cx, DType::Int64, batch(cx.tensor("input"))) : Type::poison();
}

/// The norms that every matrix has; others, and their inverses', are of square ones.
Type infer_cond(InferContext& cx) {
  const bool any = cx.is_null("p") || (cx.arg("p").is_float() && std::abs(cx.number("p")) == 2);
  if (any ? !require_matrix(cx, "input") : !require_square(cx, "input")) return Type::poison();
  if (cx.arg("p").is_float()) {
    const double order = std::abs(cx.number("p"));
    if (order != 1 && order != 2 && !std::isinf(order))
      return cx.fault(kOrder, cx.op() + " is given " + tick("p=" + cx.arg("p").str()) + ", expected 1, 2 or inf", {},
                      "p");
  }
  return result(cx, cx.tensor("input").dtype, batch(cx.tensor("input")));
}

Type infer_lu(InferContext& cx) {
  if (!require_matrix(cx, "A")) return Type::poison();
  const TensorType& a = cx.tensor("A");
  const Dim least = dim_min(rows(a), columns(a));
  return Type::tuple(
      {result(cx, a.dtype, batch(a, {rows(a), rows(a)})), result(cx, a.dtype, batch(a, {rows(a), least})),
       result(cx, a.dtype, batch(a, {least, columns(a)}))},
      {"P", "L", "U"});
}

Type infer_lu_factor(InferContext& cx) {
  if (!require_matrix(cx, "A")) return Type::poison();
  const TensorType& a = cx.tensor("A");
  return Type::tuple({result_like(cx, "A"), result(cx, DType::Int32, batch(a, {dim_min(rows(a), columns(a))}))},
                     {"LU", "pivots"});
}

/// A tensor whose first `ind` dimensions have as many elements as the others: these, then those.
Type infer_tensorinv(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto ind = static_cast<std::size_t>(cx.integer("ind"));
  if (!require_single_or_double(cx, "input") || !cx.require_rank_between("input", ind + 1, kAnyRank) ||
      !cx.require_equal(
          product(input.shape, 0, ind), product(input.shape, ind),
          "the first " + std::to_string(ind) + " dimensions of " + input.str() + " have as many elements"))
    return Type::poison();
  std::vector<Dim> shape(input.shape.begin() + static_cast<std::ptrdiff_t>(ind), input.shape.end());
  shape.insert(shape.end(), input.shape.begin(), input.shape.begin() + static_cast<std::ptrdiff_t>(ind));
  return result(cx, input.dtype, std::move(shape));
}

Type infer_householder(InferContext& cx) {
  if (!require_matrix(cx, "input") || !require_same_dtype(cx, "input", "tau") ||
      !cx.require_rank("tau", rank_of(cx, "input") - 1))
    return Type::poison();
  const TensorType& input = cx.tensor("input");
  if (!cx.require_at_least(rows(input), columns(input), "there are no fewer rows than columns") ||
      !cx.require_at_least(columns(input), cx.tensor("tau").shape.back(), "there are no more reflections than columns"))
    return Type::poison();
  return result_like(cx, "input");
}

OpBuilder of_matrix(const std::string& name, const char* input, const char* summary,
                    const char* type = "float[B, 3, 3]") {
  OpBuilder op(name, false);
  op.summary(summary).input(std::string(input) + ": Tensor").traits(kPure).demands({kSingleOrDouble});
  return op.example(name + "(x)", type);
}

void declare_square(std::vector<Op>& ops) {
  struct Square {
    const char* name;
    const char* input;
    const char* summary;
    Type (*rule)(InferContext&, std::string_view);
  };
  for (const Square& s :
       {Square{"linalg.inv", "A", "inverse of a matrix", infer_square},
        Square{"linalg.det", "A", "determinant", infer_determinant},
        Square{"linalg.slogdet", "A", "(sign, log of the magnitude) of the determinant", infer_slogdet},
        Square{"linalg.matrix_exp", "input", "exponential of a matrix", infer_square},
        Square{"logdet", "input", "logarithm of the determinant", infer_determinant}})
    ops.push_back(
        of_matrix(s.name, s.input, s.summary).infer([rule = s.rule, input = std::string(s.input)](InferContext& cx) {
          return rule(cx, input);
        }));
  for (const auto& [name, function] :
       {std::pair{"matrix_exp", "linalg.matrix_exp"}, {"matrix_power", "linalg.matrix_power"}})
    ops.push_back(synonym(name, function));
  for (const auto& [name, function] :
       {std::pair{"inverse", "linalg.inv"}, {"det", "linalg.det"}, {"slogdet", "linalg.slogdet"}})
    ops.push_back(function_op(name)
                      .summary("as `" + std::string(function) + "`, of `input`")
                      .input("input: Tensor")
                      .becomes(function, {from("A", "input")})
                      .example(std::string(name) + "(x)", "float[B, 3, 3]"));
  ops.push_back(of_matrix("linalg.matrix_power", "input", "n-th power of a matrix; below 0 of its inverse")
                    .input("n: int")
                    .infer(infer_matrix_power)
                    .example("linalg.matrix_power(x, 2)", "float[B, 3, 3]"));
  ops.push_back(of_matrix("linalg.cholesky", "input", "L of L @ L.T, the factor of a positive definite matrix")
                    .keyword("upper: bool = false")
                    .infer([](InferContext& cx) { return infer_square(cx, "input"); })
                    .example("linalg.cholesky(x @ x.transpose(-2, -1) + eye(3))", "float[B, 3, 3]"));
  ops.push_back(of_matrix("cholesky_inverse", "input", "inverse of the matrix whose Cholesky factor is given")
                    .input("upper: bool = false")
                    .infer([](InferContext& cx) { return infer_square(cx, "input"); }));
  ops.push_back(of_matrix("cholesky_solve", "input", "X of A @ X = input, A given by its Cholesky factor `input2`")
                    .input("input2: Tensor")
                    .input("upper: bool = false")
                    .infer(infer_cholesky_solve)
                    .example("cholesky_solve(x, y)", "float[B, 3, 2], float[B, 3, 3]"));
  ops.push_back(of_matrix("linalg.eigh", "input", "eigenvalues and eigenvectors of a symmetric matrix")
                    .input("UPLO: {L|U} = L")
                    .results({"eigenvalues", "eigenvectors"})
                    .infer(infer_eigh));
  ops.push_back(of_matrix("linalg.eigvalsh", "input", "eigenvalues of a symmetric matrix")
                    .input("UPLO: {L|U} = L")
                    .infer(infer_eigvalsh));
  ops.push_back(of_matrix("linalg.eig", "input", "eigenvalues and eigenvectors of a matrix, complex")
                    .results({"eigenvalues", "eigenvectors"})
                    .complex()
                    .infer(infer_eig));
  ops.push_back(
      of_matrix("linalg.eigvals", "input", "eigenvalues of a matrix, complex").complex().infer(infer_eigvals));
}

void declare_decompositions(std::vector<Op>& ops) {
  const char* const matrix = "float[B, 4, 3]";
  ops.push_back(of_matrix("linalg.qr", "A", "Q with orthogonal columns and R above the diagonal", matrix)
                    .input("mode: {reduced|complete|r} = reduced")
                    .results({"Q", "R"})
                    .demands({kQrMode})
                    .infer(infer_qr));
  ops.push_back(of_matrix("linalg.svd", "A", "singular value decomposition U, S, Vh", matrix)
                    .input("full_matrices: bool = true")
                    .results({"U", "S", "Vh"})
                    .infer(infer_svd));
  ops.push_back(of_matrix("linalg.svdvals", "A", "singular values", matrix).infer(infer_svdvals));
  ops.push_back(of_matrix("linalg.lu", "A", "P, L, U: a permutation and two triangles", matrix)
                    .results({"P", "L", "U"})
                    .infer(infer_lu));
  ops.push_back(of_matrix("linalg.lu_factor", "A", "both triangles in one matrix, and the pivots", matrix)
                    .results({"LU", "pivots"})
                    .infer(infer_lu_factor));
  ops.push_back(of_matrix("linalg.matrix_rank", "input", "how many singular values are not 0", matrix)
                    .traits({Trait::Pure, Trait::StopsGradient})
                    .infer(infer_matrix_rank));
  ops.push_back(
      of_matrix("linalg.pinv", "input", "pseudo-inverse", matrix).keyword("hermitian: bool = false").infer(infer_pinv));
  ops.push_back(function_op("pinverse")
                    .summary("pseudo-inverse")
                    .input("input: Tensor")
                    .becomes("linalg.pinv")
                    .example("pinverse(x)", matrix));
  ops.push_back(of_matrix("linalg.cond", "input", "condition number in a norm", matrix)
                    .input("p: float|{fro|nuc}? = null")
                    .demands({kOrder})
                    .infer(infer_cond));
  ops.push_back(of_matrix("linalg.householder_product", "input", "the first columns of a product of reflections")
                    .input("tau: Tensor")
                    .infer(infer_householder)
                    .example("linalg.householder_product(x, y)", "float[B, 4, 3], float[B, 3]"));
}

}  // namespace

bool require_single_or_double(InferContext& cx, std::string_view name) {
  const DType dtype = cx.tensor(name).dtype;
  if (dtype == DType::Float32 || dtype == DType::Float64) return true;
  cx.fault(kSingleOrDouble, received(cx, name) + ", expected float or float64", "convert it: `x.float()`", name);
  return false;
}

bool require_matrix(InferContext& cx, std::string_view name) {
  return require_single_or_double(cx, name) && cx.require_rank_between(name, 2, kAnyRank);
}

bool require_square(InferContext& cx, std::string_view name) {
  if (!require_matrix(cx, name)) return false;
  const TensorType& matrix = cx.tensor(name);
  return cx.require_equal(rows(matrix), columns(matrix), matrix.str() + " has as many rows as columns");
}

std::vector<Op> linalg_family() {
  std::vector<Op> ops;
  declare_square(ops);
  declare_decompositions(ops);
  ops.push_back(of_matrix("linalg.solve", "A", "X of A @ X = B")
                    .input("B: Tensor")
                    .infer(infer_solve)
                    .example("linalg.solve(x, y)", "float[B, 3, 3], float[B, 3, 2]"));
  ops.push_back(of_matrix("linalg.solve_triangular", "input", "X of A @ X = B, A a triangle")
                    .input("B: Tensor")
                    .keyword("upper: bool")
                    .keyword("left: bool = true")
                    .keyword("unitriangular: bool = false")
                    .infer(infer_solve_triangular)
                    .example("linalg.solve_triangular(x, y, upper=true)", "float[B, 3, 3], float[B, 3, 2]"));
  ops.push_back(of_matrix("linalg.tensorinv", "input", "inverse of a tensor as a map of tensors")
                    .input("ind: int in 1.. = 2")
                    .infer(infer_tensorinv)
                    .example("linalg.tensorinv(x, 1)", "float[6, 2, 3]"));
  declare_linalg_norms(ops);
  declare_weighted_products(ops);
  return ops;
}

}  // namespace modelc::ops
