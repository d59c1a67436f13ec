#include "trace/uncalled.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

/// What is said of `u`, an entry of `modules` that nothing calls, and of its sizes.
std::string told(const std::string& component, const std::string& entry = "C") {
  const Program p("inputs: {x: \"float[B, 4]\"}\ncomponents:\n  C: " + component +
                  "\nmodules:\n  a: Linear(4)\n  u: " + entry + "\nforward: a(x)\nallow: [M4076]\n");
  return p.reports();
}

const std::string kNever = "M4026 `u` is never called\n";
const std::string kUnsized = "M4027 `u` is never called, so its sizes cannot be inferred\n";

TEST_CASE("uncalled: a component none of whose sizes needs a call is a warning") {
  CHECK(told("{inputs: {x: \"float[B, N]\"}, modules: {d: Dropout(0.1)}, forward: d(x)}") == kNever);
  CHECK(told("{inputs: [x], modules: {d: Dropout(0.1)}, forward: d(x)}") == kNever);
  CHECK(told("{inputs: {x: \"float[B, N]\"}, modules: {l: \"Linear(3, in_features=4)\"}, forward: l(x)}") == kNever);
  CHECK(told("{inputs: {x: \"float[B, 4]\"}, modules: {l: Linear(3)}, forward: l(x)}") == kNever);
  CHECK(told("{inputs: [x], modules: {d: MaxPool2d(2)}, forward: d(x)}") == kNever);
}

TEST_CASE("uncalled: a size that needs a call is an error") {
  CHECK(told("{inputs: {x: \"float[B, N]\"}, modules: {l: Linear(3)}, forward: l(x)}") == kUnsized);
  CHECK(told("{inputs: [x], layers: [Linear(3)]}") == kUnsized);
}

TEST_CASE("uncalled: operators, and those that are written in the language") {
  CHECK(told("{inputs: [x], forward: x}", "InstanceNorm1d(num_features=4)") == kNever);
  CHECK(told("{inputs: [x], forward: x}", "InstanceNorm1d") == kUnsized);
  CHECK(told("{inputs: [x], forward: x}", "TransformerEncoderLayer(2, d_model=8, dim_feedforward=16)") == kNever);
  CHECK(told("{inputs: [x], forward: x}", "TransformerEncoderLayer(2)") == kUnsized);
  CHECK(told("{inputs: [x], forward: x}", "Transformer(d_model=8, nhead=2, dim_feedforward=16)") == kNever);
}

TEST_CASE("uncalled: its parameters are there") {
  const Program p(
      "inputs: {x: \"float[B, 4]\"}\ncomponents:\n"
      "  C: {inputs: {x: \"float[B, 6]\"}, modules: {l: Linear(3)}, forward: l(x)}\n"
      "modules:\n  a: Linear(4)\n  u: C\nforward: a(x)\n");
  REQUIRE(p.tensor("u.l", "weight"));
  CHECK(p.tensor("u.l", "weight")->type.str() == "float[3, 6]");
}

}  // namespace
