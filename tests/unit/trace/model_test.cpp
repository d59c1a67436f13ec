// The outermost file before anything is traced.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

std::string codes(const std::string& text) { return Program(text).codes(); }

TEST_CASE("model: symbols in the order of the inputs, targets after them") {
  const Program p(
      "allow: M4075\ninputs:\n  x: float[B, T, 4]\n  n: int[B]\n  kind: choice[a, b]\ntargets:\n  t: float[B, C]\n"
      "forward: x.sum(dim=[1, 2])\n");
  REQUIRE(p.reports() == "");
  std::string names;
  for (const types::SymbolId s : p.ir().symbols) names += types::DimTable::current().symbol_name(s) + " ";
  CHECK(names == "B T C ");
  REQUIRE(p.ir().inputs.size() == 4);
  CHECK(p.ir().inputs[3].target);
}

TEST_CASE("model: inputs that cannot be") {
  CHECK(codes("inputs: [x]\nlayers: [Linear(3)]\n") == diag::InputNeedsType.row.code);
  CHECK(codes("inputs:\n  xs: list[float[B, 3]]\nforward: sum(xs)\n") == diag::ListInputOpen.row.code);
  CHECK(codes("inputs:\n  x: float[B, 3]\ntargets:\n  x: float[B, 3]\nforward: x\n") == diag::DuplicateModule.row.code);
  CHECK(codes("inputs:\n  x: float[B, 0]\nforward: x\n") == diag::DimensionTooSmall.row.code);
}

TEST_CASE("model: every symbol must follow from the inputs") {
  CHECK(codes("inputs:\n  x: float[B, 2*H]\nforward: x\n") == "");
  CHECK(codes("inputs:\n  x: float[B, H//2]\nforward: x * 2\n") == diag::SymbolUndetermined.row.code);
}

TEST_CASE("model: a library has nothing to run") {
  CHECK(codes("components:\n  A:\n    inputs:\n      h: float[B, 4]\n    forward: h\n") == diag::NothingToRun.row.code);
}

}  // namespace
