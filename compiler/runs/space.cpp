#include "runs/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <random>

namespace modelc::runs {
namespace {

constexpr std::size_t kMost = 100'000;
constexpr std::string_view kAlongLogarithm = "log";
constexpr int kTries = 100;  // for a setting that was not drawn before

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool is_whole(std::string_view text) { return text.find_first_of(".eE") == std::string_view::npos; }

/// At the commas outside of brackets and quotes.
std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> out(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote) quote = c == quote ? 0 : quote;
    else if (c == '"' || c == '\'') quote = c;
    else if (c == '(' || c == '[' || c == '{') ++depth;
    else if (c == ')' || c == ']' || c == '}') --depth;
    if (c == ',' && depth == 0 && !quote) out.emplace_back();
    else out.back() += c;
  }
  return out;
}

/// Whether a text has the form of a range; its faults are then told.
bool is_range(const std::string& text) {
  const std::size_t dots = text.find("..");
  return dots != std::string::npos && number(std::string_view(text).substr(0, dots));
}

std::string range_of(const std::string& text, Axis& axis) {
  const std::size_t dots = text.find(".."), colon = text.find(':', dots);
  const std::string low = text.substr(0, dots), high = text.substr(dots + 2, colon - dots - 2);
  const auto first = number(low), last = number(high);
  if (!first || !last) return fmt::format("`{}` is no number", first ? high : low);
  if (*first >= *last) return fmt::format("{} is not below {}", low, high);
  axis.low = *first;
  axis.high = *last;
  axis.whole = is_whole(low) && is_whole(high);
  if (colon == std::string::npos) return {};
  const std::string how = text.substr(colon + 1);
  axis.log = how == kAlongLogarithm;
  if (axis.log) return axis.low > 0 ? "" : "a range along the logarithm begins above 0";
  const auto step = number(how);
  if (!step || *step <= 0) return fmt::format("`{}` is neither a step above 0 nor `log`", how);
  axis.step = *step;
  axis.whole = axis.whole && is_whole(how);
  return {};
}

std::string text_of(const Axis& axis, double value) {
  return axis.whole ? std::to_string(static_cast<std::int64_t>(std::llround(value))) : fmt::format("{:.6g}", value);
}

/// The values of an axis that has an end; empty where it has none.
std::vector<std::string> all_of(const Axis& axis) {
  if (!axis.is_range()) return axis.values;
  const double step = axis.step > 0 ? axis.step : axis.whole && !axis.log ? 1 : 0;
  std::vector<std::string> out;
  if (step == 0 || (axis.high - axis.low) / step > static_cast<double>(kMost)) return out;
  for (std::size_t i = 0; axis.low + static_cast<double>(i) * step <= axis.high * (1 + 1e-12) + 1e-12 * step; ++i)
    out.push_back(text_of(axis, axis.low + static_cast<double>(i) * step));
  return out;
}

/// From 0 to 1, the same with every library.
double share(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1.0p-53; }

std::string drawn(const Axis& axis, std::mt19937_64& random) {
  const double at = share(random);
  const std::vector<std::string> values = axis.is_range() && axis.step == 0 ? std::vector<std::string>() : all_of(axis);
  if (!values.empty()) return values[static_cast<std::size_t>(at * static_cast<double>(values.size()))];
  if (axis.log) return text_of(axis, axis.low * std::pow(axis.high / axis.low, at));
  if (axis.whole) return text_of(axis, std::floor(axis.low + at * (axis.high - axis.low + 1)));
  return text_of(axis, axis.low + at * (axis.high - axis.low));
}

}  // namespace

std::optional<Axis> axis_of(const std::string& path, const std::string& values, std::string& fault) {
  Axis axis;
  axis.path = path;
  if (is_range(values)) {
    fault = range_of(values, axis);
    return fault.empty() ? std::optional(axis) : std::nullopt;
  }
  axis.values = parts_of(values);
  for (const std::string& value : axis.values)
    if (value.empty()) fault = "a value is empty";
  return fault.empty() ? std::optional(axis) : std::nullopt;
}

std::optional<std::vector<Setting>> grid(const std::vector<Axis>& axes, std::string& fault) {
  std::vector<Setting> out(1);
  for (const Axis& axis : axes) {
    const std::vector<std::string> values = all_of(axis);
    if (values.empty()) {
      fault = fmt::format(
          "`{}` has no end of values: give its range a step, `LOW..HIGH:STEP`, or draw with `--samples`", axis.path);
      return std::nullopt;
    }
    if (out.size() * values.size() > kMost) {
      fault = fmt::format("there are more than {} combinations: draw some of them with `--samples`", kMost);
      return std::nullopt;
    }
    std::vector<Setting> longer;
    for (const Setting& setting : out)
      for (const std::string& value : values) {
        longer.push_back(setting);
        longer.back().emplace_back(axis.path, value);
      }
    out = std::move(longer);
  }
  return out;
}

std::vector<Setting> samples(const std::vector<Axis>& axes, std::int64_t count, std::int64_t seed) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  std::vector<Setting> out;
  for (std::int64_t i = 0; i < count; ++i) {
    Setting setting;
    for (int tries = 0; tries < kTries; ++tries) {
      setting.clear();
      for (const Axis& axis : axes) setting.emplace_back(axis.path, drawn(axis, random));
      if (std::find(out.begin(), out.end(), setting) == out.end()) break;
    }
    if (std::find(out.begin(), out.end(), setting) != out.end()) break;  // all of them are drawn
    out.push_back(std::move(setting));
  }
  return out;
}

}  // namespace modelc::runs
