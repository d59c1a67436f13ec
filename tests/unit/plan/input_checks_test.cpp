#include "plan/input_checks.h"

#include "planned.h"

namespace modelc::plan {
namespace {

/// Each check: input, dimension, what it fixes or expects.
std::string checks(const std::string& inputs) {
  const Plan plan = testing::planned("program p\nsymbol B\nsymbol H\nmodel: p\ngraph evaluation {\n" + inputs + "}\n");
  std::string all;
  for (const SizeCheck& check : plan.checks)
    all += plan.inputs[check.input].name + std::to_string(check.dimension) +
           (check.solves != kNone ? " fixes " + plan.sizes.symbols[check.solves].name : "") +
           (check.linear ? "" : " searched") + "; ";
  return all;
}

TEST_CASE("input_checks: a symbol that stands alone is fixed first, what depends on it follows") {
  CHECK(checks("  input %x: float[2*B, B]\n  output y = %x : float[2*B, B]\n") == "x1 fixes B; x0; ");
}

TEST_CASE("input_checks: one that stands nowhere alone is solved for, where that is linear") {
  CHECK(checks("  input %x: float[2*B + 1]\n  output y = %x : float[2*B + 1]\n") == "x0 fixes B; ");
  CHECK(checks("  input %x: float[B*H, H]\n  output y = %x : float[B*H, H]\n") == "x1 fixes H; x0 fixes B; ");
  CHECK(checks("  input %x: float[B*B]\n  output y = %x : float[B*B]\n") == "x0 fixes B searched; ");
}

TEST_CASE("input_checks: a number is only compared") {
  CHECK(checks("  input %x: float[3]\n  output y = %x : float[3]\n") == "x0; ");
}

}  // namespace
}  // namespace modelc::plan
