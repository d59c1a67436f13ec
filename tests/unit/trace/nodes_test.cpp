// A call as a node: operands, attributes, results, the module and the mode it stands for.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const ir::Graph& graph(const Program& p, bool training = false) {
  for (const ir::Graph& one : p.ir().graphs)
    if (one.training == training) return one;
  return p.ir().graphs.at(0);
}

TEST_CASE("nodes: a module is the function that it becomes, over its tensors") {
  const Program p("inputs:\n  x: float[B, 4]\nmodules:\n  f: Linear(3)\nforward: f(x)\n");
  REQUIRE(p.reports() == "");
  const ir::Node& node = graph(p).nodes.at(0);
  CHECK(ir::op_of(node).name == "linear");
  CHECK(node.path == "f");
  std::string sources;
  for (const ir::Operand& operand : node.operands)
    ir::for_each_value(operand, [&](ir::ValueId v) { sources += graph(p).values[v].is_tensor_of_tree() ? "t" : "x"; });
  CHECK(sources == "xtt");
}

TEST_CASE("nodes: a tensor of the tree is one value however often it is read") {
  const Program p("inputs:\n  x: float[B, 4]\nmodules:\n  f: Linear(4)\nforward: f(f(x)) + f.weight.sum()\n");
  REQUIRE(p.reports() == "");
  int weights = 0;
  for (const ir::ValueInfo& value : graph(p).values) weights += value.is_tensor_of_tree() && value.index == 0;
  CHECK(weights == 1);
}

TEST_CASE("nodes: several results are a tuple, nested as their type is") {
  const Program p(
      "inputs:\n  x: float[B, 5, 4]\nmodules:\n  r: LSTM(3, batch_first=true)\nforward:\n  out, state: r(x)\n  "
      "h, c: state\noutputs: [out, h, c]\n");
  REQUIRE(p.reports() == "");
  CHECK(graph(p).outputs.size() == 3);
}

TEST_CASE("nodes: what follows the mode has it as an attribute, unless the call states it") {
  const Program p("inputs:\n  x: float[B, 4]\nforward: \"dropout(x, 0.5) + dropout(x, 0.5, training=false)\"\n");
  REQUIRE(p.reports() == "");
  std::string modes;
  for (const ir::Node& node : graph(p, true).nodes)
    if (ir::op_of(node).name == "dropout") modes += node.attributes[2].str() + " ";
  CHECK((modes == "true false " || modes == "true "));
  const Program always("inputs:\n  x: float[B, 4]\nforward: dropout(x, 0.5, training=true)\n");
  REQUIRE(graph(always).nodes.size() == 1);
  CHECK(graph(always).nodes[0].attributes[2].as_bool());
  CHECK(Program("inputs:\n  x: float[B, 4]\nforward: dropout(x, 2.0)\n").codes() == diag::ArgumentRange.row.code);
}

}  // namespace
