#include "ir/builder.h"

#include "text_program.h"

namespace modelc::ir {
namespace {

Type vector_of(std::int64_t size) { return Type::of({types::DType::Float32, {types::Dim(size)}}); }

Node call(const char* op) { return call_of(ops::Catalogue::get().id(op)); }

struct Built {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  ModuleTree tree;
  Graph graph;
  Built() { graph.training = true; }
  std::string broken() {
    tidy(graph);
    std::string all;
    for (const std::string& one : verify(graph, tree)) all += one + "\n";
    return all;
  }
};

TEST_CASE("builder: a call has the defaults of all parameters") {
  const Node node = call("sum");
  REQUIRE(node.operands.size() == op_of(node).inputs.size());
  CHECK(node.operands[0].kind == Operand::None);
  CHECK(*attribute_of(node, "keepdim") == Constant(false));
  CHECK(attribute_of(node, "no such") == nullptr);
  CHECK(operand_of(node, "no such") == nullptr);
}

TEST_CASE("builder: what is given is split into operand and attribute, and put together again") {
  Node node = call("_index");
  const auto survives = [&](const Operand& what) {
    give(node, 1, what);
    return given(node, 1) == what;
  };
  CHECK(survives(Operand::of(ValueId{3})));
  CHECK(node.attributes[1].is_null());
  CHECK(survives(Operand::of(Constant(2))));
  CHECK(node.operands[1].kind == Operand::None);
  CHECK(survives(Operand::of(std::vector{Operand::of(ValueId{3}), Operand::of(Constant(2)), Operand{}})));
  CHECK(node.operands[1].list().size() == 3);
  CHECK(node.operands[1].list()[1].kind == Operand::None);
  CHECK(node.attributes[1].as_list()[1] == Constant(2));
}

TEST_CASE("builder: inputs and results are values with a place") {
  Built b;
  const ValueId x = add_input(b.graph, "x", vector_of(3).tensor, {}, true);
  Node node = call("relu");
  give(node, 0, Operand::of(x));
  const std::vector<ValueId> results = append(b.graph, node, {vector_of(3)});
  REQUIRE(results.size() == 1);
  CHECK(b.graph.inputs[0].target);
  CHECK(b.graph.inputs[0].value == x);
  CHECK(b.graph.values[results[0]].source == 0);
  CHECK(b.graph.values[results[0]].kind == ValueKind::Result);
  CHECK(b.broken() == "");
}

TEST_CASE("builder: a node that draws takes the random state where it is, and gives the next") {
  Built b;
  Node node = call("rand");
  give(node, 0, Operand::of(Constant(types::ConstantList{Constant(3)})));
  const ValueId before = random_state(b.graph);
  const std::vector<ValueId> first = append(b.graph, node, {vector_of(3)});
  const std::vector<ValueId> second = append(b.graph, node, {vector_of(3)});
  REQUIRE(first.size() == 2);
  CHECK(random_of(b.graph.nodes[0]) == before);
  CHECK(random_of(b.graph.nodes[1]) == first[1]);
  CHECK(random_state(b.graph) == second[1]);
  CHECK(b.graph.values[second[1]].updates == first[1]);
  CHECK(b.broken() == "");
  REQUIRE(b.graph.updates.size() == 1);
}

TEST_CASE("builder: dropout draws in training only") {
  Built b;
  const ValueId x = add_input(b.graph, "x", vector_of(3).tensor);
  Node node = call("dropout");
  give(node, 0, Operand::of(x));
  give(node, 2, Operand::of(Constant(false)));
  CHECK_FALSE(draws(node));
  CHECK_FALSE(in_training(node));
  CHECK(append(b.graph, node, {vector_of(3)}).size() == 1);
  give(node, 2, Operand::of(Constant(true)));
  CHECK(draws(node));
  CHECK(in_training(node));
  CHECK(append(b.graph, node, {vector_of(3)}).size() == 2);
  CHECK(b.broken() == "");
}

TEST_CASE("builder: states that a call writes get new values") {
  TextProgram p(kTwoLayers);
  const Node& norm = p.graph().nodes[1];
  CHECK(writes_state(norm));
  CHECK(written_states(p.graph(), norm).size() == 3);
  CHECK(own_results(p.graph(), norm) == 1);
  CHECK(norm.results.size() == 4);
  for (std::size_t r = 1; r < 4; ++r)
    CHECK(p.graph().values[norm.results[r]].updates == written_states(p.graph(), norm)[r - 1]);
}

TEST_CASE("builder: a node inserted between others moves their places") {
  TextProgram p(kTwoLayers);
  Node node = call("relu");
  give(node, 0, Operand::of(p.graph().nodes[0].results[0]));
  const std::vector<ValueId> results = insert(p.graph(), 1, node, {p.graph().values[0].type});
  CHECK(p.graph().values[results[0]].source == 1);
  CHECK(p.graph().values[p.graph().nodes[2].results[0]].source == 2);
  replace_uses(p.graph(), p.graph().nodes[2].operands[0].value, results[0]);
  // The node itself reads what it replaces; its own operand is set again.
  give(p.graph().nodes[1], 0, Operand::of(p.graph().nodes[0].results[0]));
  tidy(p.graph());
  CHECK(p.broken() == "");
  CHECK(p.shown().find("%2 = relu(%1.h) : float[B, 4]; %3, @bn.running_mean'") != std::string::npos);
}

TEST_CASE("builder: a node that changes state can only be put at the end") {
  TextProgram p(kTwoLayers);
  Node node = call("rand");
  CHECK_THROWS(insert(p.graph(), 0, node, {vector_of(3)}));
}

}  // namespace
}  // namespace modelc::ir
