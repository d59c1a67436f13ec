// Values put to positions of a tensor that stays as it is elsewhere.
#include <algorithm>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kPositions{"scattering.positions", "positions are int; one list of them may be int32"};
constexpr Constraint kOneSource{"scattering.one_source", "`src` or `value` is given"};
constexpr Constraint kReduce{"scattering.reduce", "`reduce` multiplies or adds the values of `src`, or a number"};
constexpr Constraint kMask{"scattering.mask", "`mask` is bool"};
constexpr Constraint kCount{"scattering.count", "there are no more lists of positions than dimensions"};
constexpr Constraint kStep{"scattering.step", "a slice has positions"};
constexpr Constraint kTwoDims{"scattering.two_dims", "`dim1` and `dim2` are two dimensions"};

bool require_list(InferContext& cx) {
  const TensorType& index = cx.tensor("index");
  if (index.dtype == DType::Int64 || index.dtype == DType::Int32) return cx.require_rank_between("index", 0, 1);
  cx.fault(kPositions, received(cx, "index") + ", expected int", "convert it: `i.long()`", "index");
  return false;
}

/// No size of `part` is above that of `whole`, but along `except`.
bool require_within(InferContext& cx, std::string_view part, std::string_view whole, std::size_t except) {
  const TensorType& inner = cx.tensor(part);
  const TensorType& outer = cx.tensor(whole);
  for (std::size_t d = 0; d < inner.rank(); ++d)
    if (d != except && !cx.require_at_least(outer.shape[d], inner.shape[d],
                                            tick(std::string(part)) + " of " + inner.str() + " lies within " +
                                                tick(std::string(whole)) + " of " + outer.str()))
      return false;
  return true;
}

Type infer_scatter(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!require_int64(cx, kPositions, "index") || !cx.require_rank("index", input.rank())) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim || !require_within(cx, "index", "input", *dim)) return Type::poison();
  if (cx.has("src") && (!cx.require_rank("src", input.rank()) || !require_same_dtype(cx, "input", "src") ||
                        !require_within(cx, "index", "src", kAnyRank)))
    return Type::poison();
  return result_like(cx, "input");
}

Type infer_plain_scatter(InferContext& cx) {
  const bool src = cx.has("src") || !cx.is_null("src");
  if (src != cx.is_null("value"))
    return cx.fault(kOneSource,
                    cx.op() + (src ? " is given `src` and `value`" : " is given neither `src` nor `value`") +
                        ", expected one of them",
                    {}, src ? "value" : "src");
  if (!cx.is_null("reduce") && cx.tensor("input").dtype == DType::Bool)
    return cx.fault(kReduce, received(cx, "input") + ", expected numbers", {}, "reduce");
  return infer_scatter(cx);
}

/// `source` has the shape of the input, along `dim` a slice for each position.
Type infer_index_put_along(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const TensorType& index = cx.tensor("index");
  if (!cx.require_rank_between("input", 1, kAnyRank) || !require_list(cx)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim || !cx.require_rank("source", input.rank()) || !require_same_dtype(cx, "input", "source"))
    return Type::poison();
  const TensorType& source = cx.tensor("source");
  for (std::size_t d = 0; d < input.rank(); ++d) {
    const Dim wanted = d != *dim ? input.shape[d] : index.rank() ? index.shape[0] : Dim(1);
    if (!cx.require_equal(
            source.shape[d], wanted,
            "`source` of " + source.str() + " has a slice of " + input.str() + " for each position of " + index.str()))
      return Type::poison();
  }
  return result_like(cx, "input");
}

Type infer_index_fill(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!require_int64(cx, kPositions, "index") || !require_list(cx) || !cx.axis("dim", input.rank()))
    return Type::poison();
  if (cx.has("value") && !cx.require_rank("value", 0)) return Type::poison();
  return result_like(cx, "input");
}

Type infer_masked_scatter(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const TensorType& mask = cx.tensor("mask");
  if (mask.dtype != DType::Bool)
    return cx.fault(kMask, received(cx, "mask") + ", expected bool", "compare it: `mask > 0`", "mask");
  if (!require_same_dtype(cx, "input", "source")) return Type::poison();
  auto shape =
      cx.broadcast(input.shape, mask.shape, "`mask` of " + mask.str() + " has a value for each of " + input.str());
  return shape ? result(cx, input.dtype, std::move(*shape)) : Type::poison();
}

