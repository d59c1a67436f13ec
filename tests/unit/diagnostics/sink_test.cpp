#include "diagnostics/sink.h"

#include <doctest/doctest.h>

using namespace modelc;
using diagnostics::Sink;

TEST_CASE("report: did you mean") {
  Sink sink;
  auto report = sink.report({1, 0, 4}, diag::UnknownKey, "foward", "here");
  CHECK(report.did_you_mean("foward", {"inputs", "forward"}, {1, 0, 6}));
  CHECK_FALSE(report.did_you_mean("zzz", {"inputs", "forward"}));
  CHECK(sink.found()[0].help == "did you mean `forward`?");
  REQUIRE(sink.found()[0].fixes.size() == 1);
  CHECK(sink.found()[0].fixes[0].text == "forward");
}
