// What `device`, `dtype` and `allow` say once their loops and conditions are decided.
#include "elaborate/decided.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel =
    "params:\n  half: bool = true\ninputs:\n  x: float[B, 4]\nmodules:\n  a: Linear(3)\n  b: Linear(4, in_features=4)\n"
    "forward: a(x)\n";

TEST_CASE("decided: a condition chooses a word, or an entry of a mapping") {
  const Program whole(kModel + "device:\n  if half: cuda:1\n  else: cpu\nallow: [M4026]\n");
  CHECK(whole.codes() == "");
  CHECK(whole.ir().device == "cuda:1");
  const Program by_path(kModel + "dtype:\n  if half: {b: bfloat16}\nallow: [M4026]\n");
  CHECK(by_path.codes() == "");
  REQUIRE(by_path.tensor("b", "weight"));
  CHECK(by_path.tensor("b", "weight")->type.dtype == types::DType::BFloat16);
}

TEST_CASE("decided: a loop names paths, a condition silences a lint") {
  const Program placed(kModel +
                       "device:\n  for n in [\"a\", \"b\"]: {\"${n}\": \"c${n[:0]}pu\"}\nallow: [M4026, M4076]\n");
  CHECK(placed.codes() == "");
  CHECK(placed.ir().device == "cpu");
  CHECK(Program(kModel + "allow:\n  if half: M4026\n").codes() == "");
  CHECK(Program(kModel + "allow:\n  - if not half: M4026\n").codes() == "M4026");
}

}  // namespace
