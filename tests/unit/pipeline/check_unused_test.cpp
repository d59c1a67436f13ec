#include "pipeline/check_unused.h"

#include <doctest/doctest.h>

#include "../trace/program.h"

using namespace modelc;

TEST_CASE("check unused: inputs and params that nothing reads") {
  const Program p(
      "params: {width: 3, depth: 2}\ninputs: {x: \"float[B, 4]\", z: \"float[B, 4]\"}\n"
      "modules: {fc: Linear(width)}\nforward: {y: fc(x)}\n");
  CHECK(p.reports() == "M4076 the param `depth` is never used\nM4075 the input `z` is never used\n");
}

TEST_CASE(
    "check unused: what is read in a text, a type, a condition or a component is used, and so is what `layers` gets") {
  CHECK(Program("params: {a: 1, n: 4, deep: true, k: 2}\nname: Net-${a}\ninputs: {x: \"float[B, n]\"}\n"
                "components: {C: {inputs: [x], layers: [Linear(k)]}}\n"
                "layers:\n  - C\n  - if deep: ReLU\n")
            .reports() == "");
  CHECK(Program("inputs: {x: \"float[B, 4]\", z: \"float[B, T]\"}\nforward: {y: \"x * z.shape[1]\"}\n").reports() ==
        "");
  CHECK(Program("inputs: {x: \"float[B, 4]\", z: \"float[B] = null\"}\nforward: {y: \"x * 2 if defined(z) else x\"}\n")
            .reports() == "");
}

TEST_CASE("check unused: it may be allowed") {
  CHECK(Program("params: {depth: 2}\ninputs: {x: \"float[B, 4]\"}\nforward: {y: x * 2}\nallow: [M4076]\n").reports() ==
        "");
}
