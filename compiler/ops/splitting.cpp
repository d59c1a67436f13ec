// One tensor as several: taken apart, or cut at positions.
#include "ops/joining.h"
#include "ops/parts.h"

namespace modelc::ops {
namespace {

constexpr Constraint kKnownNumber{"splitting.known_number", "the number of pieces does not depend on run-time sizes"};
constexpr Constraint kPieces{"splitting.pieces", "there are 1 to 65536 pieces"};

Type infer_unbind(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  const Dim n = cx.simplify(input.shape[*dim]);
  if (!n.is_constant())
    return cx.fault(kKnownNumber,
                    received(cx, "input") + " and takes dimension " + std::to_string(*dim) +
                        " apart, whose size depends on the run, expected a known one",
                    "`select(x, dim, i)` gives one position", "dim");
  if (n.constant() > kMostPieces)
    return cx.fault(kPieces,
                    cx.op() + " would give " + n.str() + " pieces, expected at most " + std::to_string(kMostPieces), {},
                    "input");
  const Type one = result(cx, input.dtype, without(input.shape, {*dim}, false));
  return one.is_poison() ? one : Type::tuple(std::vector<Type>(static_cast<std::size_t>(n.constant()), one));
}

/// Sections of equal size, the first of which may be greater by one where `rest` is allowed; or cut at positions.
Type split_at(InferContext& cx, std::string_view argument, std::size_t dim, bool rest) {
  const TensorType& input = cx.tensor("input");
  const Constant& given = cx.arg(argument);
  const Dim n = cx.simplify(input.shape[dim]);
  std::vector<Dim> sizes;
  if (!given.is_list()) {
    const std::int64_t count = given.as_int();
    if (count < 1 || count > kMostPieces)
      return cx.fault(kPieces, cx.op() + " is given " + given.str() + ", expected 1 to " + std::to_string(kMostPieces),
                      {}, argument);
    if (n.is_constant() && rest) {
      for (std::int64_t i = 0; i < count; ++i)
        sizes.emplace_back(n.constant() / count + (i < n.constant() % count ? 1 : 0));
    } else {
      if (!cx.require_divisible(n, count, "the dimension is cut into equal sections")) return Type::poison();
      sizes.assign(static_cast<std::size_t>(count), floor_div(n, count));
    }
    return pieces(cx, input, dim, sizes);
  }
  // A position below 0 counts from the end.
  Dim before = 0;
  for (const std::int64_t position : cx.integers(argument)) {
    const Dim at = position < 0 ? n + position : Dim(position);
    const auto lies = [&] { return "position " + std::to_string(position) + " lies within " + input.str(); };
    if (!cx.require_at_least(n, at, lies) || !cx.require_at_least(at, before, lies)) return Type::poison();
    sizes.push_back(at - before);
    before = at;
  }
  sizes.push_back(n - before);
  return pieces(cx, input, dim, sizes);
}

Type infer_tensor_split(InferContext& cx) {
  const std::size_t rank = cx.tensor("input").rank();
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", rank);
  return dim ? split_at(cx, "indices_or_sections", *dim, true) : Type::poison();
}

/// Along dimension `side`; hsplit of a vector along its only one.
Type infer_side_split(InferContext& cx, std::size_t side) {
  const std::size_t rank = cx.tensor("input").rank();
  if (!cx.require_rank_between("input", side == 1 ? 1 : side == 0 ? 2 : 3, kAnyRank)) return Type::poison();
  return split_at(cx, "indices_or_sections", side == 1 && rank == 1 ? 0 : side, false);
}

}  // namespace

void declare_splitting(std::vector<Op>& ops) {
  ops.push_back(function_op("unbind")
                    .summary("the positions of a dimension, which goes, one by one")
                    .input("input: Tensor")
                    .input("dim: int = 0")
                    .traits(kView)
                    .demands({kKnownNumber, kPieces})
                    .infer(infer_unbind)
                    .example("unbind(x, 1)", "float[B, 3]"));
  ops.push_back(function_op("tensor_split")
                    .summary("cut into so many sections, or at positions")
                    .input("input: Tensor")
                    .input("indices_or_sections: int|int[]")
                    .input("dim: int = 0")
                    .traits(kView)
                    .demands({kPieces})
                    .infer(infer_tensor_split)
                    .example("tensor_split(x, 2, dim=1)", "float[B, 6]"));
  for (const auto& [name, side] :
       {std::pair{"hsplit", std::size_t{1}}, std::pair{"vsplit", std::size_t{0}}, std::pair{"dsplit", std::size_t{2}}})
    ops.push_back(function_op(name)
                      .summary("cut along dimension " + std::to_string(side) + " into equal sections, or at positions")
                      .input("input: Tensor")
                      .input("indices_or_sections: int|int[]")
                      .traits(kView)
                      .demands({kPieces})
                      .infer([side = side](InferContext& cx) { return infer_side_split(cx, side); })
                      .example(name + std::string("(x, 2)"), "float[4, 4, 4]"));
  ops.push_back(function_op("split_with_sizes")
                    .summary("cut into pieces of a list of sizes")
                    .input("input: Tensor")
                    .input("split_sizes: dim[]")
                    .input("dim: int = 0")
                    .becomes("split", {from("tensor", "input"), from("split_size_or_sections", "split_sizes")})
                    .example("split_with_sizes(x, [2, 4], dim=1)", "float[B, 6]"));
  ops.push_back(function_op("Tensor.split")
                    .summary("cut into pieces of a size, or of a list of sizes")
                    .input("tensor: Tensor")
                    .input("split_size: dim|dim[]")
                    .input("dim: int = 0")
                    .becomes("split", {from("split_size_or_sections", "split_size")})
                    .example("x.split(split_size=2, dim=1)", "float[B, 6]"));
}

}  // namespace modelc::ops
