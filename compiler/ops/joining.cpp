// Several tensors as one, one as several.
#include "ops/joining.h"

#include <algorithm>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kSome{"joining.some", "there is at least one tensor"};
constexpr Constraint kScalar{"joining.scalar", "the tensors have at least 1 dimension"};
constexpr Constraint kRanks{"joining.ranks", "the tensors have as many dimensions"};
constexpr Constraint kPieces{"joining.pieces", "there are at most 65536 pieces"};
constexpr Constraint kKnownNumber{"joining.known_number", "the number of pieces does not depend on run-time sizes"};
constexpr Constraint kWidth{"joining.width", "a piece has a size of at least 1"};

}  // namespace

DType common_dtype(const std::vector<TensorType>& tensors) {
  DType dtype = tensors[0].dtype;
  for (const TensorType& t : tensors) dtype = types::promote(dtype, t.dtype);
  return dtype;
}

Type joined(InferContext& cx, const std::vector<TensorType>& tensors, std::int64_t along) {
  if (tensors.empty()) return cx.fault(kSome, cx.op() + " receives no tensors, expected at least one", {}, "tensors");
  const TensorType& first = tensors[0];
  if (first.rank() == 0)
    return cx.fault(kScalar, cx.op() + " receives " + first.str() + ", expected at least 1 dimension",
                    "`stack` joins scalars", "tensors");
  const auto dim = cx.axis_of(along, first.rank(), "dim");
  if (!dim) return Type::poison();
  std::vector<Dim> shape = first.shape;
  for (std::size_t i = 1; i < tensors.size(); ++i) {
    const TensorType& next = tensors[i];
    if (next.rank() != first.rank())
      return cx.fault(kRanks,
                      cx.op() + " receives " + first.str() + " and " + next.str() + ", expected as many dimensions", {},
                      "tensors");
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (d == *dim) {
        shape[d] = shape[d] + next.shape[d];
        continue;
      }
      if (!cx.require_equal(next.shape[d], shape[d], [&] {
            return next.str() + " is joined to " + first.str() + " along `dim=" + std::to_string(*dim) +
                   "`, and the sizes must be equal in every other dimension";
          }))
        return Type::poison();
      if (next.shape[d].is_constant()) shape[d] = next.shape[d];
    }
  }
  return result(cx, common_dtype(tensors), std::move(shape));
}

const std::vector<Constraint>& joining_constraints() {
  static const std::vector<Constraint> all{kSome, kScalar, kRanks};
  return all;
}

namespace {

Type infer_cat(InferContext& cx) { return joined(cx, cx.tensors("tensors"), cx.integer("dim")); }

Type infer_stack(InferContext& cx) {
  const std::vector<TensorType> tensors = cx.tensors("tensors");
  if (tensors.empty()) return cx.fault(kSome, cx.op() + " receives no tensors, expected at least one", {}, "tensors");
  const TensorType& first = tensors[0];
  const auto dim = cx.axis("dim", first.rank() + 1);
  if (!dim) return Type::poison();
  for (const TensorType& next : tensors) {
    if (next.rank() != first.rank())
      return cx.fault(kRanks, cx.op() + " receives " + first.str() + " and " + next.str() + ", expected equal shapes",
                      {}, "tensors");
    for (std::size_t d = 0; d < first.rank(); ++d)
      if (!cx.require_equal(next.shape[d], first.shape[d], [&] {
            return next.str() + " is stacked on " + first.str() + ", and the shapes must be equal";
          }))
        return Type::poison();
  }
  std::vector<Dim> shape = first.shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(*dim), static_cast<std::int64_t>(tensors.size()));
  return result(cx, common_dtype(tensors), std::move(shape));
}

}  // namespace

Type pieces(InferContext& cx, const TensorType& input, std::size_t dim, const std::vector<Dim>& sizes) {
  std::vector<Type> parts;
  for (Dim size : sizes) {
    std::vector<Dim> shape = input.shape;
    shape[dim] = size;
    parts.push_back(result(cx, input.dtype, std::move(shape)));
    if (parts.back().is_poison()) return Type::poison();
  }
  return Type::tuple(std::move(parts));
}

