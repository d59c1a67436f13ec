// Dropout: in training elements or whole channels become zero at random; in evaluation nothing happens.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Traits kDropout{Trait::Random, Trait::FollowsMode, Trait::IdentityInEvaluation};

Type infer_channels(InferContext& cx, std::size_t n) {
  // PyTorch has both a batch and a single item for one and for two dimensions, and takes (B, C) for 2d with a warning.
  return cx.require_rank_between("input", n == 2 ? 2 : n + 1, n + 2) ? keep_floating(cx) : Type::poison();
}

}  // namespace

std::vector<Op> dropout_family() {
  std::vector<Op> ops;
  const auto declare = [&](const std::string& name, const std::string& summary, Infer rule, const char* type) {
    ops.push_back(module_op(name)
                      .summary(summary)
                      .arg("p: float in 0..1 = 0.5")
                      .arg("inplace: bool = false")
                      .input("input: Tensor")
                      .infer(std::move(rule))
                      .traits(kDropout)
                      .note("acts in training only")
                      .example(name + "(0.1)", type));
  };
  declare("Dropout", "zeroes elements with probability p, scales the rest by 1/(1 - p)", keep_floating, "float[B, 6]");
  declare(
      "Dropout1d", "zeroes whole channels of sequences with probability p",
      [](InferContext& cx) { return infer_channels(cx, 1); }, "float[B, 3, L]");
  declare(
      "Dropout2d", "zeroes whole channels of images with probability p",
      [](InferContext& cx) { return infer_channels(cx, 2); }, "float[B, 3, 8, 8]");
  declare(
      "Dropout3d", "zeroes whole channels of volumes with probability p",
      [](InferContext& cx) { return infer_channels(cx, 3); }, "float[B, 3, 4, 8, 8]");
  declare("AlphaDropout", "dropout that keeps the mean and the variance of SELU's activations", keep_floating,
          "float[B, 6]");
  ops.push_back(function_op("dropout")
                    .summary("zeroes elements with probability p in training")
                    .input("input: Tensor")
                    .input("p: float in 0..1 = 0.5")
                    .input("training: bool? = null")
                    .input("inplace: bool = false")
                    .infer(keep_floating)
                    .traits(kDropout)
                    .note("follows the mode; `training=false` switches it off")
                    .example("dropout(x, 0.1)", "float[B, 6]"));
  return ops;
}

}  // namespace modelc::ops
