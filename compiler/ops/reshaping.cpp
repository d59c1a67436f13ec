// The same values in the same order under another shape; repetitions of them.
#include "ops/parts.h"
#include "ops/rules.h"
#include "support/counted.h"

namespace modelc::ops {
namespace {

constexpr Constraint kOneOpen{"reshaping.one_open", "at most one size is -1"};
constexpr Constraint kSizes{"reshaping.sizes", "the other sizes are at least 1"};
constexpr Constraint kMultiple{"reshaping.multiple", "the elements are a multiple of the stated sizes"};
constexpr Constraint kOrder{"reshaping.order", "`start_dim` is not behind `end_dim`"};
constexpr Constraint kStretchRank{"reshaping.stretch_rank", "there is a size for each dimension"};
constexpr Constraint kNewSize{"reshaping.new_size", "a new dimension has a size"};
constexpr Constraint kCounts{"reshaping.counts", "there is a count for each dimension"};

/// `wanted` with its -1, if any, filled in so that the product is `total` (docs/dimensions.md). nullopt after
/// reporting.
std::optional<std::vector<Dim>> fill_sizes(InferContext& cx, Dim total, std::vector<Dim> wanted,
                                           std::string_view argument, const std::string& source) {
  const std::string asked = source + " is given the shape " + shape_text(wanted);
  std::size_t open = wanted.size();
  Dim plain = 1, symbolic = 1;  // the product of the other sizes, integers apart
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Dim size = cx.simplify(wanted[i]);
    if (size == Dim(-1)) {
      if (open < wanted.size()) {
        cx.fault(kOneOpen, cx.op() + " is given " + shape_text(wanted) + ", expected at most one -1", {}, argument);
        return std::nullopt;
      }
      open = i;
    } else if (size.is_constant()) {
      if (size.constant() < 1) {
        cx.fault(kSizes, cx.op() + " is given " + shape_text(wanted) + ", expected sizes of at least 1, or one -1", {},
                 argument);
        return std::nullopt;
      }
      plain = plain * size;
    } else {
      symbolic = symbolic * size;
    }
  }
  total = cx.simplify(total);
  if (open == wanted.size()) {
    if (!cx.require_equal(total, plain * symbolic, [&] { return asked + ", which must have as many elements"; }))
      return std::nullopt;
    return wanted;
  }
  const auto rest = types::exact_div(total, symbolic);
  if (!rest) {
    cx.fault(kMultiple,
             cx.op() + " of " + asked + ", and " + total.str() + " elements are no multiple of " + symbolic.str() +
                 " for every size",
             {}, argument);
    return std::nullopt;
  }
  if (!cx.require_divisible(*rest, plain, [&] { return asked + ", whose -1 is " + rest->str() + " / " + plain.str(); }))
    return std::nullopt;
  const auto exact = types::exact_div(*rest, plain);
  wanted[open] = exact ? *exact : floor_div(*rest, plain);
  return wanted;
}

Type infer_reshape(InferContext& cx, std::string_view argument) {
  const TensorType& input = cx.tensor("input");
  auto shape = fill_sizes(cx, product(input.shape), cx.dims(argument), argument, input.str());
  return shape ? result(cx, input.dtype, std::move(*shape)) : Type::poison();
}

Type infer_flatten(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto first = cx.axis("start_dim", input.rank());
  const auto last = first ? cx.axis("end_dim", input.rank()) : std::nullopt;
  if (!last) return Type::poison();
  if (*first > *last)
    return cx.fault(kOrder,
                    cx.op() + " is given dimensions " + std::to_string(*first) + " to " + std::to_string(*last) +
                        " of " + input.str() + ", expected the first not behind the last",
                    {}, "end_dim");
  if (input.rank() == 0) return result(cx, input.dtype, {1});
  std::vector<Dim> shape(input.shape.begin(), input.shape.begin() + static_cast<std::ptrdiff_t>(*first));
  shape.push_back(product(input.shape, *first, *last + 1));
  shape.insert(shape.end(), input.shape.begin() + static_cast<std::ptrdiff_t>(*last) + 1, input.shape.end());
  return result(cx, input.dtype, std::move(shape));
}

Type infer_unflatten(InferContext& cx, std::string_view argument) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  auto parts = fill_sizes(cx, input.shape[*dim], cx.dims(argument), argument,
                          "dimension " + std::to_string(*dim) + " of " + input.str());
  if (!parts) return Type::poison();
  std::vector<Dim> shape = input.shape;
  const auto at = shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(*dim));
  shape.insert(at, parts->begin(), parts->end());
  return result(cx, input.dtype, std::move(shape));
}

