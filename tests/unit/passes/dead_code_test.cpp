#include "passes/dead_code.h"

#include "../ir/text_program.h"
#include "tests/unit/trace/program.h"

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

std::string required(const std::string& outputs) {
  const Program p(R"(
inputs: {x: "float[B, 3]", y: "float[B]"}
forward:
  k: nonzero(x)
  added: k[:, 0] + y
outputs: )" + outputs);
  CHECK(p.codes() == "");
  std::string all;
  for (const types::Requirement& one : p.ir().graphs[0].conditions.requirements()) all += one.words + ";";
  return all;
}

TEST_CASE("dead_code: a condition on data goes with the call that asks for it, though the size is still measured") {
  CHECK(required("{k: k, added: added}") == "K1 == B;");
  CHECK(required("{k: k}") == "");
}

}  // namespace
}  // namespace modelc::passes
