#include "ir/graph.h"

#include "text_program.h"

namespace modelc::ir {
namespace {

TEST_CASE("graph: operands and attributes are found by the name of their parameter") {
  TextProgram p(kTwoLayers);
  const Node& norm = p.graph().nodes.at(1);
  REQUIRE(operand_of(norm, "running_mean"));
  CHECK(operand_of(norm, "running_mean")->kind == Operand::Value);
  CHECK(operand_of(norm, "weight")->kind == Operand::None);
  REQUIRE(attribute_of(norm, "training"));
  CHECK(attribute_of(norm, "training")->as_bool());
  CHECK(operand_of(norm, "no_such") == nullptr);
  CHECK(attribute_of(norm, "no_such") == nullptr);
}

TEST_CASE("graph: the random state is an operand behind the parameters, new states are results behind the rule's") {
  TextProgram p(kTwoLayers);
  const Graph& graph = p.graph();
  CHECK(random_of(graph.nodes[0]) == kNone);
  CHECK(graph.values[random_of(graph.nodes[2])].kind == ValueKind::Random);
  CHECK(own_results(graph, graph.nodes[0]) == 1);
  CHECK(own_results(graph, graph.nodes[1]) == 1);
  CHECK(graph.nodes[1].results.size() == 4);
}

TEST_CASE("graph: sizes that data decide, once each, in the order of the nodes") {
  TextProgram p(
      "model: model\ngraph evaluation {\n  input %x: float[B, 4]\n  size K1\n  size K2\n  %1 = nonzero(%x) : int[K1, "
      "2]\n"
      "  %2 = nonzero(%1) : int[K2, 2]\n  output a = %1 : int[K1, 2]\n  output b = %2 : int[K2, 2]\n}\n");
  std::string names;
  for (const types::SymbolId s : measured_symbols(p.graph())) names += types::DimTable::current().symbol_name(s) + " ";
  CHECK(names == "K1 K2 ");
  TextProgram none(kTwoLayers);
  CHECK(measured_symbols(none.graph()).empty());
}

TEST_CASE("graph: all values in an operand, lists within lists included") {
  Operand operand = Operand::of({Operand::of(3), Operand::of({Operand::of(5), Operand::of(Constant(2))})});
  std::vector<ValueId> seen;
  for_each_value(operand, [&](ValueId v) { seen.push_back(v); });
  CHECK(seen == std::vector<ValueId>{3, 5});
  CHECK(Operand::of(Constant()).kind == Operand::None);
}

}  // namespace
}  // namespace modelc::ir
