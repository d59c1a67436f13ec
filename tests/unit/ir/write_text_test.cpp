#include "ir/write_text.h"

#include "text_program.h"

namespace modelc::ir {
namespace {

TEST_CASE("write_text: the tree, with what each module is and holds") {
  TextProgram p(kTwoLayers);
  const std::string text = print(p.program.tree);
  CHECK(
      text.starts_with("model: model\n  fc: Linear(in_features=4, out_features=4, bias=false)\n    parameter weight: "
                       "float[4, 4] = zeros\n"));
  p.program.tree.modules[1].tensors[0].trainable = false;
  CHECK(print(p.program.tree).find("weight: float[4, 4] = zeros frozen") != std::string::npos);
}

TEST_CASE("write_text: a graph by its own numbers, states as the keys that they have") {
  TextProgram p(kTwoLayers);
  const std::string text = print(p.graph(), p.program.tree);
  CHECK(text.starts_with("graph training {\n  input %x: float[B, 4]\n"));
  CHECK(text.find("update @rng = @rng'") != std::string::npos);
  CHECK(print(p.program).find(text.substr(0, 20)) != std::string::npos);
}

TEST_CASE("write_text: initial values in the notation of a description") {
  CHECK(print(ops::Init::zeros()) == "zeros");
  CHECK(print(ops::Init::fill(0.5)) == "fill(0.5)");
}

TEST_CASE("write_text: what is default is left out, what is said stays") {
  TextProgram p(
      "model: model\ngraph evaluation {\n  input %x: float[B, 4]\n  %1 = softmax(%x, dim=1) : float[B, 4]\n  output y "
      "= %1 "
      ": float[B, 4]\n}\n");
  CHECK(p.shown().find("softmax(%x, dim=1)") != std::string::npos);
  CHECK(p.shown().find("null") == std::string::npos);
}

}  // namespace
}  // namespace modelc::ir
