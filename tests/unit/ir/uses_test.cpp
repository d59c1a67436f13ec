#include "ir/uses.h"

#include "text_program.h"

namespace modelc::ir {
namespace {

TEST_CASE("uses: each node once, in order; what is asked for") {
  TextProgram p(R"(input x: float[B]
model: model
graph evaluation {
  input %x: float[B]
  %1 = add(%x, %x) : float[B]
  %2 = mul(%1, %x) : float[B]
  %3 = relu(%x) : float[B]
  output y = [%2] : [float[B]]
}
)");
  const Uses uses(p.graph());
  const auto result = [&](std::size_t node) { return p.graph().nodes[node].results[0]; };
  CHECK(uses.nodes[p.graph().inputs[0].value] == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(uses.nodes[result(0)] == std::vector<std::uint32_t>{1});
  CHECK(uses.asked[result(1)]);
  CHECK_FALSE(uses.unused(result(1)));
  CHECK_FALSE(uses.asked[result(0)]);
  CHECK(uses.unused(result(2)));
}

TEST_CASE("uses: a line of states leads to its first") {
  TextProgram p(kTwoLayers);
  const std::vector<ValueId> first = first_states(p.graph());
  for (const StateUpdate& update : p.graph().updates) {
    CHECK(first[update.value] == update.state);
    CHECK(first[update.state] == update.state);
  }
}

TEST_CASE("uses: a new state alone needs no node, who reads it needs the state before") {
  TextProgram p(kTwoLayers);
  Graph& graph = p.graph();
  CHECK(needed_for(graph).nodes == std::vector<bool>{true, true, true});
  const Needed statistics = needed_for(graph, {Operand::of(graph.nodes[1].results[1])});
  CHECK(statistics.nodes == std::vector<bool>{false, false, false});
  CHECK(statistics.values[graph.values[graph.nodes[1].results[1]].updates]);
  CHECK_FALSE(statistics.values[graph.nodes[1].results[1]]);
  CHECK(needed_for(graph, {Operand::of(graph.nodes[0].results[0])}).nodes == std::vector<bool>{true, false, false});
}

TEST_CASE("uses: who measures a size is needed where the size is") {
  TextProgram p(R"(input x: float[B]
model: model
graph evaluation {
  input %x: float[B]
  size K1
  %1 = nonzero(%x) : int[K1, 1]
  %2 = ones(size=[K1]) : float[K1]
  output a = %2 : float[K1]
  output b = %x : float[B]
  output c = K1 : null
}
)");
  const auto needed = [&](std::size_t output) {
    return needed_for(p.graph(), {p.graph().outputs[output].value}).nodes;
  };
  CHECK(needed(0) == std::vector<bool>{true, true});
  CHECK(needed(1) == std::vector<bool>{false, false});
  CHECK(needed(2) == std::vector<bool>{true, false});
}

}  // namespace
}  // namespace modelc::ir
