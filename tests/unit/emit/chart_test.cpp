#include "emit/chart.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace modelc::emit;

namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("chart: ticks are round and within the range") {
  using List = std::vector<double>;
  CHECK(ticks(0, 10, false) == List{0, 2, 4, 6, 8, 10});
  CHECK(ticks(-1, 1, false, 4) == List{-1, -0.5, 0, 0.5, 1});
  for (const double value : ticks(0.0123, 0.0157, false)) CHECK((value >= 0.0123 && value <= 0.0157));
  const List decades = ticks(1e-7, 10, true);
  REQUIRE(decades.size() >= 4);
  for (const double value : decades) CHECK(std::abs(std::log10(value) - std::round(std::log10(value))) < 1e-9);
  CHECK(ticks(2.1, 2.9, true).size() >= 2);
}

TEST_CASE("chart: a line for each series with its name, an axis with its words") {
  Chart chart{
      "Loss", "step", "loss", false, false, {{"train.loss", {{1, 3}, {2, 2}, {3, 1}}}, {"a<b", {{1, 2}, {2, 1}}}}, {}};
  const std::string text = svg({chart});
  CHECK(text.starts_with("<svg xmlns="));
  CHECK(count(text, "<polyline") == 2);
  CHECK(count(text, "train.loss") == 1);
  CHECK(count(text, "a&lt;b") == 1);
  CHECK(count(text, ">step</text>") == 1);
}

TEST_CASE("chart: what is no number interrupts a line, one point is a dot, nothing says so") {
  const double nan = std::nan("");
  const auto drawn = [&](const std::vector<Point>& points) {
    return svg({Chart{"", "", "", false, false, {{"s", points}}, {}}});
  };
  CHECK(count(drawn({{1, 1}, {2, 2}, {3, nan}, {4, 4}, {5, 5}}), "<polyline") == 2);
  const std::string one = drawn({{1, 1}});
  CHECK(count(one, "<polyline") == 0);
  CHECK(count(one, "<circle") == 1);
  CHECK(count(one, "nan") == 0);
  CHECK(count(drawn({{1, nan}}), "no figures yet") == 1);
  CHECK(count(drawn({{1, INFINITY}, {2, 1}, {3, 1}}), "inf") == 0);
}

TEST_CASE("chart: a logarithmic axis leaves out what has no logarithm") {
  const Chart chart{"", "", "", true, true, {{"s", {{0, 1}, {1, 0}, {1, 1}, {10, 100}}}}, {}};
  CHECK(count(svg({chart}), "<polyline") == 1);
  CHECK(wants_log({{"s", {{0, 0.001}, {1, 1}}}}));
  CHECK_FALSE(wants_log({{"s", {{0, 0.0}, {1, 1000}}}}));
  CHECK_FALSE(wants_log({{"s", {{0, 1}, {1, 2}}}}));
}

TEST_CASE("chart: a long line is thinned, and keeps its extremes") {
  Series series{"s", {}};
  for (int i = 0; i < 100'000; ++i) series.points.push_back({double(i), i == 54'321 ? 99.0 : std::sin(i)});
  const Series thin = thinned(series);
  CHECK(thin.points.size() <= 1600);
  CHECK(thin.points.front().x == 0);
  CHECK(thin.points.back().x == 99'999);
  double high = 0;
  for (const Point& point : thin.points) high = std::max(high, point.y);
  CHECK(high == 99);
  CHECK(thinned({"s", {{1, 1}, {2, 2}}}).points.size() == 2);
}
