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

Type infer_features(InferContext& cx) {
  return cx.require_rank_between("input", 2, kAnyRank) ? keep_floating(cx) : Type::poison();
}

/// And the factor of each element, which its derivative needs.
Type with_factors(InferContext& cx) {
  const Type kept = keep_floating(cx);
  return kept.is_poison() ? kept : Type::tuple({kept, kept});
}

struct Dropout {
  const char* module;
  const char* function;
  const char* summary;
  Infer rule;
  const char* example;
};

}  // namespace

std::vector<Op> dropout_family() {
  const Dropout dropouts[] = {
      {"Dropout", "dropout", "zeroes elements with probability p, scales the rest by 1/(1 - p)", keep_floating,
       "float[B, 6]"},
      {"Dropout1d", "dropout1d", "zeroes whole channels of sequences with probability p",
       [](InferContext& cx) { return infer_channels(cx, 1); }, "float[B, 3, L]"},
      {"Dropout2d", "dropout2d", "zeroes whole channels of images with probability p",
       [](InferContext& cx) { return infer_channels(cx, 2); }, "float[B, 3, 8, 8]"},
      {"Dropout3d", "dropout3d", "zeroes whole channels of volumes with probability p",
       [](InferContext& cx) { return infer_channels(cx, 3); }, "float[B, 3, 4, 8, 8]"},
      {"AlphaDropout", "alpha_dropout", "dropout that keeps the mean and the variance of SELU's activations",
       keep_floating, "float[B, 6]"},
      {"FeatureAlphaDropout", "feature_alpha_dropout", "alpha dropout of whole channels", infer_features,
       "float[B, 3, 8]"},
  };
  std::vector<Op> ops;
  for (const Dropout& d : dropouts)
    ops.push_back(module_op(d.module)
                      .summary(d.summary)
                      .arg("p: float in 0..1 = 0.5")
                      .arg("inplace: bool = false")
                      .input("input: Tensor")
                      .becomes(d.function)
                      .note("acts in training only")
                      .example(std::string(d.module) + "(0.1)", d.example));
  for (const Dropout& d : dropouts)
    ops.push_back(function_op(d.function)
                      .summary(d.summary)
                      .input("input: Tensor")
                      .input("p: float in 0..1 = 0.5")
                      .input("training: bool? = null")
                      .input("inplace: bool = false")
                      .traits(kDropout)
                      .infer(d.rule)
                      .note("follows the mode unless `training` is stated")
                      .example(std::string(d.function) + "(x, 0.1)", d.example));
  ops.push_back(function_op("_dropout_saved")
                    .summary("dropout, and the factor of each element")
                    .input("input: Tensor")
                    .input("p: float in 0..1 = 0.5")
                    .input("training: bool? = null")
                    .input("inplace: bool = false")
                    .traits({Trait::Random, Trait::FollowsMode})
                    .infer(with_factors)
                    .example("_dropout_saved(x, 0.1)", "float[B, 6]"));
  return ops;
}

}  // namespace modelc::ops
