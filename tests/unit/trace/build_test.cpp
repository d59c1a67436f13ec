// What a component consists of once it is built: its tensors and modules, made at the first call.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kBlock =
    "components:\n  Block:\n    inputs:\n      h: float[B, C]\n    parameters:\n      gain: float[C] = ones\n"
    "    modules:\n      f: Linear(C)\n      g: [ReLU, Linear(2)]\n    forward: g(f(h) * gain)\n";

TEST_CASE("build: sizes of the first call are those of its tensors and modules") {
  const Program p(kBlock + "inputs:\n  x: float[B, 6]\nmodules:\n  b: Block\nforward: b(x)\n");
  REQUIRE(p.reports() == "");
  CHECK(p.tree() == ":model b:Block b.f:Linear b.g:Sequential b.g.0:ReLU b.g.1:Linear");
  CHECK(p.tensor("b", "gain")->type.str() == "float[6]");
  CHECK(p.tensor("b.g.1", "weight")->type.str() == "float[2, 6]");
}

TEST_CASE("build: what is not called has no parts") {
  const Program p(kBlock + "inputs:\n  x: float[B, 6]\nmodules:\n  b: Block\nforward: x * 2\n");
  CHECK(p.codes() == diag::NeverSized.row.code);
  CHECK(p.tree() == ":model b:Block");
}

TEST_CASE("build: a tensor and a module of one name") {
  const Program p(
      "inputs:\n  x: float[B, 4]\nparameters:\n  f: float[4] = ones\nmodules:\n  f: Linear(4)\nforward: f(x)\n");
  CHECK(p.codes() == diag::DuplicateModule.row.code);
}

}  // namespace
