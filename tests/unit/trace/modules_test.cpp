// Calls of modules: operators, components, containers, and the second call of one.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kInput = "inputs:\n  x: float[B, 4]\n  z: float[B, 5]\n";
std::string codes(const std::string& text) { return Program(kInput + text).codes(); }

TEST_CASE("modules: the first call fixes what is inferred, the next must agree") {
  const Program p(kInput + "modules:\n  f: Linear(4)\nforward:\n  a: f(f(x))\n  y: a + z.sum()\n");
  REQUIRE(p.reports() == "");
  CHECK(p.tensor("f", "weight")->type.str() == "float[4, 4]");
  CHECK(codes("modules:\n  f: Linear(4)\nforward:\n  a: f(x)\n  y: f(z)\n") == diag::SecondCallSize.row.code);
}

TEST_CASE("modules: a component whose parts depend on a size is not called with another") {
  CHECK(
      codes("components:\n  Block:\n    inputs:\n      h: float[B, C]\n    modules:\n      f: Linear(C)\n    forward: "
            "f(h)\nmodules:\n  b: Block\nforward:\n  a: b(x)\n  y: b(z)\n") == diag::SecondCallDiffers.row.code);
}

TEST_CASE("modules: an operator stands under `modules`, a list is no function") {
  CHECK(codes("forward: x -> Linear(10)\n") == diag::OperatorInForward.row.code);
  CHECK(codes("modules:\n  fs:\n    list: [Linear(4), Linear(4)]\nforward: fs(x)\n")
            .find(diag::ContainerNotCallable.row.code) == 0);
  CHECK(codes("modules:\n  fs: [ReLU, ReLU]\nforward: fs(x, x)\n").find(diag::WrongArgumentCount.row.code) == 0);
}

TEST_CASE("modules: a function draws on the graph of its mode") {
  const Program p(kInput + "forward: dropout(x, 0.5) + z.sum()\n");
  REQUIRE(p.reports() == "");
  CHECK(p.ir().graphs[1].training);
  CHECK(codes("define:\n  t: zeros(3)\nforward: x + t\n") == diag::TensorWhereStatic.row.code);
}

}  // namespace
