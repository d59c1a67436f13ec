// AdaptiveLogSoftmaxWithLoss, written in the language: frequent classes stand in the head, the others in clusters that
// the head has a logit for.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

// What is of another cluster looks up position 0 there and is not taken; what is of none breaks the look-up.
constexpr std::string_view kBody = R"(
params:
  in_features: int?
  n_classes: int
  cutoffs: list[int]
  div_value: float
  head_bias: bool
inputs:
  input: float[..., D]
  target: any
define:
  width: D if in_features == null else in_features
  ends: "[*cutoffs, n_classes]"
modules:
  head: Linear(cutoffs[0] + len(cutoffs), in_features=width, bias=head_bias)
  tail:
    list:
      - for i in range(len(cutoffs)):
          sequential:
            - Linear(int(D // div_value ** (i + 1)), bias=false)
            - Linear(ends[i + 1] - ends[i], bias=false)
forward:
  - logits: log_softmax(head(input), dim=-1)
  - label: target.unsqueeze(-1)
  - output: gather(logits, -1, where(label < cutoffs[0], label, 0))
  - for i in range(len(cutoffs)):
      - inside: (label >= ends[i]) & (label < ends[i + 1]) if i + 1 < len(cutoffs) else label >= ends[i]
      - local: gather(log_softmax(tail[i](input), dim=-1), -1, where(inside, label - ends[i], 0))
      - output: where(inside, logits[..., cutoffs[0] + i:cutoffs[0] + i + 1] + local, output)
  - output: output.squeeze(-1)
outputs:
  output: output
  loss: -mean(output)
)";

}  // namespace

void declare_adaptive_log_softmax(std::vector<Op>& ops) {
  ops.push_back(module_op("AdaptiveLogSoftmaxWithLoss")
                    .summary("log-probabilities of the targets among many classes, rare ones in clusters; and the loss")
                    .inferred("in_features")
                    .arg("n_classes: int in 1..")
                    .arg("cutoffs: int[] in 1..")
                    .arg("div_value: float in 0<.. = 4")
                    .arg("head_bias: bool = false")
                    .input("input: Tensor")
                    .input("target: Tensor")
                    .results({"output", "loss"})
                    .written({kBody})
                    .note("cutoffs: where clusters begin, ascending and below n_classes")
                    .example("AdaptiveLogSoftmaxWithLoss(10, [4, 7])", "float[B, 32], int[B]"));
}

}  // namespace modelc::ops
