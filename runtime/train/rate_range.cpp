#include "train/rate_range.h"

#include <algorithm>
#include <cmath>

#include "train/phase.h"
#include "train/progress.h"

namespace modelc::train {
namespace {

constexpr double kSmoothing = 0.98, kDiverged = 4;

/// The factor of the stated rate at a step.
class Rising final : public ir::Factor {
 public:
  Rising(double first, double last, std::int64_t steps) : first_(first), last_(last), steps_(steps) {}
  std::optional<double> at(std::int64_t step, std::int64_t) override {
    const double share = steps_ > 1 ? static_cast<double>(step - 1) / static_cast<double>(steps_ - 1) : 0;
    return first_ * std::pow(last_ / first_, share);
  }

 private:
  double first_, last_;
  std::int64_t steps_;
};

/// The mean of what there was so far, later steps counting more; as Adam corrects its beginning.
class Smoothed {
 public:
  double add(double loss) {
    mean_ = kSmoothing * mean_ + (1 - kSmoothing) * loss;
    return mean_ / (1 - std::pow(kSmoothing, ++count_));
  }

 private:
  double mean_ = 0;
  int count_ = 0;
};

}  // namespace

std::optional<ir::Recipe> rising(const ir::Recipe& recipe, double lowest, double highest, std::int64_t steps) {
  ir::Recipe out = recipe;
  if (out.phases.size() > 1) out.phases.erase(out.phases.begin() + 1, out.phases.end());
  ir::Training& training = out.phases.empty() ? out.training : out.phases.front().training;
  const double base = Arguments(training.optimizer->args).number("lr");
  if (!(base > 0)) return std::nullopt;
  ir::Schedule schedule;
  schedule.factor = std::make_shared<Rising>(lowest / base, highest / base, steps);
  schedule.span = training.optimizer->span;
  training.schedule = schedule;
  for (ir::ParameterGroup& group : training.groups) group.schedule.reset();
  training.epochs.reset();
  training.steps = steps;
  return out;
}

std::vector<RangePoint> rate_range(Session& session, std::int64_t steps) {
  const ir::Training& training = session.phase().training;
  Stepper stepper(session);
  if (!can_train(session, stepper)) return {};
  stepper.expect_divergence();
  Progress progress(session.request().terminal, session.request().quiet);
  std::vector<RangePoint> out;
  RunState state;
  std::vector<data::Batch> batches;
  Smoothed smoothed;
  double best = std::numeric_limits<double>::infinity();
  while (state.step < steps) {
    if (state.batch >= static_cast<std::int64_t>(batches.size())) {
      if (!batches.empty()) ++state.epoch;
      batches = batches_of(session, state.epoch);
      stepper.begin_epoch(batches, 0, state.epoch);
      state.batch = 0;
    }
    session.tree().train(true);
    ++state.step;
    state.sums = {};
    const std::int64_t left = static_cast<std::int64_t>(batches.size()) - state.batch;
    const std::int64_t taken = std::min(training.batching.accumulate, left);
    if (!stepper.step({batches, static_cast<std::size_t>(state.batch), static_cast<std::size_t>(taken)}, state)) break;
    state.batch += taken;
    const double loss = state.sums.loss(), mean = smoothed.add(loss);
    out.push_back({stepper.rate(), loss, mean});
    progress.step({"lr-find", state.step, steps, state.step, steps, loss});
    if (mean > kDiverged * best && best > 0) break;
    best = std::min(best, mean);
  }
  progress.wipe();
  return out;
}

std::optional<RateAdvice> advice_of(const std::vector<RangePoint>& points) {
  // Before a tenth of the steps the loss is smoothed over too few of them; behind its lowest point it rises.
  const std::size_t first = std::max<std::size_t>(points.size() / 10, 1);
  if (points.size() <= first) return std::nullopt;
  const auto lower = [](const RangePoint& a, const RangePoint& b) { return a.smoothed < b.smoothed; };
  const auto begin = points.begin() + static_cast<std::ptrdiff_t>(first);
  const auto lowest = std::min_element(begin, points.end(), lower);
  std::optional<RateAdvice> out;
  double steepest = 0;
  for (auto point = begin; point < lowest; ++point) {
    const RangePoint &before = *(point - 1), &behind = *(point + 1);
    const double slope = (behind.smoothed - before.smoothed) / std::log10(behind.lr / before.lr);
    if (!(slope < steepest)) continue;
    steepest = slope;
    out = RateAdvice{point->lr, lowest->lr};
  }
  return out;
}

}  // namespace modelc::train
