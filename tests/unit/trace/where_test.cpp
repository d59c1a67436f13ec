// `where`: assumed of the outermost file, required of whoever calls a component.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

std::string outermost(const std::string& condition) {
  return Program("allow: M4076\nparams:\n  n: 3\ninputs:\n  x: float[T, 4]\n  z: float[S, 4]\nwhere: [" + condition +
                 "]\nforward: x.sum() + z.sum()\n")
      .codes();
}

std::string called(const std::string& condition) {
  return Program("components:\n  A:\n    inputs:\n      h: float[B, C]\n    where: [" + condition +
                 "]\n    forward: h\ninputs:\n  x: float[B, 7]\nmodules:\n  a: A\nforward: a(x)\n")
      .codes();
}

TEST_CASE("where: relations between symbols are the user's word") {
  for (const char* condition : {"T == S", "T >= 2", "T < 100", "T != 5", "n == 3", "T * 2 == S"}) {
    CAPTURE(condition);
    CHECK(outermost(condition) == "");
  }
}

TEST_CASE("where: what cannot hold, or is no condition") {
  CHECK(outermost("n == 4") == diag::WhereFails.row.code);
  CHECK(outermost("T < 1") == diag::WhereFails.row.code);
  CHECK(outermost("T == \"a\"") != "");
  CHECK(outermost("gone == 1") == diag::UnknownName.row.code);
}

TEST_CASE("where: a component asks its condition of the call") {
  CHECK(called("C == 7") == "");
  CHECK(called("C % 2 == 1") == "");
  CHECK(called("C == 8") == diag::WhereFails.row.code);
  CHECK(called("C % 2 == 0") == diag::WhereFails.row.code);
}

}  // namespace
