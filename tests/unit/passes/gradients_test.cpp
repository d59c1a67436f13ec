#include "passes/gradients.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

std::vector<bool> gradients(const std::string& mode, const std::string& mark = "") {
  ir::TextProgram p(
      "model: model\n  fc: Linear(in_features=4, out_features=4, bias=false)\n    parameter weight: float[4, "
      "4] = zeros" +
      mark + "\ngraph " + mode +
      " {\n  input %x: float[B, 4]\n  %1 = relu(%x) : float[B, 4]\n  %2 = linear(%1, @fc.weight) : float[B, 4] "
      "at fc\n  %3 = detach(%2) : float[B, 4]\n  output y = %3 : float[B, 4]\n}\n");
  const std::vector<bool> all = with_gradient(p.graph(), p.program.tree);
  std::vector<bool> nodes;
  for (const ir::Node& node : p.graph().nodes) nodes.push_back(all[node.results[0]]);
  return nodes;
}

TEST_CASE("gradients: in training, of what a trainable parameter has a part in") {
  CHECK(gradients("training") == std::vector<bool>{false, true, false});
}

TEST_CASE("gradients: none in evaluation, and none of frozen parameters") {
  CHECK(gradients("evaluation") == std::vector<bool>{false, false, false});
  CHECK(gradients("training", " frozen") == std::vector<bool>{false, false, false});
}

}  // namespace
}  // namespace modelc::passes
