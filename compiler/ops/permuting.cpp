// Dimensions and elements in another order; triangles and diagonals.
#include <algorithm>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kAllDims{"permuting.all_dims", "`dims` names each dimension once"};
constexpr Constraint kDestinations{"permuting.destinations", "`source` and `destination` name as many dimensions"};
constexpr Constraint kShifts{"permuting.shifts", "there are as many shifts as dimensions"};
constexpr Constraint kTwoDims{"permuting.two_dims", "`dim1` and `dim2` are two dimensions"};

Type permuted(InferContext& cx, const std::vector<std::size_t>& order) {
  const TensorType& input = cx.tensor("input");
  std::vector<Dim> shape;
  for (std::size_t dim : order) shape.push_back(input.shape[dim]);
  return Type::of({input.dtype, std::move(shape)});
}

Type infer_permute(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const Constant& dims = cx.arg("dims");
  if (cx.integers("dims").size() != input.rank())
    return cx.fault(kAllDims,
                    cx.op() + " of " + input.str() + " is given " + tick("dims=" + dims.str()) +
                        ", expected each of its " + std::to_string(input.rank()) + " dimensions once",
                    {}, "dims");
  if (input.rank() == 0) return Type::of(input);
  const auto order = axes(cx, "dims", input.rank());
  return order ? permuted(cx, *order) : Type::poison();
}

Type infer_transpose(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto a = cx.axis("dim0", input.rank());
  const auto b = a ? cx.axis("dim1", input.rank()) : std::nullopt;
  if (!b) return Type::poison();
  TensorType type = input;
  if (type.rank()) std::swap(type.shape[*a], type.shape[*b]);
  return Type::of(std::move(type));
}

Type infer_t(InferContext& cx) {
  if (!cx.require_rank_between("input", 0, 2)) return Type::poison();
  TensorType type = cx.tensor("input");
  std::reverse(type.shape.begin(), type.shape.end());
  return Type::of(std::move(type));
}

Type infer_movedim(InferContext& cx) {
  const std::size_t rank = cx.tensor("input").rank();
  const auto from = axes(cx, "source", rank);
  const auto to = from ? axes(cx, "destination", rank) : std::nullopt;
  if (!to) return Type::poison();
  if (from->size() != to->size())
    return cx.fault(kDestinations,
                    cx.op() + " is given " + std::to_string(from->size()) + " dimensions and " +
                        std::to_string(to->size()) + " destinations, expected as many",
                    {}, "destination");
  if (rank == 0) return result_like(cx, "input");
  std::vector<std::size_t> order(rank, rank), rest;
  for (std::size_t i = 0; i < from->size(); ++i) order[(*to)[i]] = (*from)[i];
  for (std::size_t i = 0; i < rank; ++i)
    if (std::find(from->begin(), from->end(), i) == from->end()) rest.push_back(i);
  auto next = rest.begin();
  for (std::size_t& dim : order)
    if (dim == rank) dim = *next++;
  return permuted(cx, order);
}

Type infer_flip(InferContext& cx) {
  return axes(cx, "dims", cx.tensor("input").rank()) ? result_like(cx, "input") : Type::poison();
}

Type infer_roll(InferContext& cx) {
  if (cx.is_null("dims")) {
    if (cx.dims("shifts").size() == 1) return result_like(cx, "input");
    return cx.fault(
        kShifts, cx.op() + " is given " + tick("shifts=" + cx.arg("shifts").str()) + " and no `dims`, expected as many",
        {}, "shifts");
  }
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  for (const std::int64_t dim : cx.integers("dims"))  // one may be named twice: the shifts add up
    if (!cx.axis_of(dim, cx.tensor("input").rank(), "dims")) return Type::poison();
  if (cx.dims("shifts").size() != cx.integers("dims").size())
    return cx.fault(kShifts,
                    cx.op() + " is given " + tick("shifts=" + cx.arg("shifts").str()) + " and " +
                        tick("dims=" + cx.arg("dims").str()) + ", expected as many",
                    {}, "dims");
  return result_like(cx, "input");
}

Type infer_triangle(InferContext& cx) {
  return cx.require_rank_between("input", 2, kAnyRank) ? result_like(cx, "input") : Type::poison();
}

std::optional<Dim> diagonal_length(InferContext& cx, Dim rows, Dim columns, std::int64_t offset) {
  const Dim length = offset >= 0 ? dim_min(rows, columns - offset) : dim_min(rows + offset, columns);
  if (!cx.require_at_least(length, 1, [&] {
        return "diagonal " + std::to_string(offset) + " of " + cx.tensor("input").str() + " must have an element";
      }))
    return std::nullopt;
  return length;
}

