// Parameters and buffers that a description declares: their types and first values.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

std::string codes(const std::string& tensors) {
  return Program("inputs:\n  x: float[B, 4]\n" + tensors + "forward: x * w\n").codes();
}

TEST_CASE("tensors: a type with an initialiser, a value, or the type of the value") {
  const Program p(
      "inputs:\n  x: float[B, 4]\nparameters:\n  w: float[4] = ones\nbuffers:\n  scale: 2.0\n  steps: [1, 2, 3, 4]\n"
      "forward: x * w * scale * steps\n");
  REQUIRE(p.reports() == "");
  CHECK(p.tensor("", "w")->trainable);
  CHECK_FALSE(p.tensor("", "scale")->trainable);
  CHECK(p.tensor("", "scale")->type.str() == "float[]");
  CHECK(p.tensor("", "steps")->type.str() == "float[4]");
}

TEST_CASE("tensors: what is computed at the start has a graph of its own") {
  const Program p("inputs:\n  x: float[B, 4]\nbuffers:\n  table: (arange(4) * 2).float()\nforward: x * table\n");
  REQUIRE(p.reports() == "");
  CHECK(p.ir().initial_graphs.size() == 1);
  CHECK(p.tensor("", "table")->type.str() == "float[4]");
}

TEST_CASE("tensors: values that do not fit their declaration") {
  CHECK(codes("parameters:\n  w: float[4] = zeros(5)\n") == diag::TensorValueType.row.code);
  CHECK(codes("parameters:\n  w: float[4] = \"four\"\n") == diag::TensorValue.row.code);
  CHECK(codes("parameters:\n  w: int[4] = zeros\n") == diag::ParameterNotFloat.row.code);
  CHECK(codes("parameters:\n  w: float[B] = zeros\n") == diag::SizeNotKnown.row.code);
  CHECK(codes("parameters:\n  w: float[Q] = zeros\n") == diag::UnknownName.row.code);
  CHECK(codes("parameters:\n  w: float[4] = zeros\nbuffers:\n  w: float[4] = ones\n") ==
        diag::DuplicateModule.row.code);
}

}  // namespace
