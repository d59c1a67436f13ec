#include "passes/forwarding.h"

#include "../ir/text_program.h"
#include "ir/builder.h"

namespace modelc::passes {
namespace {

TEST_CASE("forwarding: every use of a value becomes the other's, and its node is gone") {
  ir::TextProgram p(R"(model: model
graph evaluation {
  input %x: float[B, 4]
  %1 = relu(%x) : float[B, 4]
  %2 = relu(%x) : float[B, 4]
  %3 = add(%1, %2) : float[B, 4]
  output y = %3 : float[B, 4]
}
)");
  Forwarding forwarding(p.graph(), p.program.tree);
  const ir::ValueId first = p.graph().nodes[0].results[0], second = p.graph().nodes[1].results[0];
  CHECK(forwarding.uses(first) == 1);
  CHECK_FALSE(forwarding.has_gradient(first));
  REQUIRE(forwarding.allows(second, first));
  forwarding.put(second, first);
  forwarding.drop(1);
  forwarding.resolve(p.graph().nodes[2]);
  forwarding.finish();
  CHECK(p.shown().find("add(%1, %1)") != std::string::npos);
  CHECK(p.graph().nodes.size() == 2);
  CHECK(p.broken() == "");
}

TEST_CASE("forwarding: a parameter is no result of a graph, and a state that is replaced stays apart") {
  ir::TextProgram p(R"(model: model
  fc: Linear(in_features=4, out_features=4, bias=false)
    parameter weight: float[4, 4] = zeros
graph evaluation {
  input %x: float[B, 4]
  %1 = linear(%x, @fc.weight) : float[B, 4] at fc
  %2 = _identity(@fc.weight) : float[4, 4]
  output y = %1 : float[B, 4]
  output w = %2 : float[4, 4]
}
)");
  const Forwarding forwarding(p.graph(), p.program.tree);
  const ir::ValueId copy = p.graph().nodes[1].results[0];
  const ir::ValueId weight = p.graph().nodes[1].operands[0].value;
  CHECK_FALSE(forwarding.allows(copy, weight));
}

}  // namespace
}  // namespace modelc::passes
