#include "passes/loss_scales.h"

#include <doctest/doctest.h>

#include "../trace/program.h"

namespace modelc {
namespace {

/// What is said of a loss of `logits`, made of the last layer's scores `h`.
std::string told(const std::string& logits, const std::string& loss) {
  const Program p(
      "inputs: {x: \"float[B, 4]\"}\ntargets: {y: \"int[B]\", z: \"float[B, 3]\"}\nmodules: {fc: Linear(3)}\n"
      "forward:\n  h: fc(x)\n  logits: " +
      logits + "\nloss: " + loss + "\n");
  return p.reports();
}

TEST_CASE("loss_scales: what a loss does itself is not to be done before it") {
  CHECK(told("softmax(h, dim=1)", "cross_entropy(logits, y)") ==
        "M4070 `cross_entropy` takes logits, and `softmax` gives probabilities\n");
  CHECK(told("dropout(sigmoid(h), 0.1)[:, 0:3]", "binary_cross_entropy_with_logits(logits, z)") ==
        "M4070 `binary_cross_entropy_with_logits` takes logits, and `sigmoid` gives probabilities\n");
  CHECK(told("h", "nll_loss(logits, y)") == "M4070 `nll_loss` takes log-probabilities, and `linear` gives logits\n");
  CHECK(told("relu(h)", "cross_entropy(logits, y)") ==
        "M4071 `cross_entropy` takes logits, and `relu` lets none below 0 through\n");
  CHECK(told("h", "binary_cross_entropy(logits, z)") ==
        "M4070 `binary_cross_entropy` takes probabilities, and `linear` gives logits\n");
}

TEST_CASE("loss_scales: what fits, and what nothing is known of") {
  CHECK(told("h", "cross_entropy(logits, y)") == "");
  CHECK(told("log_softmax(h, dim=1)", "nll_loss(logits, y)") == "");
  CHECK(told("log_softmax(h, dim=1)", "cross_entropy(logits, y)") == "");
  CHECK(told("sigmoid(h)", "binary_cross_entropy(logits, z)") == "");
  CHECK(told("relu(h)", "mse_loss(logits, z)") == "");
  CHECK(told("softmax(h, dim=1) * 10", "cross_entropy(logits, y)") == "");
  CHECK(told("log(softmax(h, dim=1))", "nll_loss(logits, y)") == "");
}

}  // namespace
}  // namespace modelc
