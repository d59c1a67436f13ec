// Division by the root of a mean of squares: of the last dimensions (2.4), of neighbouring channels.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kTrailing{"root_mean_square.trailing", "`normalized_shape` gives the last sizes of the input"};

bool require_trailing(InferContext& cx, const std::vector<Dim>& sizes) {
  const TensorType& input = cx.tensor("input");
  if (sizes.empty()) {
    cx.fault(kTrailing, cx.op() + " is given no sizes to normalise over, expected the last sizes of " + input.str(), {},
             "normalized_shape");
    return false;
  }
  if (!cx.require_rank_between("input", sizes.size(), kAnyRank)) return false;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (!cx.require_equal(input.shape[input.rank() - sizes.size() + i], sizes[i],
                          "`normalized_shape` of " + shape_text(sizes) + " gives the last sizes of " + input.str()))
      return false;
  return true;
}

bool prepare_rms_norm(InferContext& cx) {
  const bool affine = cx.flag("elementwise_affine");
  if (!cx.require_rank_between("input", 1, kAnyRank) ||
      (affine ? !require_parameter_dtype(cx, "input") : !cx.require_floating("input")))
    return false;
  if (cx.arg("normalized_shape").is_list() ? !require_trailing(cx, cx.dims("normalized_shape"))
                                           : !cx.infer("normalized_shape", cx.tensor("input").shape.back()))
    return false;
  return !affine || own(cx, "weight", cx.dims("normalized_shape"), Init::ones());
}

Type infer_rms_norm(InferContext& cx) {
  const std::vector<Dim> sizes = cx.dims("normalized_shape");
  if (!cx.require_floating("input") || !require_trailing(cx, sizes)) return Type::poison();
  if (cx.has("weight")) {
    if (!cx.require_rank("weight", sizes.size()) || !require_same_dtype(cx, "input", "weight")) return Type::poison();
    for (std::size_t i = 0; i < sizes.size(); ++i)
      if (!cx.require_equal(cx.tensor("weight").shape[i], sizes[i], "`weight` has the normalised shape"))
        return Type::poison();
  }
  return result_like(cx, "input");
}

Type infer_response_norm(InferContext& cx) {
  return cx.require_rank_between("input", 3, kAnyRank) ? keep_floating(cx) : Type::poison();
}

}  // namespace

void declare_root_mean_squares(std::vector<Op>& ops) {
  ops.push_back(module_op("RMSNorm")
                    .summary("divides by the root of the mean of squares over the last dimensions")
                    .inferred("normalized_shape: int|int[] in 1..")
                    .arg("eps: float? in 0.. = null")
                    .arg("elementwise_affine: bool = true")
                    .input("input: Tensor")
                    .prepare(prepare_rms_norm)
                    .becomes("rms_norm")
                    .note("eps null: the distance of 1 to the next number")
                    .example("RMSNorm()", "float[B, T, 6]"));
  ops.push_back(function_op("rms_norm")
                    .summary("divides by the root of the mean of squares over the last dimensions")
                    .input("input: Tensor")
                    .input("normalized_shape: dim[]")
                    .input("weight: Tensor? = null")
                    .input("eps: float? in 0.. = null")
                    .traits(kPure)
                    .demands({kTrailing})
                    .infer(infer_rms_norm)
                    .example("rms_norm(x, [6])", "float[B, T, 6]"));
  ops.push_back(module_op("LocalResponseNorm")
                    .summary("divides by a power of the mean of squares of neighbouring channels")
                    .arg("size: int in 1..")
                    .arg("alpha: float = 1e-4")
                    .arg("beta: float = 0.75")
                    .arg("k: float = 1")
                    .input("input: Tensor")
                    .becomes("local_response_norm")
                    .example("LocalResponseNorm(3)", "float[B, 6, 4, 4]"));
  ops.push_back(function_op("local_response_norm")
                    .summary("divides by a power of the mean of squares of neighbouring channels")
                    .input("input: Tensor")
                    .input("size: int in 1..")
                    .input("alpha: float = 1e-4")
                    .input("beta: float = 0.75")
                    .input("k: float = 1")
                    .traits(kPure)
                    .infer(infer_response_norm)
                    .example("local_response_norm(x, 3)", "float[B, 6, 4, 4]"));
}

}  // namespace modelc::ops
