#include "runs/space.h"

#include <doctest/doctest.h>

#include <set>

using namespace modelc::runs;

namespace {

std::vector<std::string> values_of(const std::string& text) {
  std::string fault;
  const auto axis = axis_of("p", text, fault);
  REQUIRE_MESSAGE(axis, fault);
  const auto all = grid({*axis}, fault);
  REQUIRE_MESSAGE(all, fault);
  std::vector<std::string> out;
  for (const Setting& setting : *all) out.push_back(setting.at(0).second);
  return out;
}

std::string fault_of(const std::string& text) {
  std::string fault;
  CHECK_FALSE(axis_of("p", text, fault));
  return fault;
}

Axis axis(const std::string& path, const std::string& text) {
  std::string fault;
  return axis_of(path, text, fault).value();
}

}  // namespace

TEST_CASE("space: values are as given, and commas within brackets and quotes do not part them") {
  using List = std::vector<std::string>;
  CHECK(values_of("1e-4,1e-3") == List{"1e-4", "1e-3"});
  CHECK(values_of("SGD(lr=0.1, momentum=0.9),Adam") == List{"SGD(lr=0.1, momentum=0.9)", "Adam"});
  CHECK(values_of("[1, 2],[3]") == List{"[1, 2]", "[3]"});
  CHECK(values_of("\"a,b\",c") == List{"\"a,b\"", "c"});
  CHECK(values_of("32..34") == List{"32", "33", "34"});
  CHECK(values_of("32..128:32") == List{"32", "64", "96", "128"});
  CHECK(values_of("0.1..0.5:0.2") == List{"0.1", "0.3", "0.5"});
  CHECK(values_of("../a.yaml") == List{"../a.yaml"});
}

TEST_CASE("space: what is wrong with a range is said") {
  CHECK(fault_of("5..1") == "5 is not below 1");
  CHECK(fault_of("1..x") == "`x` is no number");
  CHECK(fault_of("0..1:log") == "a range along the logarithm begins above 0");
  CHECK(fault_of("0..1:0") == "`0` is neither a step above 0 nor `log`");
  CHECK(fault_of("1,,2") == "a value is empty");
}

TEST_CASE("space: a grid has every combination, the last path changing fastest") {
  std::string fault;
  const auto all = grid({axis("a", "1,2"), axis("b", "x,y,z")}, fault);
  REQUIRE(all);
  REQUIRE(all->size() == 6);
  CHECK(all->at(1) == Setting{{"a", "1"}, {"b", "y"}});
  CHECK(all->at(3) == Setting{{"a", "2"}, {"b", "x"}});
  CHECK_FALSE(grid({axis("a", "0.1..0.9")}, fault));
  CHECK(fault.find("`a` has no end of values") == 0);
  CHECK_FALSE(grid({axis("a", "1..1000"), axis("b", "1..1000")}, fault));
  CHECK(fault.find("more than 100000 combinations") != std::string::npos);
}

TEST_CASE("space: samples are within their ranges, different, and the same for a seed") {
  const std::vector<Axis> axes{axis("lr", "1e-5..1e-1:log"), axis("width", "8..16"), axis("act", "ReLU,GELU")};
  const auto drawn = samples(axes, 200, 7);
  CHECK(drawn.size() == 200);
  CHECK(drawn == samples(axes, 200, 7));
  CHECK(drawn != samples(axes, 200, 8));
  CHECK(std::set<Setting>(drawn.begin(), drawn.end()).size() == 200);
  int small = 0;
  for (const Setting& setting : drawn) {
    const double lr = std::stod(setting[0].second);
    CHECK((lr >= 1e-5 && lr <= 1e-1));
    if (lr < 1e-3) ++small;
    const int width = std::stoi(setting[1].second);
    CHECK((width >= 8 && width <= 16));
  }
  CHECK((small > 70 && small < 130));  // half of the logarithm
  CHECK(samples({axis("a", "1,2,3")}, 10, 0).size() == 3);
}
