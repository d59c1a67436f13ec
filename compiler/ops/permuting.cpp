// Dimensions and elements in another order; triangles and diagonals.
#include <algorithm>

#include "ops/parts.h"
#include "ops/rules.h"
#include "support/counted.h"

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
                    cx.op() + " is given " + support::counted(from->size(), "dimension") + " and " +
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

/// One of the dimensions that a matrix has.
Type infer_flip_side(InferContext& cx, std::size_t least) {
  return cx.require_rank_between("input", least, kAnyRank) ? result_like(cx, "input") : Type::poison();
}

Type infer_rot90(InferContext& cx) {
  TensorType type = cx.tensor("input");
  if (!cx.require_rank_between("input", 2, kAnyRank)) return Type::poison();
  auto dims = axes(cx, "dims", type.rank());
  if (!dims) return Type::poison();
  if (cx.is_null("dims")) dims = {0, 1};
  if (dims->size() != 2)
    return cx.fault(kTwoDims, cx.op() + " is given " + tick("dims=" + cx.arg("dims").str()) + ", expected two", {},
                    "dims");
  if (cx.integer("k") % 2 != 0) std::swap(type.shape[(*dims)[0]], type.shape[(*dims)[1]]);
  return Type::of(std::move(type));
}

Type infer_diag_embed(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto a = cx.axis("dim1", input.rank() + 1);
  const auto b = a ? cx.axis("dim2", input.rank() + 1) : std::nullopt;
  if (!b) return Type::poison();
  if (*a == *b)
    return cx.fault(kTwoDims, cx.op() + " is given dimension " + std::to_string(*a) + " twice, expected two", {},
                    "dim2");
  const std::int64_t offset = cx.integer("offset");
  std::vector<Dim> shape(input.shape.begin(), input.shape.end() - 1);
  const Dim size = input.shape.back() + (offset < 0 ? -Dim(offset) : Dim(offset));
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(std::min(*a, *b)), size);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(std::max(*a, *b)), size);
  return result(cx, input.dtype, std::move(shape));
}

Type infer_diagflat(InferContext& cx) {
  const std::int64_t offset = cx.integer("offset");
  const Dim size = cx.tensor("input").numel() + (offset < 0 ? -Dim(offset) : Dim(offset));
  return result(cx, cx.tensor("input").dtype, {size, size});
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
                    .complex()
                    .infer(infer_flip)
                    .example("flip(x, [1])", "float[B, 6]"));
  ops.push_back(synonym("moveaxis", "movedim"));
  ops.push_back(synonym("swapdims", "transpose"));
  ops.push_back(function("swapaxes", "two dimensions exchanged")
                    .input("axis0: int")
                    .input("axis1: int")
                    .becomes("transpose", {from("dim0", "axis0"), from("dim1", "axis1")})
                    .example("swapaxes(x, 1, 2)", "float[B, 3, T]"));
  ops.push_back(function("adjoint", "the last two dimensions exchanged")
                    .becomes("transpose", {fixed("dim0", Constant(-2)), fixed("dim1", Constant(-1))})
                    .example("adjoint(x)", "float[B, 3, T]"));
  ops.push_back(function("fliplr", "dimension 1 in reverse order")
                    .traits(kPure)
                    .complex()
                    .infer([](InferContext& cx) { return infer_flip_side(cx, 2); })
                    .example("fliplr(x)", "float[B, 6]"));
  ops.push_back(function("flipud", "dimension 0 in reverse order")
                    .traits(kPure)
                    .complex()
                    .infer([](InferContext& cx) { return infer_flip_side(cx, 1); })
                    .example("flipud(x)", "float[B, 6]"));
  ops.push_back(function("rot90", "turned by k right angles in the plane of two dimensions")
                    .input("k: int = 1")
                    .input("dims: int[]? = null")
                    .traits(kPure)
                    .complex()
                    .demands({kTwoDims})
                    .infer(infer_rot90)
                    .example("rot90(x, 1, [1, 2])", "float[B, 3, 4]"));
  ops.push_back(function("diag_embed", "the last dimension as the diagonal of two")
                    .input("offset: int = 0")
                    .input("dim1: int = -2")
                    .input("dim2: int = -1")
                    .traits(kPure)
                    .complex()
                    .demands({kTwoDims})
                    .infer(infer_diag_embed)
                    .example("diag_embed(x)", "float[B, 6]"));
  ops.push_back(function("diagflat", "all elements as the diagonal of a matrix")
                    .input("offset: int = 0")
                    .traits(kPure)
                    .complex()
                    .infer(infer_diagflat)
                    .example("diagflat(x)", "float[2, 3]"));
  ops.push_back(function("roll", "shifted along dimensions, what leaves at one end enters at the other")
                    .input("shifts: dim|dim[]")
                    .input("dims: int|int[]? = null")
                    .traits(kPure)
                    .complex()
                    .demands({kShifts})
                    .infer(infer_roll)
                    .example("roll(x, 1, 1)", "float[B, 6]"));
  ops.push_back(function("tril", "the lower triangle, 0 above")
                    .input("diagonal: int = 0")
                    .traits(kPure)
                    .complex()
                    .infer(infer_triangle)
                    .example("tril(x)", "float[6, 6]"));
  ops.push_back(function("triu", "the upper triangle, 0 below")
                    .input("diagonal: int = 0")
                    .traits(kPure)
                    .complex()
                    .infer(infer_triangle)
                    .example("triu(x)", "float[6, 6]"));
  ops.push_back(function("diag", "a vector as the diagonal of a matrix, or the diagonal of a matrix")
                    .input("diagonal: int = 0")
                    .traits(kPure)
                    .complex()
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
