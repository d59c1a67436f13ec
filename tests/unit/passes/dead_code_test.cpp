// What dead code asked of sizes that data decide. The pass itself is tested from IR text, which has no places.
#include "passes/dead_code.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

using namespace modelc;

namespace {

std::string required(const std::string& outputs) {
  const Program p(R"(
inputs: {x: "float[B, 3]", y: "float[B]"}
forward:
  k: nonzero(x)
  added: k[:, 0] + y
outputs: )" + outputs);
  CHECK(p.codes() == "");
  std::string all;
  for (const types::Requirement& one : p.ir().graphs[0].conditions.requirements()) all += one.words + ";";
  return all;
}

}  // namespace

TEST_CASE("dead_code: a condition on data goes with the call that asks for it, though the size is still measured") {
  CHECK(required("{k: k, added: added}") == "K1 == B;");
  CHECK(required("{k: k}") == "");
}
