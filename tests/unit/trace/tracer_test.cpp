// What a tracer answers the evaluator: members and parts of modules, qualified names.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel =
    "inputs:\n  x: float[B, 4]\nmodules:\n  f: [Linear(4), {act: ReLU}]\n  fs:\n    list: [Linear(4), Linear(4)]\n";
std::string codes(const std::string& forward) { return Program(kModel + "forward:\n" + forward).codes(); }

TEST_CASE("tracer: parts of a module by name and by position, and its tensors") {
  CHECK(codes("  h: f[0](x)\n  g: f.act(h)\n  y: fs[-1](fs[0](g)) + f[0].weight.sum()\n") == "");
  CHECK(codes("  - h: f(x)\n  - for m in fs: {h: m(h)}\n  - y: h\n") == "");
}

TEST_CASE("tracer: a part that is not there") {
  CHECK(codes("  y: f.ac(fs[0](fs[1](f(x))))\n") == diag::NoMember.row.code);
  CHECK(codes("  y: fs[2](fs[0](fs[1](f(x))))\n") == diag::IndexOutOfRange.row.code);
  CHECK(codes("  y: f(fs[0](fs[1](x))) * f[0].wieght\n") == diag::NoMember.row.code);
}

TEST_CASE("tracer: modules, outputs and targets by a name that is computed") {
  const std::string loss = "  y: modules[\"f\"](fs[0](fs[1](x)))\ntargets:\n  t: float[B, 4]\nloss: ";
  CHECK(codes(loss + "mse_loss(outputs[\"y\"], targets[\"t\"])\n") == "");
  CHECK(codes(loss + "mse_loss(outputs[\"z\"], targets[\"t\"])\n") == diag::UnknownName.row.code);
}

}  // namespace
