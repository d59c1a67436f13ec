#include "pipeline/check_point.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace modelc;

namespace {

/// What `check --where` adds at a point; empty: nothing.
std::string said(const std::string& text, const std::map<std::string, std::int64_t>& where) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  compose::Overrides overrides;
  overrides.contents["/m/main.yaml"] = text;
  elaborate::Options options;
  options.where = where;
  const bool holds = pipeline::check_point(sources, "/m/main.yaml", overrides, options, sink);
  std::string all;
  for (const auto& d : sink.sorted()) all += fmt::format("{} {}\n", d.code, d.message);
  CHECK(holds == all.empty());
  return all;
}

const std::string kThirds = "inputs:\n  x: float[B, N]\nforward:\n  a, b, c: chunk(x, 3, dim=1)\n";

}  // namespace

TEST_CASE(
    "check point: the model is one for all sizes, so its conditions hold at the point, whatever a number allows") {
  CHECK(said(kThirds, {{"N", 9}}) == "");
  CHECK(said(kThirds, {{"N", 7}}) == "M6002 `chunk`: at `N = 7`: `N % 3 == 0` does not hold\n");
  CHECK(said(kThirds, {{"B", 7}}) == "");
}

TEST_CASE("check point: a model that needs the number is not asked for more") {
  const std::string open = "inputs:\n  x: float[B, N]\nlayers: [Linear(3)]\n";
  CHECK(said(open, {{"N", 7}}) == "");
}
