#include "runs/report.h"

#include <doctest/doctest.h>

using namespace modelc::runs;

TEST_CASE("report: what is written is read again") {
  Report report{"Iris", "0.1.0", "2026-01-31T12:00:00Z", "", "valid.accuracy", true, ""};
  auto read = report_from_json(to_json(report));
  REQUIRE(read);
  CHECK(read->name == "Iris");
  CHECK(read->begun == "2026-01-31T12:00:00Z");
  CHECK(read->ended.empty());
  CHECK(read->figure == "valid.accuracy");
  CHECK(read->higher);
  CHECK(read->results.empty());

  report.ended = now_text();
  report.results = "{\"valid.accuracy\": 0.5}";
  read = report_from_json(to_json(report));
  REQUIRE(read);
  CHECK(read->ended == report.ended);
  CHECK(read->results == "{\"valid.accuracy\":0.5}");
}

TEST_CASE("report: another text is none, and a part may be missing") {
  CHECK_FALSE(report_from_json("epoch,step"));
  CHECK_FALSE(report_from_json("[1]"));
  const auto read = report_from_json("{\"name\": 3, \"figure\": \"valid.loss\"}");
  REQUIRE(read);
  CHECK(read->name.empty());
  CHECK(read->figure == "valid.loss");
}

TEST_CASE("report: a moment is of twenty characters") { CHECK(now_text().size() == 20); }
