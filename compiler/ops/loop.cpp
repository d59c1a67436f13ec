// The two ends of a loop over a dimension: what `scan` becomes. The nodes between them are its body; they read what the
// one that opens it gives, and the one that closes it reads them.
#include "ops/rules.h"

namespace modelc::ops {
namespace {

/// The length of a dimension that is taken apart; nullopt after reporting.
std::optional<Dim> length_of(InferContext& cx, const TensorType& whole) {
  const auto dim = cx.axis("dim", whole.rank());
  if (!dim || whole.rank() == 0) {
    if (dim) cx.fault(common::kRank, cx.op() + " receives a scalar, expected a dimension to go along", {}, "xs");
    return std::nullopt;
  }
  return cx.simplify(whole.shape[*dim]);
}

Type infer_scan(InferContext& cx) {
  const std::vector<TensorType> xs = cx.tensors("xs");
  if (xs.empty()) return Type::poison();
  std::vector<Type> parts;
  std::optional<Dim> length;
  for (const TensorType& whole : xs) {
    const auto one = length_of(cx, whole);
    if (!one) return Type::poison();
    if (length && !cx.require_equal(*length, *one, "all that is taken apart has one length")) return Type::poison();
    length = length.value_or(*one);
    const std::size_t dim = *cx.axis("dim", whole.rank());
    const Type part = result(cx, whole.dtype, without(whole.shape, {dim}, false));
    if (part.is_poison()) return part;
    parts.push_back(part);
  }
  if (!cx.require_at_least(*length, 1, "a loop has at least one turn")) return Type::poison();
  for (const TensorType& state : cx.tensors("state")) parts.push_back(Type::of(state));
  return Type::tuple(std::move(parts));
}

/// `ys` with one dimension more, then the state.
Type infer_scanned(InferContext& cx) {
  const auto length = length_of(cx, cx.tensor("over"));
  if (!length) return Type::poison();
  std::vector<Type> parts;
  for (const TensorType& one : cx.tensors("ys")) {
    const auto dim = cx.axis("dim", one.rank() + 1);
    if (!dim) return Type::poison();
    std::vector<Dim> shape = one.shape;
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(*dim), *length);
    const Type stacked = result(cx, one.dtype, std::move(shape));
    if (stacked.is_poison()) return stacked;
    parts.push_back(stacked);
  }
  for (const TensorType& state : cx.tensors("state")) parts.push_back(Type::of(state));
  return Type::tuple(std::move(parts));
}

}  // namespace

std::vector<Op> loop_family() {
  std::vector<Op> ops;
  ops.push_back(function_op("_scan")
                    .summary("opens a loop: the parts of this turn, and the state that it begins with")
                    .input("xs: Tensor[]")
                    .input("state: Tensor[]? = null")
                    .input("dim: int = 1")
                    .traits({Trait::OpensLoop})
                    .infer(infer_scan)
                    .example("scan(broadcast_tensors, x, y)", "float[B, T, 4], float[B, 4]"));
  ops.push_back(function_op("_scanned")
                    .summary("closes a loop: what its turns give side by side, and the state at the end")
                    .input("ys: Tensor[]? = null")
                    .input("state: Tensor[]? = null")
                    .input("part: Tensor")               // the first that the loop opens with: it says which loop
                    .input("carried: Tensor[]? = null")  // the state that the turn began with
                    .input("over: Tensor")               // what is taken apart: its length is the loop's
                    .input("dim: int = 1")
                    .traits({Trait::ClosesLoop})
                    .infer(infer_scanned)
                    .example("scan(broadcast_tensors, x, y)", "float[B, T, 4], float[B, 4]"));
  return ops;
}

}  // namespace modelc::ops
