// `lr-find`: the learning-rate range test; a plot, the numbers, the advice. Leaves no weights behind.
#include <fmt/format.h>

#include "api.h"
#include "emit/chart.h"
#include "support/whole_file.h"
#include "train/rate_range.h"
#include "train/results.h"

namespace modelc::runtime {
namespace {

using train::RangePoint;
using train::RateAdvice;

constexpr std::int64_t kSteps = 100;

std::string plot(const std::vector<RangePoint>& points, const std::optional<RateAdvice>& advice) {
  emit::Chart chart;
  chart.title = "Loss while the learning rate rises";
  chart.x_label = "learning rate";
  chart.y_label = "loss";
  chart.log_x = true;
  emit::Series& smoothed = chart.series.emplace_back();
  smoothed.name = "smoothed";
  for (const RangePoint& point : points) smoothed.points.push_back({point.lr, point.smoothed});
  emit::Series& losses = chart.series.emplace_back();
  losses.name = "of each step";
  for (const RangePoint& point : points) losses.points.push_back({point.lr, point.loss});
  chart.log_y = emit::wants_log(chart.series);
  if (advice) {
    chart.marks.push_back({advice->steepest, fmt::format("steepest {:.3g}", advice->steepest)});
    chart.marks.push_back({advice->minimum, fmt::format("lowest {:.3g}", advice->minimum)});
  }
  return emit::svg({chart});
}

std::string table(const std::vector<RangePoint>& points) {
  std::string out = "step,lr,loss,smoothed\n";
  for (std::size_t i = 0; i < points.size(); ++i)
    out += fmt::format("{},{:.9g},{:.9g},{:.9g}\n", i + 1, points[i].lr, points[i].loss, points[i].smoothed);
  return out;
}

bool write(const Request& request, const std::vector<RangePoint>& points, const std::optional<RateAdvice>& advice) {
  for (const std::string& path : request.outputs) {
    const std::string text = path.ends_with(".csv") ? table(points) : plot(points, advice);
    if (const std::string why = support::write_atomically(path, {text}); !why.empty()) {
      request.sink->report({}, diag::CannotWriteFile, path, why);
      return false;
    }
  }
  return true;
}

/// nullopt after reporting what has no single rate that could rise.
std::optional<ir::Recipe> recipe_of(const Request& request, std::int64_t steps) {
  const std::vector<ir::Phase>& phases = request.recipe->phases;
  const ir::Training& training = phases.empty() ? request.recipe->training : phases.front().training;
  if (!training.turns.empty()) {
    request.sink->report(training.turns.front().optimizer.span, diag::SettingConflict, "lr-find", "train.turns")
        .help("each optimizer of `turns` has a rate of its own: try some of them with `modelc sweep`");
    return std::nullopt;
  }
  if (!training.optimizer) return *request.recipe;  // reported where the session is opened
  auto recipe = train::rising(*request.recipe, request.range.lowest, request.range.highest, steps);
  if (!recipe)
    request.sink->report(training.optimizer->span, diag::SettingValue, "train.optimizer", "without a learning rate",
                         "an `lr` above 0");
  return recipe;
}

}  // namespace

int lr_find(const Request& request) {
  const std::int64_t steps = request.range.steps.value_or(kSteps);
  const auto recipe = recipe_of(request, steps);
  if (!recipe) return 1;
  Request own = request;
  own.recipe = &*recipe;
  train::Session session(own);
  if (!session.open(true)) return 1;
  try {
    const std::vector<RangePoint> points = train::rate_range(session, steps);
    if (points.empty()) return 1;
    const std::optional<RateAdvice> advice = train::advice_of(points);
    if (!write(request, points, advice)) return 3;
    train::Results results;
    results.add("steps", static_cast<std::int64_t>(points.size()));
    results.add("lr.last", points.back().lr);
    if (advice) {
      results.add("lr.steepest", advice->steepest);
      results.add("lr.minimum", advice->minimum);
      results.add("lr.minimum_tenth", advice->minimum / 10);
    } else if (!request.quiet) {
      fmt::print(stderr, "the loss never fell: there is nothing to advise\n");
    }
    return results.print(request.json) ? 0 : 3;
  } catch (const exec::RuntimeFault& fault) {
    return data::report_fault(fault, *request.sink);
  }
}

}  // namespace modelc::runtime