Type stretch(InferContext& cx, std::vector<Dim> wanted, const std::string& asked, std::string_view argument) {
  const TensorType& input = cx.tensor("input");
  if (wanted.size() < input.rank())
    return cx.fault(kStretchRank,
                    cx.op() + " of " + input.str() + " is given " + asked + ", expected at least " +
                        support::counted(input.rank(), "size"),
                    {}, argument);
  const std::size_t added = wanted.size() - input.rank();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == Dim(-1)) {
      if (i < added)
        return cx.fault(kNewSize, cx.op() + " is given " + asked + " whose -1 is a new dimension, expected a size", {},
                        argument);
      wanted[i] = input.shape[i - added];
      continue;
    }
    if (i < added) continue;
    const Dim size = cx.simplify(input.shape[i - added]);
    if (size != Dim(1) && !cx.require_equal(size, wanted[i], [&] {
          return input.str() + " stretches to " + asked + " only where it is 1";
        }))
      return Type::poison();
  }
  return result(cx, input.dtype, std::move(wanted));
}

Type infer_expand(InferContext& cx) { return stretch(cx, cx.dims("size"), shape_text(cx.dims("size")), "size"); }
Type infer_expand_as(InferContext& cx) {
  return stretch(cx, cx.tensor("other").shape, cx.tensor("other").str(), "other");
}

/// The shape of another, which has as many elements.
Type infer_shape_of(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const TensorType& other = cx.tensor("other");
  if (!cx.require_equal(input.numel(), other.numel(), input.str() + " has as many elements as " + other.str()))
    return Type::poison();
  return result(cx, input.dtype, other.shape);
}

/// Windows of a dimension, as a new last one.
Type infer_windows(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dimension", input.rank());
  if (!dim) return Type::poison();
  const Dim size = cx.dim("size");
  if (!cx.require_at_least(input.shape[*dim], size, "a window of " + size.str() + " lies within " + input.str()))
    return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape[*dim] = floor_div(shape[*dim] - size, cx.integer("step")) + 1;
  shape.push_back(size);
  return result(cx, input.dtype, std::move(shape));
}

/// Sizes times counts, aligned from the right. `tile` fills up missing counts with 1, `repeat` wants them all.
Type infer_repeat(InferContext& cx, std::string_view argument, bool fill) {
  const TensorType& input = cx.tensor("input");
  std::vector<Dim> counts = cx.dims(argument), shape = input.shape;
  if (counts.size() < shape.size()) {
    if (!fill)
      return cx.fault(kCounts,
                      cx.op() + " of " + input.str() + " is given " + shape_text(counts) + ", expected at least " +
                          std::to_string(shape.size()) + " counts",
                      {}, argument);
    counts.insert(counts.begin(), shape.size() - counts.size(), 1);
  }
  shape.insert(shape.begin(), counts.size() - shape.size(), 1);
  for (std::size_t i = 0; i < shape.size(); ++i) shape[i] = shape[i] * counts[i];
  return result(cx, input.dtype, std::move(shape));
}

Type infer_repeat_interleave(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (cx.is_null("dim")) return result(cx, input.dtype, {product(input.shape) * cx.dim("repeats")});
  const auto dim = cx.axis("dim", input.rank());
  if (!dim || !cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape[*dim] = shape[*dim] * cx.dim("repeats");
  return result(cx, input.dtype, std::move(shape));
}

/// Only sizes that are the constant 1 go; one that is 1 by accident stays.
Type infer_squeeze(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto dims = axes(cx, "dim", input.rank());
  if (!dims) return Type::poison();
  std::vector<std::size_t> gone;
  for (std::size_t dim : *dims)
    if (dim < input.rank() && cx.simplify(input.shape[dim]) == Dim(1)) gone.push_back(dim);
  return result(cx, input.dtype, without(input.shape, gone, false));
}

Type infer_unsqueeze(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto dim = cx.axis("dim", input.rank() + 1);
  if (!dim) return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(*dim), 1);
  return result(cx, input.dtype, std::move(shape));
}

}  // namespace

