// What an operator's rule learns of a call, and what it may say of it.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kInput = "inputs:\n  x: float[B, 4]\n  z: float[B, 5]\n";
std::string codes(const std::string& text) { return Program(kInput + text).codes(); }

TEST_CASE("op_call: sizes differ, contradict what is known, or cannot be compared") {
  CHECK(codes("forward: x + z\n") == diag::SizesDiffer.row.code);
  CHECK(codes("forward: x.reshape(B, 5)\n") == diag::SizesDiffer.row.code);
  CHECK(Program("inputs:\n  a: float[T, 4]\n  b: float[S, 4]\nforward: a + b\n").codes() == diag::SizesRelate.row.code);
  CHECK(Program("inputs:\n  a: float[T, 4]\n  b: float[T, 4]\nforward: a + b\n").codes() == "");
}

TEST_CASE("op_call: a stated size is held against the inferred one") {
  CHECK(codes("modules:\n  f: Linear(2, in_features=4)\nforward: f(x) + z.sum()\n") == "");
  const Program p(kInput + "modules:\n  f: Linear(2, in_features=11)\nforward: f(x) + z.sum()\n");
  CHECK(p.codes() == diag::StatedSize.row.code);
  CHECK(p.sink.sorted()[0].help == "drop in_features, it is inferred");
}

TEST_CASE("op_call: a parameter needs a number for its size") {
  CHECK(Program("inputs:\n  x: float[B, D]\nlayers: [Linear(2)]\n").codes() == diag::SizeNotKnown.row.code);
}

TEST_CASE("op_call: a rule names the constraint that does not hold") {
  const Program p(kInput + "forward: x.softmax(dim=2)\n");
  REQUIRE(p.sink.sorted().size() == 1);
  CHECK_FALSE(p.sink.sorted()[0].constraint.empty());
}

}  // namespace
