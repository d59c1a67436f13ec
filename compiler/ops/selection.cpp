// Parts of a tensor by position.
#include <algorithm>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kPositions{"selection.positions", "positions are int; of `index_select` int32 as well"};

bool require_positions(InferContext& cx, std::string_view name) {
  const DType dtype = cx.tensor(name).dtype;
  if (dtype == DType::Int64 || dtype == DType::Int32) return true;
  cx.fault(kPositions, received(cx, name) + ", expected positions of int", "convert it: `i.long()`", name);
  return false;
}

Type infer_narrow(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  const Dim n = input.shape[*dim], start = cx.dim("start"), length = cx.dim("length");
  const bool from_end = start.is_constant() && start.constant() < 0;
  const std::string what = tick("start=" + start.str()) + " and " + tick("length=" + length.str()) + " lie within " +
                           "dimension " + std::to_string(*dim) + " of " + input.str();
  if (from_end ? !cx.require_at_least(n, -start, what) || !cx.require_at_least(-start, length, what)
               : !cx.require_at_least(n, start + length, what))
    return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape[*dim] = length;
  return result(cx, input.dtype, std::move(shape));
}

Type infer_select(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim || !require_position(cx, input.shape[*dim], cx.dim("index"), "index")) return Type::poison();
  return result(cx, input.dtype, without(input.shape, {*dim}, false));
}

Type infer_index_select(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!require_positions(cx, "index") || !cx.require_rank_between("index", 0, 1)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  if (input.rank() == 0) {  // as a scalar it has one position
    const Dim count = cx.tensor("index").numel();
    return cx.require_equal(count, 1, "a scalar has one position") ? result_like(cx, "input") : Type::poison();
  }
  if (!require_written_positions(cx, input.shape[*dim], "index")) return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape[*dim] = cx.tensor("index").rank() ? cx.tensor("index").shape[0] : Dim(1);
  return result(cx, input.dtype, std::move(shape));
}

Type infer_gather(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const TensorType& index = cx.tensor("index");
  if (!require_int64(cx, kPositions, "index")) return Type::poison();
  if (!cx.require_rank("index", input.rank())) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  for (std::size_t d = 0; d < input.rank(); ++d)
    if (d != *dim && !cx.require_at_least(input.shape[d], index.shape[d], [&] {
          return "`index` of " + index.str() + " lies within " + input.str() + " in every other dimension";
        }))
      return Type::poison();
  if (input.rank() > 0 && !require_written_positions(cx, input.shape[*dim], "index")) return Type::poison();
  return result(cx, input.dtype, index.shape);
}

Type infer_take(InferContext& cx) {
  const TensorType& index = cx.tensor("index");
  if (!require_int64(cx, kPositions, "index")) return Type::poison();
  return result(cx, cx.tensor("input").dtype, index.shape);
}

/// As gather, the other dimensions stretched to each other; without `dim` of the elements in a row.
Type infer_take_along_dim(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const TensorType& indices = cx.tensor("indices");
  if (!require_int64(cx, kPositions, "indices")) return Type::poison();
  if (cx.is_null("dim")) return result(cx, input.dtype, {indices.numel()});
  if (!cx.require_rank("indices", input.rank())) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  std::vector<Dim> a = input.shape, b = indices.shape;
  if (!a.empty()) a[*dim] = b[*dim];
  auto shape = cx.broadcast(a, b, "`indices` of " + indices.str() + " stretch to " + input.str() + " but along `dim`");
  return shape ? result(cx, input.dtype, std::move(*shape)) : Type::poison();
}

}  // namespace

bool require_position(InferContext& cx, Dim size, Dim position, std::string_view argument) {
  const std::string what = "position " + position.str() + " lies within a size of " + size.str();
  if (cx.known_at_least(position, 0)) return cx.require_at_least(size, position + 1, what);
  if (cx.known_at_least(-position, 1)) return cx.require_at_least(size, -position, what);
  cx.fault(common::kPositionSign,
           cx.op() + " is given position " + tick(position.str()) +
               " whose sign depends on run-time sizes, expected a known one",
           {}, argument);
  return false;
}

bool require_written_positions(InferContext& cx, Dim size, std::string_view argument, bool from_end, std::size_t part) {
  const std::vector<std::int64_t> positions = cx.written(argument, part);
  if (positions.empty()) return true;
  const auto [least, most] = std::minmax_element(positions.begin(), positions.end());
  if (*least < 0 && !from_end)
    return cx.require_at_least(*least, 0, "position " + std::to_string(*least) + " counts from the start");
  return require_position(cx, size, *least, argument) && require_position(cx, size, *most, argument);
}

void declare_selection(std::vector<Op>& ops) {
  ops.push_back(function_op("narrow")
                    .summary("`length` positions of a dimension from `start` on")
                    .input("input: Tensor")
                    .input("dim: int")
                    .input("start: dim")
                    .input("length: dim in 1..")
                    .traits(kView)
                    .infer(infer_narrow)
                    .example("narrow(x, 1, 0, 3)", "float[B, 6]"));
  ops.push_back(function_op("select")
                    .summary("one position of a dimension, which goes")
                    .input("input: Tensor")
                    .input("dim: int")
                    .input("index: dim")
                    .traits(kView)
                    .infer(infer_select)
                    .example("select(x, 1, -1)", "float[B, 6]"));
  ops.push_back(function_op("index_select")
                    .summary("the positions of a dimension that `index` lists")
                    .input("input: Tensor")
                    .input("dim: int")
                    .input("index: Tensor")
                    .traits(kPure)
                    .complex()
                    .demands({kPositions})
                    .indexes({.input = "index", .of = "input", .counted = "positions", .axis = "dim"})
                    .infer(infer_index_select)
                    .example("index_select(x, 1, y)", "float[B, 6], int[3]"));
  ops.push_back(synonym("narrow_copy", "narrow"));
  ops.push_back(function_op("take")
                    .summary("the values at positions of the elements in a row")
                    .input("input: Tensor")
                    .input("index: Tensor")
                    .traits(kPure)
                    .complex()
                    .demands({kPositions})
                    .infer(infer_take)
                    .example("take(x, y)", "float[B, 6], int[3]"));
  ops.push_back(function_op("take_along_dim")
                    .summary("for each of `indices` the value at that position of `dim`")
                    .input("input: Tensor")
                    .input("indices: Tensor")
                    .input("dim: int? = null")
                    .traits(kPure)
                    .complex()
                    .demands({kPositions})
                    .infer(infer_take_along_dim)
                    .example("take_along_dim(x, y, 1)", "float[B, 6], int[B, 3]"));
  ops.push_back(function_op("gather")
                    .summary("for each element of `index` the value at that position of `dim`")
                    .input("input: Tensor")
                    .input("dim: int")
                    .input("index: Tensor")
                    .traits(kPure)
                    .complex()
                    .demands({kPositions})
                    .indexes({.input = "index", .of = "input", .counted = "positions", .axis = "dim"})
                    .infer(infer_gather)
                    .example("gather(x, 1, y)", "float[B, 6], int[B, 3]"));
}

}  // namespace modelc::ops