void declare_reshaping(std::vector<Op>& ops) {
  ops.push_back(module_op("Flatten")
                    .summary("dimensions start_dim to end_dim as one")
                    .arg("start_dim: int = 1")
                    .arg("end_dim: int = -1")
                    .input("input: Tensor")
                    .becomes("flatten")
                    .example("Flatten()", "float[B, 3, 8, 8]"));
  ops.push_back(module_op("Unflatten")
                    .summary("one dimension as several")
                    .arg("dim: int")
                    .arg("unflattened_size: int[]")
                    .input("input: Tensor")
                    .becomes("unflatten", {from("sizes", "unflattened_size")})
                    .example("Unflatten(1, [2, 3])", "float[B, 6]"));
  ops.push_back(function_op("flatten")
                    .summary("dimensions start_dim to end_dim as one")
                    .input("input: Tensor")
                    .input("start_dim: int = 0")
                    .input("end_dim: int = -1")
                    .traits(kReshaping)
                    .demands({kOrder})
                    .infer(infer_flatten)
                    .example("flatten(x, 1)", "float[B, 3, 8, 8]"));
  ops.push_back(function_op("unflatten")
                    .summary("one dimension as several, one of which may be -1")
                    .input("input: Tensor")
                    .input("dim: int")
                    .input("sizes: dim[]")
                    .traits(kReshaping)
                    .demands({kOneOpen, kSizes, kMultiple})
                    .infer([](InferContext& cx) { return infer_unflatten(cx, "sizes"); })
                    .example("unflatten(x, 1, [2, 3])", "float[B, 6]"));
  for (const auto& [name, argument] : {std::pair{"reshape", "shape"}, std::pair{"view", "size"}})
    ops.push_back(
        function_op(name)
            .summary("the same elements under another shape, in which one size may be -1")
            .input("input: Tensor")
            .input(std::string(argument) + ": dim[]")
            .variadic()
            .traits(kReshaping)
            .demands({kOneOpen, kSizes, kMultiple})
            .infer([argument = std::string(argument)](InferContext& cx) { return infer_reshape(cx, argument); })
            .example("x." + std::string(name) + "(-1, 3)", "float[B, 6]"));
  for (const char* name : {"expand", "broadcast_to"}) {
    OpBuilder op(name, false);
    op.summary("sizes of 1 stretched, new dimensions in front; -1 keeps a size")
        .input("input: Tensor")
        .input("size: dim[]");
    op.variadic()
        .traits(kView)
        .demands({kStretchRank, kNewSize})
        .infer(infer_expand)
        .example(std::string(name) + "(x, [4, 6])", "float[1, 6]");
    ops.push_back(op);
  }
  ops.push_back(function_op("expand_as")
                    .summary("stretched to the shape of another")
                    .input("input: Tensor")
                    .input("other: Tensor")
                    .traits(kView)
                    .demands({kStretchRank})
                    .infer(infer_expand_as)
                    .example("expand_as(x, y)", "float[1, 6], float[B, 6]"));
  for (const char* name : {"view_as", "reshape_as"})
    ops.push_back(function_op(name)
                      .summary("under the shape of another")
                      .input("input: Tensor")
                      .input("other: Tensor")
                      .traits(kReshaping)
                      .infer(infer_shape_of)
                      .example("x." + std::string(name) + "(y)", "float[B, 6], float[B, 2, 3]"));
  ops.push_back(function_op("ravel")
                    .summary("all elements in a row")
                    .input("input: Tensor")
                    .becomes("flatten")
                    .example("ravel(x)", "float[B, 6]"));
  ops.push_back(function_op("Tensor.unfold")
                    .summary("the windows of a dimension, along a new last one")
                    .input("input: Tensor")
                    .input("dimension: int")
                    .input("size: dim in 1..")
                    .input("step: int in 1..")
                    .traits(kView)
                    .infer(infer_windows)
                    .example("x.unfold(1, 3, 2)", "float[B, 8]"));
  ops.push_back(function_op("repeat")
                    .summary("repeated so many times along each dimension")
                    .input("input: Tensor")
                    .input("repeats: dim[] in 1..")
                    .variadic()
                    .traits(kPure)
                    .complex()
                    .demands({kCounts})
                    .infer([](InferContext& cx) { return infer_repeat(cx, "repeats", false); })
                    .example("x.repeat(1, 2)", "float[B, 6]"));
  ops.push_back(function_op("tile")
                    .summary("repeated along the last dimensions")
                    .input("input: Tensor")
                    .input("dims: dim[] in 1..")
                    .variadic()
                    .traits(kPure)
                    .complex()
                    .infer([](InferContext& cx) { return infer_repeat(cx, "dims", true); })
                    .example("x.tile(2)", "float[B, 6]"));
  ops.push_back(function_op("repeat_interleave")
                    .summary("each element repeated in place, along a dimension or all in a row")
                    .input("input: Tensor")
                    .input("repeats: dim in 1..")
                    .input("dim: int? = null")
                    .traits(kPure)
                    .complex()
                    .infer(infer_repeat_interleave)
                    .example("repeat_interleave(x, 2, dim=1)", "float[B, 6]"));
  ops.push_back(function_op("squeeze")
                    .summary("without dimensions of size 1, all of them or `dim`")
                    .input("input: Tensor")
                    .input("dim: int? = null")
                    .traits(kReshaping)
                    .infer(infer_squeeze)
                    .note("a symbolic size stays, though it may be 1 by accident")
                    .example("squeeze(x, 1)", "float[B, 1]"));
  ops.push_back(function_op("unsqueeze")
                    .summary("a new dimension of size 1")
                    .input("input: Tensor")
                    .input("dim: int")
                    .traits(kReshaping)
                    .infer(infer_unsqueeze)
                    .example("unsqueeze(x, 1)", "float[B]"));
}

}  // namespace modelc::ops
