#include "plan/print.h"

#include "planned.h"

namespace modelc::plan {
namespace {

TEST_CASE("print: what a step binds, and the sizes that follow from it, stand at the step") {
  const std::string text = print(testing::planned(testing::kMasked));
  CHECK(text.starts_with("symbols B >= 1, K >= 0\n"));
  CHECK(text.find("x[0] fixes B") != std::string::npos);
  CHECK(text.find("bind K to") != std::string::npos);
  CHECK(text.find("results\n  table = $") != std::string::npos);
}

TEST_CASE("print: a plan of nothing has no steps") {
  const std::string text = print(testing::planned(
      "program p\nsymbol B\nmodel: p\ngraph evaluation {\n  input %x: float[B]\n  output y = %x : float[B]\n}\n"));
  CHECK(text.find("steps") == std::string::npos);
  CHECK(text.find("y = $0") != std::string::npos);
}

}  // namespace
}  // namespace modelc::plan
