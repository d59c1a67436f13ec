// On which scale functions give numbers, and on which losses take them.
#include <cassert>

#include "ops/op.h"

namespace modelc::ops {

namespace {

struct Row {
  std::string_view function;
  Scale scale;
};

constexpr Row kGives[] = {
    {"softmax", Scale::Probabilities},
    {"softmin", Scale::Probabilities},
    {"sigmoid", Scale::Probabilities},
    {"hardsigmoid", Scale::Probabilities},
    {"log_softmax", Scale::LogProbabilities},
    {"logsigmoid", Scale::LogProbabilities},
    {"relu", Scale::Clipped},
    {"relu6", Scale::Clipped},
    {"linear", Scale::Logits},
    {"bilinear", Scale::Logits},
    {"conv1d", Scale::Logits},
    {"conv2d", Scale::Logits},
    {"conv3d", Scale::Logits},
    {"conv_transpose1d", Scale::Logits},
    {"conv_transpose2d", Scale::Logits},
    {"conv_transpose3d", Scale::Logits},
};

constexpr Row kTakes[] = {
    {"cross_entropy", Scale::Logits},
    {"binary_cross_entropy_with_logits", Scale::Logits},
    {"multilabel_soft_margin_loss", Scale::Logits},
    {"nll_loss", Scale::LogProbabilities},
    {"binary_cross_entropy", Scale::Probabilities},
    {"kl_div", Scale::LogProbabilities},
};

}  // namespace

void Catalogue::tell_scales() {
  const auto op_of = [&](std::string_view name) -> Op& {
    const OpId known = id(name);
    assert(known != kNoOp);
    return ops_[static_cast<std::size_t>(known)];
  };
  for (const Row& row : kGives) op_of(row.function).numbers.gives = row.scale;
  for (const Row& row : kTakes) op_of(row.function).numbers.takes = row.scale;
}

}  // namespace modelc::ops