/// `x[indices] = values`: lists of positions for the first dimensions.
Type infer_index_put(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const std::vector<TensorType> indices = cx.tensors("indices");
  if (indices.size() > input.rank() || indices.empty())
    return cx.fault(kCount,
                    cx.op() + " is given " + std::to_string(indices.size()) + " lists of positions of " + input.str() +
                        ", expected 1 to " + std::to_string(input.rank()),
                    {}, "indices");
  std::vector<Dim> shape;
  for (const TensorType& index : indices) {
    if (index.dtype != DType::Int64)
      return cx.fault(kPositions, cx.op() + " receives positions of " + index.str() + ", expected int", {}, "indices");
    const auto wider = cx.broadcast(shape, index.shape, "the lists of positions are of one shape, or stretch to it");
    if (!wider) return Type::poison();
    shape = *wider;
  }
  shape.insert(shape.end(), input.shape.begin() + static_cast<std::ptrdiff_t>(indices.size()), input.shape.end());
  const TensorType& values = cx.tensor("values");
  if (!require_same_dtype(cx, "input", "values") || !cx.require_rank_between("values", 0, shape.size()))
    return Type::poison();
  for (std::size_t i = 1; i <= values.rank(); ++i) {
    const Dim size = cx.simplify(values.shape[values.rank() - i]);
    if (size != Dim(1) && !cx.require_equal(size, shape[shape.size() - i],
                                            "`values` of " + values.str() + " stretch to " + shape_text(shape)))
      return Type::poison();
  }
  return result_like(cx, "input");
}

/// One value for each position in the elements in a row.
Type infer_put(InferContext& cx) {
  const TensorType& index = cx.tensor("index");
  const TensorType& source = cx.tensor("source");
  if (!require_int64(cx, kPositions, "index") || !require_same_dtype(cx, "input", "source") ||
      !cx.require_equal(index.numel(), source.numel(),
                        "`source` of " + source.str() + " has a value for each position"))
    return Type::poison();
  return result_like(cx, "input");
}

bool require_part(InferContext& cx, const std::vector<Dim>& shape) {
  const TensorType& src = cx.tensor("src");
  if (!cx.require_rank("src", shape.size())) return false;
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (!cx.require_equal(src.shape[d], shape[d], "`src` of " + src.str() + " fills the part " + shape_text(shape)))
      return false;
  return true;
}

Type infer_select_scatter(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim || !require_position(cx, input.shape[*dim], cx.dim("index"), "index") ||
      !require_part(cx, without(input.shape, {*dim}, false)))
    return Type::poison();
  return result_like(cx, "input");
}

/// The part of a slice whose bounds are held within the size.
Type infer_slice_scatter(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  const Dim n = input.shape[*dim];
  const auto bound = [&](std::string_view name, Dim otherwise) {
    if (cx.is_null(name)) return otherwise;
    const std::int64_t given = cx.integer(name);
    return given < 0 ? dim_max(n + given, 0) : dim_min(given, n);
  };
  std::vector<Dim> part = input.shape;
  part[*dim] = types::ceil_div(cx.simplify(bound("end", n) - bound("start", 0)), cx.integer("step"));
  if (part[*dim].is_constant() && part[*dim].constant() < 1)
    return cx.fault(kStep, cx.op() + " is given an empty slice of " + input.str() + ", expected at least one position");
  return require_part(cx, part) ? result_like(cx, "input") : Type::poison();
}

Type infer_diagonal_scatter(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 2, kAnyRank)) return Type::poison();
  const auto a = cx.axis("dim1", input.rank());
  const auto b = a ? cx.axis("dim2", input.rank()) : std::nullopt;
  if (!b) return Type::poison();
  if (*a == *b)
    return cx.fault(kTwoDims, cx.op() + " is given dimension " + std::to_string(*a) + " twice, expected two", {},
                    "dim2");
  const std::int64_t offset = cx.integer("offset");
  const Dim rows = input.shape[*a] + std::min<std::int64_t>(offset, 0);
  const Dim columns = input.shape[*b] - std::max<std::int64_t>(offset, 0);
  std::vector<Dim> part = without(input.shape, {*a, *b}, false);
  part.push_back(dim_min(rows, columns));
  return require_part(cx, part) ? result_like(cx, "input") : Type::poison();
}

OpBuilder of_input(const char* name, const char* summary) {
  OpBuilder op(name, false);
  op.summary(summary).input("input: Tensor").traits(kPure);
  return op;
}

