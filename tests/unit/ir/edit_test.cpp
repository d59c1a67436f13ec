// Replacing, erasing, tidying: what a pass does to a graph.
#include "ir/builder.h"
#include "text_program.h"

namespace modelc::ir {
namespace {

TEST_CASE("edit: every use is replaced, outputs and metrics included") {
  TextProgram p(R"(input x: float[B]
model: model
graph evaluation {
  input %x: float[B]
  %1 = relu(%x) : float[B]
  %2 = cat([%1, %1]) : float[2*B]
  output y = [%1, 3] : [float[B], null]
  metric m = mean(%1)
}
)");
  replace_uses(p.graph(), p.graph().nodes[0].results[0], p.graph().inputs[0].value);
  CHECK(p.shown() ==
        "input %x: float[B]; %1 = relu(%x) : float[B]; %2 = cat([%x, %x]) : float[2*B]; "
        "output y = [%x, 3] : [float[B], null]; metric m = mean(%x)");
}

TEST_CASE("edit: who reads a state that an erased node wrote reads the one before") {
  TextProgram p(R"(model: model
graph training {
  %0, @rng' = rand(@rng, size=[3]) : float[3]
  %1, @rng'2 = rand(@rng', size=[4]) : float[4]
  %2, @rng'3 = rand(@rng'2, size=[5]) : float[5]
  output a = %0 : float[3]
  output c = %2 : float[5]
  update @rng = @rng'3
}
)");
  erase(p.graph(), {false, true, false});
  tidy(p.graph());
  CHECK(p.broken() == "");
  CHECK(p.shown() ==
        "%0, @rng' = rand(@rng, size=[3]) : float[3]; %1, @rng'2 = rand(@rng', size=[5]) : float[5]; "
        "output a = %0 : float[3]; output c = %1 : float[5]; update @rng = @rng'2");
}

TEST_CASE("edit: all that writes a state erased leaves no update") {
  TextProgram p(kTwoLayers);
  replace_uses(p.graph(), p.graph().nodes[2].results[0], p.graph().nodes[0].results[0]);
  erase(p.graph(), {false, true, true});
  tidy(p.graph());
  CHECK(p.broken() == "");
  CHECK(p.graph().updates.empty());
  CHECK(p.shown() ==
        "input %x: float[B, 4]; %1.h = linear(%x, @fc.weight) : float[B, 4] at fc; output y = %1.h : float[B, 4]");
}

TEST_CASE("edit: tidying drops what nothing mentions and keeps inputs") {
  TextProgram p(kTwoLayers);
  p.graph().outputs.clear();
  erase(p.graph(), {true, true, true});
  tidy(p.graph());
  CHECK(p.graph().values.size() == 1);
  CHECK(p.graph().values[0].kind == ValueKind::Input);
  CHECK(p.broken() == "");
}

TEST_CASE("edit: tidying twice changes nothing more") {
  TextProgram p(kTwoLayers);
  const std::string before = p.shown();
  tidy(p.graph());
  CHECK(p.shown() == before);
}

}  // namespace
}  // namespace modelc::ir
