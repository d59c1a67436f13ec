#include "passes/dead_code.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

TEST_CASE("dead_code: what no output, loss or metric needs is gone, draws and states included") {
  ir::TextProgram p(R"(model: model
graph training {
  input %x: float[B, 4]
  %1 = relu(%x) : float[B, 4]
  %2 = exp(%x) : float[B, 4]
  %3, @rng' = dropout(%2, @rng, training=true) : float[B, 4]
  output y = %1 : float[B, 4]
  update @rng = @rng'
}
)");
  dead_code(p.graph(), p.program.tree);
  CHECK(p.shown() == "input %x: float[B, 4]; %1 = relu(%x) : float[B, 4]; output y = %1 : float[B, 4]");
  CHECK(p.broken() == "");
}

TEST_CASE("dead_code: what a loss needs stays, and so does a draw before one that is needed") {
  ir::TextProgram p(R"(model: model
graph training {
  input %x: float[B, 4]
  %1, @rng' = rand(@rng, size=[4]) : float[4]
  %2, @rng'2 = rand(@rng', size=[4]) : float[4]
  %3 = mean(%2) : float[]
  output y = %x : float[B, 4]
  loss loss = %3 : float[]
  update @rng = @rng'2
}
)");
  dead_code(p.graph(), p.program.tree);
  CHECK(p.graph().nodes.size() == 2);
  CHECK(p.broken() == "");
}

}  // namespace
}  // namespace modelc::passes
