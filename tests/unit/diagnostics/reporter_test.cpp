#include "diagnostics/reporter.h"

#include <doctest/doctest.h>

using namespace modelc;
using diagnostics::Reporter;
using diagnostics::Sink;

TEST_CASE("reporter: a phase knows its own errors, not what else stands in the sink") {
  Sink sink;
  sink.report({1, 0, 1}, diag::EmptyDocument);
  Reporter phase(sink);
  CHECK_FALSE(phase.faulty());
  phase.report({1, 5, 9}, diag::NeverCalled, "m");
  CHECK_FALSE(phase.faulty());
  phase.sink().report({1, 2, 3}, diag::EmptyDocument);
  CHECK_FALSE(phase.faulty());
  phase.report({1, 5, 9}, diag::UnknownKey, "a", "b").help("h");
  phase.report({1, 2, 3}, diag::UnknownKey, "a", "b");
  CHECK(phase.faulty());
  CHECK(phase.errors() == 2);
  CHECK(phase.furthest() == 9);
  CHECK(sink.size() == 5);
  CHECK(sink.found()[3].help == "h");
  Reporter other(sink);
  other.found_fault();
  CHECK(other.faulty());
}

TEST_CASE("report: did you mean") {
  Sink sink;
  auto report = sink.report({1, 0, 4}, diag::UnknownKey, "foward", "here");
  CHECK(report.did_you_mean("foward", {"inputs", "forward"}, {1, 0, 6}));
  CHECK_FALSE(report.did_you_mean("zzz", {"inputs", "forward"}));
  CHECK(sink.found()[0].help == "did you mean `forward`?");
  REQUIRE(sink.found()[0].fixes.size() == 1);
  CHECK(sink.found()[0].fixes[0].text == "forward");
}
