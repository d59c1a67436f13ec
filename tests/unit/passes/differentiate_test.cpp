// covers: derivation.cpp
#include "passes/differentiate.h"

#include <doctest/doctest.h>

#include "../ir/text_program.h"
#include "ir/ir.h"

using namespace modelc;
using passes::differentiate_terms;

namespace {

constexpr const char* kTwoTerms = R"(model: model
  a: Linear(in_features=4, out_features=4, bias=true)
    parameter weight: float[4, 4] = uniform(-0.5, 0.5)
    parameter bias: float[4] = uniform(-0.5, 0.5)
  b: Linear(in_features=4, out_features=2, bias=false)
    parameter weight: float[2, 4] = uniform(-0.5, 0.5)
graph training {
  input %x: float[B, 4]
  %1 = linear(%x, @a.weight, @a.bias) : float[B, 4] at a
  %2 = tanh(%1) : float[B, 4]
  %3 = linear(%2, @b.weight) : float[B, 2] at b
  %4 = mean(%3) : float[]
  %5 = sum(%2) : float[]
  output y = %3 : float[B, 2]
  loss last = %4 : float[]
  loss first = %5 : float[]
}
)";

std::vector<std::string> gradients_of(const ir::Graph& graph) {
  std::vector<std::string> out;
  for (const ir::Output& output : graph.outputs)
    if (output.name.starts_with(passes::kGradientPrefix))
      out.push_back(output.name.substr(std::string_view(passes::kGradientPrefix).size()) + ": " + output.type.str());
  return out;
}

}  // namespace

TEST_CASE(
    "differentiate: every parameter that the loss reaches gets a gradient of its own type, and the program holds") {
  ir::TextProgram p(kTwoTerms);
  const auto made = differentiate_terms(p.program.graphs[0], p.program.tree);
  CHECK(made.done);
  CHECK(gradients_of(p.program.graphs[0]) ==
        std::vector<std::string>{"a.weight: float[4, 4]", "a.bias: float[4]", "b.weight: float[2, 4]"});
  CHECK(ir::verify(p.program).empty());
}

TEST_CASE("differentiate: of one term alone what the others reach has none") {
  ir::TextProgram p(kTwoTerms);
  CHECK(differentiate_terms(p.program.graphs[0], p.program.tree, {"first"}).done);
  CHECK(gradients_of(p.program.graphs[0]) == std::vector<std::string>{"a.weight: float[4, 4]", "a.bias: float[4]"});
  CHECK(ir::verify(p.program).empty());
}

TEST_CASE("differentiate: without a rule the graph stays as it is, and the operator is named") {
  std::string text = kTwoTerms;
  text.replace(text.find("tanh("), 5, "erfinv(");
  ir::TextProgram p(text.c_str());
  const std::string before = ir::print(p.program);
  const auto made = differentiate_terms(p.program.graphs[0], p.program.tree);
  CHECK_FALSE(made.done);
  CHECK(made.without_rule == "erfinv");
  CHECK(ir::print(p.program) == before);
}

TEST_CASE("differentiate: what is frozen gets none, and what only it stands behind is not derived") {
  ir::TextProgram p(kTwoTerms);
  for (ir::Module& module : p.program.tree.modules)
    for (ir::Tensor& tensor : module.tensors) tensor.trainable = module.path == "b";
  CHECK(differentiate_terms(p.program.graphs[0], p.program.tree).done);
  CHECK(gradients_of(p.program.graphs[0]) == std::vector<std::string>{"b.weight: float[2, 4]"});
}
