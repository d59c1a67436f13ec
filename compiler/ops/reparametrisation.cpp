// What `weight_norm` and `spectral_norm` compute a weight from, as functions over explicit tensors; a definition that
// is given to them owns those tensors in the weight's place (instantiate/reparametrisation.h).
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

Type like(InferContext& cx, std::string_view name) { return result(cx, cx.tensor(name).dtype, cx.tensor(name).shape); }

}  // namespace

std::vector<Op> reparametrisation_family() {
  std::vector<Op> ops;
  ops.push_back(function_op("_weight_norm")
                    .summary("the direction of v with the length g, apart for each place of `dim`")
                    .input("v: Tensor")
                    .input("g: Tensor")
                    .input("dim: int")
                    .traits({Trait::Pure})
                    .infer([](InferContext& cx) { return like(cx, "v"); })
                    .example("_weight_norm(x, y, 0)", "float[3, 4], float[3, 1]"));
  ops.push_back(function_op("_spectral_norm")
                    .summary("the weight divided by its largest singular value, as u and v estimate it")
                    .input("weight: Tensor")
                    .input("u: Tensor")
                    .input("v: Tensor")
                    .input("dim: int")
                    .input("n_power_iterations: int")
                    .input("eps: float")
                    .input("training: bool? = null")
                    .updates({"u", "v"})
                    .traits({Trait::WritesState, Trait::FollowsMode})
                    .infer([](InferContext& cx) { return like(cx, "weight"); })
                    .note("in training u and v come nearer by `n_power_iterations` steps")
                    .example("_spectral_norm(x, y, z, 0, 1, 1e-12)", "float[3, 4], float[3], float[4]"));
  return ops;
}

}  // namespace modelc::ops
