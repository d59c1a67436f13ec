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

TEST_CASE("what is reported of a hidden text stands at the nearest step that can be seen") {
  Sink sink;
  sink.hide(2);
  const diagnostics::Step outer(sink, support::Span{1, 3, 4}, "called here");
  const diagnostics::Step inner(sink, support::Span{2, 7, 8}, "in turn 1 of the loop");
  sink.report({2, 9, 10}, diag::UnknownKey, "foward", "here");
  CHECK(sink.found()[0].span == support::Span{1, 3, 4});
  REQUIRE(sink.found()[0].trail.size() == 1);
  CHECK(sink.found()[0].trail[0].message == "called here");
}