void declare_scatter(std::vector<Op>& ops) {
  const char* const example = "float[B, 6], int[B, 3], float[B, 3]";
  ops.push_back(of_input("scatter", "values of `src` put to the positions `index` of `dim`")
                    .input("dim: int")
                    .input("index: Tensor")
                    .input("src: Tensor|number? = null")
                    .keyword("value: float? = null")
                    .keyword("reduce: {add|multiply}? = null")
                    .demands({kPositions, kOneSource, kReduce})
                    .infer(infer_plain_scatter)
                    .example("scatter(x, 1, y, z)", example));
  ops.push_back(of_input("scatter_add", "values of `src` added to the positions `index` of `dim`")
                    .input("dim: int")
                    .input("index: Tensor")
                    .input("src: Tensor")
                    .demands({kPositions})
                    .infer(infer_scatter)
                    .example("scatter_add(x, 1, y, z)", example));
  ops.push_back(of_input("scatter_reduce", "values of `src` combined at the positions `index` of `dim`")
                    .input("dim: int")
                    .input("index: Tensor")
                    .input("src: Tensor")
                    .input("reduce: {sum|prod|mean|amax|amin}")
                    .keyword("include_self: bool = true")
                    .demands({kPositions})
                    .infer(infer_scatter)
                    .example("scatter_reduce(x, 1, y, z, \"amax\")", example));
  const char* const slices = "float[6, B], int[3], float[3, B]";
  ops.push_back(of_input("index_add", "slices of `source` added to the positions that `index` lists")
                    .input("dim: int")
                    .input("index: Tensor")
                    .input("source: Tensor")
                    .keyword("alpha: float = 1")
                    .demands({kPositions})
                    .infer(infer_index_put_along)
                    .example("index_add(x, 0, y, z)", slices));
  ops.push_back(of_input("index_copy", "slices of `source` in the place of the positions that `index` lists")
                    .input("dim: int")
                    .input("index: Tensor")
                    .input("source: Tensor")
                    .demands({kPositions})
                    .infer(infer_index_put_along)
                    .example("index_copy(x, 0, y, z)", slices));
  ops.push_back(of_input("index_reduce", "slices of `source` combined at the positions that `index` lists")
                    .input("dim: int")
                    .input("index: Tensor")
                    .input("source: Tensor")
                    .input("reduce: {prod|mean|amax|amin}")
                    .keyword("include_self: bool = true")
                    .demands({kPositions})
                    .infer(infer_index_put_along)
                    .example("index_reduce(x, 0, y, z, \"amax\")", slices));
  ops.push_back(of_input("index_fill", "one value at the positions that `index` lists")
                    .input("dim: int")
                    .input("index: Tensor")
                    .input("value: Tensor|number")
                    .demands({kPositions})
                    .infer(infer_index_fill)
                    .example("index_fill(x, 1, y, 0.5)", "float[B, 6], int[3]"));
}

void declare_parts(std::vector<Op>& ops) {
  ops.push_back(of_input("masked_scatter", "values of `source`, in a row, where the mask is true")
                    .input("mask: Tensor")
                    .input("source: Tensor")
                    .demands({kMask})
                    .infer(infer_masked_scatter)
                    .example("masked_scatter(x, y, z)", "float[B, 6], bool[B, 6], float[B, 6]"));
  ops.push_back(of_input("index_put", "`values` at the positions that lists for the first dimensions name")
                    .input("indices: Tensor[]")
                    .input("values: Tensor")
                    .input("accumulate: bool = false")
                    .demands({kPositions, kCount})
                    .infer(infer_index_put)
                    .example("index_put(x, [y, y], z)", "float[6, 6], int[3], float[3]"));
  ops.push_back(of_input("put", "values of `source` at positions of the elements in a row")
                    .input("index: Tensor")
                    .input("source: Tensor")
                    .input("accumulate: bool = false")
                    .demands({kPositions})
                    .infer(infer_put)
                    .example("x.put(y, z)", "float[B, 6], int[3], float[3]"));
  ops.push_back(of_input("select_scatter", "`src` in the place of one position of a dimension")
                    .input("src: Tensor")
                    .input("dim: int")
                    .input("index: dim")
                    .infer(infer_select_scatter)
                    .example("select_scatter(x, y, 1, 0)", "float[B, 6], float[B]"));
  ops.push_back(of_input("slice_scatter", "`src` in the place of a slice of a dimension")
                    .input("src: Tensor")
                    .input("dim: int = 0")
                    .input("start: int? = null")
                    .input("end: int? = null")
                    .input("step: int in 1.. = 1")
                    .demands({kStep})
                    .infer(infer_slice_scatter)
                    .example("slice_scatter(x, y, 1, 2, 4)", "float[B, 6], float[B, 2]"));
  ops.push_back(of_input("diagonal_scatter", "`src` in the place of a diagonal")
                    .input("src: Tensor")
                    .input("offset: int = 0")
                    .input("dim1: int = 0")
                    .input("dim2: int = 1")
                    .demands({kTwoDims})
                    .infer(infer_diagonal_scatter)
                    .example("diagonal_scatter(x, y)", "float[6, 6], float[6]"));
}

}  // namespace

void declare_scattering(std::vector<Op>& ops) {
  declare_scatter(ops);
  declare_parts(ops);
}

}  // namespace modelc::ops
