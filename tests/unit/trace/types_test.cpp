// Declared types: resolved to sizes, and matched with what is given.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

std::string codes(const std::string& type, const std::string& given = "x") {
  return Program(
             "components:\n  A:\n    inputs:\n      h: " + type +
             "\n    forward: h\ninputs:\n  x: float[B, 4]\n  n: int[B]\nmodules:\n  a: A\nforward:\n  - unused: n\n  - "
             "y: a(" +
             given + ")\noutputs: x\n")
      .codes();
}

TEST_CASE("types: what is given binds the names of a component's types") {
  for (const char* type : {"float[B, 4]", "float[B, D]", "float[..., D]", "float[B, ...]", "float[N, 2*H]"}) {
    CAPTURE(type);
    CHECK(codes(type) == "");
  }
  CHECK(codes("(float[B, D], int[B])", "(x, n)") == "");
}

TEST_CASE("types: rank, size, dtype and form are held against the declaration") {
  CHECK(codes("float[B, 5]") == diag::InputShape.row.code);
  CHECK(codes("float[B, D, E]") == diag::InputType.row.code);
  CHECK(codes("int[B, D]") == diag::InputType.row.code);
  CHECK(codes("float[D, D, D]") == diag::InputType.row.code);
  CHECK(codes("(float[B, D], int[B])", "x") != "");
}

TEST_CASE("types: declarations that mean no type") {
  CHECK(Program("inputs:\n  x: any\nforward: x\n").codes() == diag::NotATensorType.row.code);
  CHECK(Program("inputs:\n  x: float[..., 3]\nforward: x\n").codes() == diag::EllipsisHere.row.code);
  CHECK(Program("params:\n  r: 0.5\ninputs:\n  x: float[B, r]\nforward: x\n").codes() ==
        diag::DimensionNotInt.row.code);
  CHECK(Program("params:\n  r: 0\ninputs:\n  x: float[B, r]\nforward: x\n").codes() ==
        diag::DimensionTooSmall.row.code);
}

}  // namespace
