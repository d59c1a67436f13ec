// For each rule that verify.h states, a graph that breaks it alone.
#include "ir/builder.h"
#include "text_program.h"

namespace modelc::ir {
namespace {

/// A sound program, broken by `edit`; what verify says.
template <class Edit>
std::string after(Edit&& edit) {
  TextProgram p(kTwoLayers);
  CHECK(p.broken() == "");
  edit(p.program, p.graph());
  return p.broken();
}

bool says(const std::string& said, const std::string& what) {
  INFO("said: " << said << ", expected: " << what);
  CHECK(said.find(what) != std::string::npos);
  return said.find(what) != std::string::npos;
}

TEST_CASE("verify: modules") {
  says(after([](Program& p, Graph&) { p.tree.modules[1].parent = 2; }), "module fc stands before its parent");
  says(after([](Program& p, Graph&) { p.tree.modules[0].children[0] = 7; }), "and its child disagree");
  says(after(
           [](Program& p, Graph& g) { p.tree.modules[1].tensors[0].type.shape[0] = g.inputs[0].type.tensor.shape[0]; }),
       "tensor fc.weight has an open size");
  says(after([](Program& p, Graph&) { p.tree.modules[1].tensors[0].init.kind = ops::Init::Expression; }),
       "tensor fc.weight has no graph for its initial value");
}

TEST_CASE("verify: ids are in range") {
  says(after([](Program&, Graph& g) { g.nodes[0].operands[0].value = 99; }), "uses value 99 before it is defined");
  says(after([](Program&, Graph& g) { g.nodes[0].module = 99; }), "node 0 (linear) names no module");
  says(after([](Program&, Graph& g) { g.nodes[0].op = ops::kNoOp; }), "node 0 has no operator");
  says(after([](Program&, Graph& g) { g.inputs[0].value = 3; }), "names no input");
  says(after([](Program&, Graph& g) { g.values[g.nodes[0].operands[1].value].index = 9; }),
       "names no tensor of the tree");
  says(after([](Program&, Graph& g) { g.values[g.inputs[0].value].updates = 0; }), "is the new value of none");
}

TEST_CASE("verify: a value has the kind and type of what it names") {
  says(after([](Program&, Graph& g) { g.values[g.nodes[0].operands[1].value].kind = ValueKind::Buffer; }),
       "is of another kind than its tensor");
  says(after([](Program&, Graph& g) { g.values[g.nodes[0].operands[1].value].type.tensor.shape[0] = 5; }),
       "is float[5, 4], its tensor float[4, 4]");
  says(after([](Program&, Graph& g) { g.values[g.inputs[0].value].type = Type::none(); }), "has no tensor type");
}

TEST_CASE("verify: results are defined once and before use") {
  says(after([](Program&, Graph& g) { std::swap(g.nodes[0], g.nodes[1]); }), "before it is defined");
  says(after([](Program&, Graph& g) { g.nodes[1].results[0] = g.nodes[0].results[0]; }),
       "result 0 of node 1 (batch_norm) is not its own value");
  says(after([](Program&, Graph& g) { g.outputs[0].value = Operand::of(ValueId{99}); }),
       "a result of the graph uses value 99 before it is defined");
}

TEST_CASE("verify: one operand and one attribute for each parameter, of a kind it takes") {
  says(after([](Program&, Graph& g) { g.nodes[0].operands.pop_back(); }), "operands and 3 attributes for 3 parameters");
  says(after([](Program&, Graph& g) { g.nodes[0].attributes.pop_back(); }), "3 operands and 2 attributes");
  says(after([](Program&, Graph& g) { g.nodes[2].operands[1] = g.nodes[2].operands[0]; }),
       "node 2 (dropout) is given a tensor for `p`");
  says(after([](Program&, Graph& g) { g.nodes[0].operands[2] = Operand::of(std::vector{g.nodes[0].operands[0]}); }),
       "node 0 (linear) is given a list for `bias`");
  says(after([](Program&, Graph& g) { g.nodes[0].attributes[0] = 1; }), "node 0 (linear) is given `input` twice");
  says(after([](Program&, Graph& g) { g.nodes[0].operands[0] = {}; }), "node 0 (linear) is not given `input`");
  says(after([](Program&, Graph& g) { g.nodes[0].operands[2] = Operand::of(Constant(1)); }),
       "node 0 (linear) has a constant among its operands");
}

TEST_CASE("verify: attributes are in the form of their declaration and within its range") {
  says(after([](Program&, Graph& g) { g.nodes[2].attributes[1] = "half"; }),
       "node 2 (dropout) is given \"half\" for `p`");
  says(after([](Program&, Graph& g) { g.nodes[2].attributes[1] = 1.5; }), "node 2 (dropout) is given 1.5 for `p`");
  says(after([](Program&, Graph& g) { g.nodes[2].attributes[1] = 1; }), "node 2 (dropout) is given 1 for `p`");
}

TEST_CASE("verify: types are those that the rule infers") {
  says(after([](Program&, Graph& g) { g.values[g.nodes[0].results[0]].type.tensor.shape[1] = 5; }),
       "node 0 (linear) gives float[B, 5], its rule float[B, 4]");
  says(after([](Program&, Graph& g) { g.values[g.nodes[2].results[0]].type.tensor.dtype = types::DType::Float64; }),
       "node 2 (dropout) gives float64[B, 4], its rule float[B, 4]");
  says(after([](Program&, Graph& g) {
         g.values[g.inputs[0].value].type.tensor.shape[1] = 5;
         g.inputs[0].type.tensor.shape[1] = 5;
       }),
       "node 0 (linear): ");
}

TEST_CASE("verify: a node that draws takes the random state") {
  says(after([](Program&, Graph& g) { g.nodes[2].operands.pop_back(); }), "draws and takes no random state");
  says(after([](Program&, Graph& g) { g.nodes[0].operands.push_back(g.nodes[2].operands.back()); }),
       "draws and takes no random state, or the reverse");
  says(after([](Program&, Graph& g) {
         ValueInfo second;
         second.kind = ValueKind::Random;
         second.type = Type::none();
         g.values.push_back(second);
       }),
       "2 random states, expected one");
}

TEST_CASE("verify: states go one way") {
  TextProgram p(R"(model: model
graph training {
  %0, @rng' = rand(@rng, size=[3]) : float[3]
  %1, @rng'2 = rand(@rng', size=[3]) : float[3]
  output a = %0 : float[3]
  output b = %1 : float[3]
  update @rng = @rng'2
}
)");
  CHECK(p.broken() == "");
  Graph& g = p.graph();
  g.nodes[1].operands.back() = g.nodes[0].operands.back();
  says(p.broken(), "node 1 (rand) reads value");
  says(p.broken(), "which node 0 (rand) replaced");
}

TEST_CASE("verify: new states are of the states that the node takes, as many as it writes, of their type") {
  says(after([](Program&, Graph& g) { g.values[g.nodes[1].results[1]].updates = g.nodes[0].operands[1].value; }),
       "gives a new value of a state that it does not take");
  says(after([](Program&, Graph& g) { g.nodes[1].results.pop_back(); }), "gives 2 new states, expected 3");
  says(after([](Program&, Graph& g) { g.values[g.nodes[1].results[1]].type.tensor.dtype = types::DType::Float64; }),
       "node 1 (batch_norm) changes the type of a state");
}

TEST_CASE("verify: updates are listed") {
  says(after([](Program&, Graph& g) { g.updates.pop_back(); }), "is not listed");
  says(after([](Program&, Graph& g) { g.updates.pop_back(); }), "3 updates are listed, expected 4");
  says(after([](Program&, Graph& g) { g.updates.push_back(g.updates[0]); }), "5 updates are listed, expected 4");
  says(after([](Program&, Graph& g) { g.updates[0].value = g.updates[1].value; }), "is not listed");
}

TEST_CASE("verify: initial graphs are looked at too") {
  TextProgram p(R"(model: model
  parameter w: float[3] = expression(0)
initial graph {
  %0 = ones(size=[3]) : float[3]
  output value = %0 : float[3]
}
graph evaluation {
  output w = @w : float[3]
}
)");
  CHECK(p.broken() == "");
  p.program.initial_graphs[0].values[0].type.tensor.shape[0] = 4;
  says(p.broken(), "initial graph 0: node 0 (ones) gives float[4], its rule float[3]");
}

}  // namespace
}  // namespace modelc::ir
