#include "recipe/checks.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace modelc {
namespace {

const std::string kModel = "inputs:\n  x: float[B, 4]\nmodules:\n  fc: Linear(3)\nforward:\n  y: fc(x)\nchecks:\n  - ";

TEST_CASE("checks: a number, a bound and a type are read as such") {
  const Program p(kModel + "{with: {B: 2}, output: \"float[2, 3]\", parameters: 15, flops: <= 100}\n");
  REQUIRE(p.reports() == "");
  REQUIRE(p.out->elaborated.recipe.checks.size() == 1);
  const ir::Check& check = p.out->elaborated.recipe.checks[0];
  CHECK(check.sizes.at("B") == 2);
  REQUIRE(check.outputs.size() == 1);
  CHECK(check.outputs[0].type.text == "float[2, 3]");
  CHECK(check.parameters.value().admits(15));
  CHECK_FALSE(check.parameters.value().admits(16));
  CHECK(check.flops.value().relation == ir::Bound::AtMost);
}

TEST_CASE("checks: a key that is none, a bound that is none, a symbol that is none") {
  CHECK(Program(kModel + "{paramters: 3}\n").codes() == diag::SettingUnknown.row.code);
  CHECK(Program(kModel + "{parameters: Linear(2)}\n").codes() == diag::SettingValue.row.code);
  CHECK(Program(kModel + "{with: {Q: 2}, parameters: 15}\n").codes() == diag::UnknownSymbol.row.code);
}

TEST_CASE("checks: one is of a variant that the description has") {
  const std::string text = "variants:\n  wide: {}\n" + kModel;
  const Program p(text + "{variant: wide, parameters: 15}\n");
  REQUIRE(p.reports() == "");
  CHECK(p.out->elaborated.recipe.checks[0].variant == "wide");
  CHECK(Program(text + "{variant: wdie, parameters: 15}\n").codes() == diag::NoSuchVariant.row.code);
}

TEST_CASE("checks: outputs by name or in order, and loops around checks with their variables") {
  const Program named(kModel + "{with: {B: 2}, output: {y: \"float[2, 3]\"}}\n");
  REQUIRE(named.reports() == "");
  CHECK(named.out->elaborated.recipe.checks[0].outputs.at(0).name == "y");
  const Program listed(kModel + "{with: {B: 2}, output: [\"float[2, 3]\", \"float[]\"]}\n");
  CHECK(listed.out->elaborated.recipe.checks[0].outputs.size() == 2);
  const Program looped(kModel +
                       "for b in [1, 2]:\n    - {with: {B: b}, output: {y: \"float[b, 3]\"}, flops: b * 24}\n");
  REQUIRE(looped.reports() == "");
  const auto& checks = looped.out->elaborated.recipe.checks;
  REQUIRE(checks.size() == 2);
  CHECK(checks[1].sizes.at("B") == 2);
  CHECK(checks[1].outputs[0].type.text == "float[2, 3]");
  CHECK(checks[1].flops.value().admits(48));
}

}  // namespace
}  // namespace modelc
