// One evaluation as one graph: what goes in, defaults, what comes out, losses.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

TEST_CASE("graph: inputs of each kind stand in it under their names, parts by position") {
  const Program p(
      "inputs:\n  x: float[B, 4]\n  pair: (float[B, 2], int[B])\n  xs:\n    - float[B, 1]\n    - float[B, 1]\n"
      "forward:\n  a, n: pair\n  y: cat([x, a] + xs, dim=1)\noutputs: [y, n]\n");
  REQUIRE(p.reports() == "");
  std::string names;
  for (const ir::Input& input : p.ir().graphs[0].inputs) names += input.name + " ";
  CHECK(names == "x pair.0 pair.1 xs.0 xs.1 ");
  CHECK(p.ir().graphs[0].outputs[0].type.str() == "float[B, 8]");
}

TEST_CASE("graph: an optional input has its default where it is not given") {
  const Program p("inputs:\n  x: float[B, 4]\n  m: float[4] = ones(4)\nforward: x * m\n");
  REQUIRE(p.reports() == "");
  const ir::Graph* without = ir::find_graph(p.ir(), {false, {}, {}});
  REQUIRE(without);
  CHECK(without->inputs.size() == 1);
  CHECK(Program("inputs:\n  x: float[B, 4]\n  m: float[4] = ones(5)\nforward: x + m.sum()\n").codes() ==
        diag::InputShape.row.code);
}

TEST_CASE("graph: a target is seen by loss and metrics alone") {
  const std::string model = "inputs:\n  x: float[B, 4]\ntargets:\n  goal: float[B, 1]\nmodules:\n  f: Linear(1)\n";
  const Program p(model + "forward:\n  y: f(x)\nloss: mse_loss(y, goal)\nmetrics: rmse(y, goal)\n");
  REQUIRE(p.reports() == "");
  CHECK(p.ir().graphs[0].losses.size() == 1);
  CHECK(p.ir().graphs[0].metrics.size() == 1);
  CHECK(Program(model + "forward:\n  y: f(x) + goal\n").codes() == diag::UnknownName.row.code);
}

TEST_CASE("graph: only tensors come out, and a faulty graph is not whole") {
  const Program p("inputs:\n  x: float[B, 4]\nforward:\n  y: x\noutputs: {y: y, n: 3}\n");
  CHECK(p.codes() == diag::OutputNotTensor.row.code);
  CHECK_FALSE(p.out->sound);
  CHECK(ir::find_graph(p.ir(), {true, {}, {}})->outputs.size() == 1);
}

TEST_CASE("graph: a poisoned binding that nothing reads leaves the program unsound all the same") {
  const Program p("inputs:\n  x: float[B, 4]\nforward:\n  unread: x.reshape(7)\n  y: x\n");
  CHECK(p.codes() == diag::SizesDiffer.row.code);
  CHECK_FALSE(p.out->sound);
}

}  // namespace
