#include "eval/budget.h"

#include <doctest/doctest.h>

namespace {

using namespace modelc;

TEST_CASE("what runs away is reported once, and in the end nothing more is done") {
  eval::Budget budget;
  diagnostics::Sink sink;
  for (int i = 0; i < eval::kRunaways; ++i) eval::report_runaway(budget, sink, {}, 200, "components");
  CHECK(sink.size() == 1);
  CHECK_FALSE(budget.exhausted);
  eval::report_runaway(budget, sink, {}, 200, "components");
  CHECK(sink.size() == 1);
  CHECK(budget.exhausted);
}

TEST_CASE("the next graph begins anew, but what ran away is remembered") {
  eval::Budget budget;
  budget.steps = 7;
  budget.unrolled = 8;
  budget.runaways = 2;
  const eval::Budget next = budget.renewed();
  CHECK(next.steps == 0);
  CHECK(next.unrolled == 0);
  CHECK(next.runaways == 2);
}

TEST_CASE("a level is left when its scope ends") {
  int depth = 0;
  {
    const eval::Deeper one(depth);
    const eval::Deeper two(depth);
    CHECK(depth == 2);
  }
  CHECK(depth == 0);
}

}  // namespace