Type infer_diag(InferContext& cx) {
  if (!cx.require_rank_between("input", 1, 2)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const std::int64_t k = cx.integer("diagonal");
  if (input.rank() == 1) {
    const Dim size = input.shape[0] + (k >= 0 ? Dim(k) : -Dim(k));
    return result(cx, input.dtype, {size, size});
  }
  const auto length = diagonal_length(cx, input.shape[0], input.shape[1], k);
  return length ? result(cx, input.dtype, {*length}) : Type::poison();
}

Type infer_diagonal(InferContext& cx) {
  if (!cx.require_rank_between("input", 2, kAnyRank)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const auto a = cx.axis("dim1", input.rank());
  const auto b = a ? cx.axis("dim2", input.rank()) : std::nullopt;
  if (!b) return Type::poison();
  if (*a == *b)
    return cx.fault(kTwoDims, cx.op() + " is given dimension " + std::to_string(*a) + " twice, expected two", {},
                    "dim2");
  const auto length = diagonal_length(cx, input.shape[*a], input.shape[*b], cx.integer("offset"));
  if (!length) return Type::poison();
  std::vector<Dim> shape = without(input.shape, {*a, *b}, false);
  shape.push_back(*length);
  return result(cx, input.dtype, std::move(shape));
}

}  // namespace

void declare_permuting(std::vector<Op>& ops) {
  const auto function = [](const char* name, const char* summary) {
    OpBuilder op(name, false);
    op.summary(summary).input("input: Tensor");
    return op;
  };
  ops.push_back(function("permute", "dimensions in another order")
                    .input("dims: int[]")
                    .variadic()
                    .traits(kPermuting)
                    .demands({kAllDims})
                    .infer(infer_permute)
                    .example("x.permute(0, 2, 1)", "float[B, 3, T]"));
  ops.push_back(function("transpose", "two dimensions exchanged")
                    .input("dim0: int")
                    .input("dim1: int")
                    .traits(kPermuting)
                    .infer(infer_transpose)
                    .example("transpose(x, 1, 2)", "float[B, 3, T]"));
  ops.push_back(function("t", "a matrix transposed").traits(kPermuting).infer(infer_t).example("t(x)", "float[B, 3]"));
  ops.push_back(function("movedim", "dimensions moved to other places, the rest in order")
                    .input("source: int|int[]")
                    .input("destination: int|int[]")
                    .traits(kPermuting)
                    .demands({kDestinations})
                    .infer(infer_movedim)
                    .example("movedim(x, 1, -1)", "float[B, 3, 8, 8]"));
  ops.push_back(function("flip", "in reverse order along dimensions")
                    .input("dims: int[]")
                    .variadic()
                    .traits(kPure)
                    .infer(infer_flip)
                    .example("flip(x, [1])", "float[B, 6]"));
  ops.push_back(function("roll", "shifted along dimensions, what leaves at one end enters at the other")
                    .input("shifts: dim|dim[]")
                    .input("dims: int|int[]? = null")
                    .traits(kPure)
                    .demands({kShifts})
                    .infer(infer_roll)
                    .example("roll(x, 1, 1)", "float[B, 6]"));
  ops.push_back(function("tril", "the lower triangle, 0 above")
                    .input("diagonal: int = 0")
                    .traits(kPure)
                    .infer(infer_triangle)
                    .example("tril(x)", "float[6, 6]"));
  ops.push_back(function("triu", "the upper triangle, 0 below")
                    .input("diagonal: int = 0")
                    .traits(kPure)
                    .infer(infer_triangle)
                    .example("triu(x)", "float[6, 6]"));
  ops.push_back(function("diag", "a vector as the diagonal of a matrix, or the diagonal of a matrix")
                    .input("diagonal: int = 0")
                    .traits(kPure)
                    .infer(infer_diag)
                    .example("diag(x)", "float[6]"));
  ops.push_back(function("diagonal", "the diagonal of two dimensions, as the last dimension")
                    .input("offset: int = 0")
                    .input("dim1: int = 0")
                    .input("dim2: int = 1")
                    .traits(kView)
                    .demands({kTwoDims})
                    .infer(infer_diagonal)
                    .example("diagonal(x)", "float[6, 6]"));
}

}  // namespace modelc::ops