namespace {

/// Pieces of `width` of a known size, the last one perhaps shorter.
std::optional<std::vector<Dim>> known_pieces(InferContext& cx, std::int64_t n, std::int64_t width,
                                             std::string_view argument) {
  if ((n + width - 1) / width > kMostPieces) {
    cx.fault(kPieces,
             cx.op() + " would give " + std::to_string((n + width - 1) / width) + " pieces, expected at most " +
                 std::to_string(kMostPieces),
             {}, argument);
    return std::nullopt;
  }
  std::vector<Dim> sizes;
  for (std::int64_t left = n; left > 0; left -= width) sizes.push_back(std::min(left, width));
  return sizes;
}

Type infer_chunk(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  const Dim n = cx.simplify(input.shape[*dim]);
  const std::int64_t count = cx.integer("chunks");
  if (n.is_constant()) {
    const auto sizes = known_pieces(cx, n.constant(), types::ceil_div(n, count).constant(), "chunks");
    return sizes ? pieces(cx, input, *dim, *sizes) : Type::poison();
  }
  if (count > kMostPieces)
    return cx.fault(kPieces,
                    cx.op() + " is given " + tick("chunks=" + std::to_string(count)) + ", expected at most " +
                        std::to_string(kMostPieces),
                    {}, "chunks");
  if (!cx.require_divisible(n, count, "a symbolic size is cut into equal chunks")) return Type::poison();
  return pieces(cx, input, *dim, std::vector<Dim>(static_cast<std::size_t>(count), floor_div(n, count)));
}

Type infer_split(InferContext& cx) {
  const TensorType& input = cx.tensor("tensor");
  if (!cx.require_rank_between("tensor", 1, kAnyRank)) return Type::poison();
  const auto dim = cx.axis("dim", input.rank());
  if (!dim) return Type::poison();
  const Dim n = cx.simplify(input.shape[*dim]);
  const Constant& given = cx.arg("split_size_or_sections");
  if (given.is_list()) {
    const std::vector<Dim> sizes = cx.dims("split_size_or_sections");
    Dim sum = 0;
    for (Dim size : sizes) sum = sum + size;
    if (!cx.require_equal(n, sum, [&] {
          return "the pieces " + given.str() + " add up to dimension " + std::to_string(*dim) + " of " + input.str();
        }))
      return Type::poison();
    return pieces(cx, input, *dim, sizes);
  }
  const Dim width = given.as_dim();
  if (!n.is_constant() || !width.is_constant())
    return cx.fault(kKnownNumber,
                    cx.op() + " cuts dimension " + std::to_string(*dim) + " of " + input.str() + " into pieces of " +
                        width.str() + ", and their number depends on a run-time size",
                    "`chunk(x, k)` gives k pieces of equal size; a list of sizes works as well",
                    "split_size_or_sections");
  if (width.constant() < 1)
    return cx.fault(kWidth, cx.op() + " is given pieces of " + width.str() + ", expected at least 1", {},
                    "split_size_or_sections");
  const auto sizes = known_pieces(cx, n.constant(), width.constant(), "split_size_or_sections");
  return sizes ? pieces(cx, input, *dim, *sizes) : Type::poison();
}

}  // namespace

void declare_joining(std::vector<Op>& ops) {
  ops.push_back(synonym("concatenate", "cat"));
  for (const char* name : {"cat", "concat"})
    ops.push_back(function_op(name)
                      .summary("tensors joined along a dimension")
                      .input("tensors: Tensor[]")
                      .input("dim: int = 0")
                      .traits(kPure)
                      .complex()
                      .demands(joining_constraints())
                      .infer(infer_cat)
                      .note("the sizes must be equal in every other dimension")
                      .example(std::string(name) + "([x, y], dim=1)", "float[B, 2], float[B, 3]"));
  ops.push_back(function_op("stack")
                    .summary("tensors of one shape along a new dimension")
                    .input("tensors: Tensor[]")
                    .input("dim: int = 0")
                    .traits(kPure)
                    .complex()
                    .demands({kSome, kRanks})
                    .infer(infer_stack)
                    .example("stack([x, y], dim=1)", "float[B, 2], float[B, 2]"));
  ops.push_back(function_op("chunk")
                    .summary("cut into so many pieces")
                    .input("input: Tensor")
                    .input("chunks: int in 1..")
                    .input("dim: int = 0")
                    .traits(kView)
                    .demands({kPieces})
                    .infer(infer_chunk)
                    .note("a symbolic size must divide exactly; of a known one the last piece may be shorter")
                    .example("chunk(x, 2, dim=1)", "float[B, 6]"));
  ops.push_back(function_op("split")
                    .summary("cut into pieces of a size, or of a list of sizes")
                    .input("tensor: Tensor")
                    .input("split_size_or_sections: dim|dim[]")
                    .input("dim: int = 0")
                    .traits(kView)
                    .demands({kKnownNumber, kWidth, kPieces})
                    .infer(infer_split)
                    .example("split(x, [2, 4], dim=1)", "float[B, 6]"));
}

}  // namespace modelc::ops
