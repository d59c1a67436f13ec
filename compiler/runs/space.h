// What a sweep tries: values of `--set` paths, as `--over PATH=VALUES` gives them, and the settings made of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace modelc::runs {

/// The values of one path.
struct Axis {
  std::string path;
  std::vector<std::string> values;     // as given; empty: a range
  double low = 0, high = 0, step = 0;  // no step: anything between
  bool whole = false;                  // integers
  bool log = false;                    // drawn evenly along the logarithm

  bool is_range() const { return values.empty(); }
};

/// `A,B,C` (commas within brackets and quotes do not part), `LOW..HIGH`, `LOW..HIGH:STEP`, `LOW..HIGH:log`. nullopt and
/// why in `fault`.
std::optional<Axis> axis_of(const std::string& path, const std::string& values, std::string& fault);

/// A path and its value, for each axis.
using Setting = std::vector<std::pair<std::string, std::string>>;

/// Every combination, the last axis changing fastest. nullopt and why in `fault` where an axis has no end, or there are
/// too many.
std::optional<std::vector<Setting>> grid(const std::vector<Axis>& axes, std::string& fault);
/// `count` drawn ones, all different; fewer where there are no more. The same for the same seed.
std::vector<Setting> samples(const std::vector<Axis>& axes, std::int64_t count, std::int64_t seed);

}  // namespace modelc::runs
