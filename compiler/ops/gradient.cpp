// Derivatives as values: `grad(y, x)`, for penalties of slopes and attributions.
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kScalar{"gradient.scalar", "what is differentiated is one number"};

Type infer_grad(InferContext& cx) {
  if (!cx.require_floating("output") || !cx.require_floating("input")) return Type::poison();
  if (cx.tensor("output").rank() != 0) {
    cx.fault(kScalar, received(cx, "output") + ", expected one number", "reduce it: `grad(sum(y), x)`", "output");
    return Type::poison();
  }
  return result_like(cx, "input");
}

}  // namespace

std::vector<Op> gradient_family() {
  std::vector<Op> ops;
  ops.push_back(function_op("grad")
                    .summary("the derivative of a number by a tensor that it was computed from, itself with a gradient")
                    .input("output: Tensor")
                    .input("input: Tensor")
                    .traits({Trait::Pure})
                    .demands({kScalar})
                    .infer(infer_grad)
                    .example("grad(sum(x ** 2), x)", "float[B, 6]"));
  // Stands where the tensor of a `grad` was made; what is computed from it there and later leads back to it.
  ops.push_back(function_op("_watched")
                    .summary("its input, which gradients are asked for")
                    .input("input: Tensor")
                    .traits({Trait::Pure, Trait::Elementwise})
                    .infer(keep_floating)
                    .example("_watched(x)", "float[B, 4]"));
  return ops;
}

}  // namespace modelc::ops
