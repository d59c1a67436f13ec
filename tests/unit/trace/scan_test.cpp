// A step that runs for each position of a dimension.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel = R"(inputs:
  x: float[B, T, 4]
  m: float[B, 3]
components:
  Cell:
    inputs: [x, h, m]
    modules: {fc: Linear(3)}
    forward:
      n: tanh(fc(cat([x, h], dim=1)) + m)
    outputs: (n, n)
modules:
  cell: Cell
)";

std::string told(const std::string& forward) {
  const Program p(kModel + "forward:\n" + forward);
  if (!p.reports().empty()) return p.codes();
  std::string all;
  for (const ir::Output& output : p.ir().graphs[0].outputs) all += output.type.str() + " ";
  return all;
}

std::string told_of(const std::string& define, const std::string& forward) {
  const Program p(kModel + "define:\n" + define + "forward:\n  _: cell(x[:, 0], m, m=m)\n" + forward);
  if (!p.reports().empty()) return p.codes();
  return p.ir().graphs[0].outputs[0].type.str();
}

TEST_CASE("scan: what the steps give is stacked, the state comes last") {
  CHECK(told("  ys, h: scan(cell, x, zeros(B, 3), m=m)\noutputs: [ys, h]\n") == "float[B, T, 3] float[B, 3] ");
  CHECK(told("  ys, h: scan(cell, x.transpose(0, 1), zeros(B, 3), dim=0, m=m)\noutputs: [ys, h]\n") ==
        "float[T, B, 3] float[B, 3] ");
  CHECK(told("  ys, h: scan(cell, x, zeros(B, 3), 1, m=m)\noutputs: [ys, h]\n") == "float[B, T, 3] float[B, 3] ");
}

TEST_CASE("scan: its module is called once and its weights have their place") {
  const Program p(kModel + "forward:\n  ys, h: scan(cell, x, m, m=m)\noutputs: ys\n");
  CHECK(p.reports().empty());
  CHECK(p.tree() == ":model cell:Cell cell.fc:Linear");
  REQUIRE(p.tensor("cell.fc", "weight"));
  CHECK(p.tensor("cell.fc", "weight")->type.str() == "float[3, 7]");
}

TEST_CASE("scan: a function of `define` is a step, and a state may be a tuple or null") {
  CHECK(told_of("  step(x, s): (x + s, s)\n", "  y, s: scan(step, x, x[:, 0])\noutputs: y\n") == "float[B, T, 4]");
  CHECK(told_of("  step(x, s): (x, (s[1], s[0]))\n", "  y, s: scan(step, x, (m, m * 2))\noutputs: y\n") ==
        "float[B, T, 4]");
  CHECK(told_of("  step(x, s): (x * 2, s)\n", "  y, s: scan(step, x, null)\noutputs: y\n") == "float[B, T, 4]");
  CHECK(told_of("  step(x, s): (x[0] + x[1], s)\n", "  y, s: scan(step, (x, x * 2), null)\noutputs: y\n") ==
        "float[B, T, 4]");
}

TEST_CASE("scan: what a step must give") {
  CHECK(told_of("  step(x, s): x + s\n", "  y, s: scan(step, x, x[:, 0])\noutputs: y\n") == diag::ScanResult.row.code);
  CHECK(told_of("  step(x, s): (1, s)\n", "  y, s: scan(step, x, m)\noutputs: y\n") == diag::ScanResult.row.code);
  CHECK(told_of("  step(x, s): (x[x > 0], s)\n", "  y, s: scan(step, x, m)\noutputs: y\n") ==
        diag::ScanResult.row.code);
  CHECK(told_of("  step(x, s): (x, s > 0)\n", "  y, s: scan(step, x, m)\noutputs: y\n") ==
        diag::ScanStateChanges.row.code);
  CHECK(told_of("  step(x, s): (x, cat([s, s], dim=1))\n", "  y, s: scan(step, x, m)\noutputs: y\n") ==
        diag::ScanStateChanges.row.code);
  CHECK(told_of("  step(x, s): (x, (s, s))\n", "  y, s: scan(step, x, m)\noutputs: y\n") ==
        diag::ScanStateChanges.row.code);
}

TEST_CASE("scan: what it is called with") {
  CHECK(told("  y: scan(cell, x)\noutputs: y\n") == diag::WrongArgumentCount.row.code);
  CHECK(told("  y: scan(cell, x, m, 1, m)\noutputs: y\n") == diag::WrongArgumentCount.row.code);
  CHECK(told("  y: scan(cell, 3, m)\noutputs: y\n") == diag::BadBuiltinArgument.row.code);
  CHECK(told("  y: scan(cell, x, 3)\noutputs: y\n") == diag::BadBuiltinArgument.row.code);
  CHECK(told("  y: scan(cell, x, m, dim=\"a\", m=m)\noutputs: y\n") == diag::BadBuiltinArgument.row.code);
  CHECK(told("  y: scan(cell, x, m, dim=4, m=m)\noutputs: y\n") == diag::OperatorRule.row.code);
}

TEST_CASE("scan: nothing of it is tapped") {
  CHECK(told("  ys, h: scan(cell, x, m, m=m)\n  t: tap(cell)\noutputs: t\n") == diag::TapInScan.row.code);
  CHECK(told("  ys, h: scan(cell, x, m, m=m)\n  t: tap(cell.fc)\noutputs: t\n") == diag::TapInScan.row.code);
}

TEST_CASE("scan: a step is counted for each turn") {
  const Program p(kModel + "forward:\n  ys, h: scan(cell, x, m, m=m)\noutputs: ys\n");
  CHECK(p.ir().tree.find("cell.fc")->flops.str() == "42*B*T");
}

}  // namespace
