#include "train/rate_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "plan/fault.h"

namespace modelc::train {
namespace {

using catalogue::ScheduleId;

/// PyTorch's annealing from one value to another.
double along_cosine(double from, double to, double share) {
  return to + (from - to) / 2 * (std::cos(std::numbers::pi * share) + 1);
}

/// torch.optim.lr_scheduler.OneCycleLR, which rises and falls along cosines.
double one_cycle(const Arguments& a, double at, double steps) {
  const double most = a.number("max_lr"), first = most / a.number("div_factor", 25);
  const double last = first / a.number("final_div_factor", 1e4);
  const double top = a.number("pct_start", 0.3) * steps - 1, end = steps - 1;
  if (at <= top) return along_cosine(first, most, top > 0 ? at / top : 1);
  return along_cosine(most, last, end > top ? (at - top) / (end - top) : 1);
}

}  // namespace

RateSchedule::RateSchedule(const ir::Schedule& schedule, Length length)
    : factor_(schedule.factor), span_(schedule.span) {
  std::int64_t begin = 0;
  for (const ir::SchedulePart& given : schedule.parts) {
    Arguments::Given args = given.args;
    for (const auto& [name, epochs] : given.in_epochs) {
      const double steps = std::max(1.0, std::round(epochs * static_cast<double>(length.epoch_steps)));
      for (auto& [known, value] : args)
        if (known == name) value = static_cast<std::int64_t>(steps);
    }
    Part part;
    part.kind = given.kind;
    part.arguments = Arguments(args);
    part.begin = begin;
    part.steps = std::max<std::int64_t>(
        static_cast<std::int64_t>(part.arguments.number("steps", static_cast<double>(length.steps - begin))), 1);
    begin += part.steps;
    parts_.push_back(std::move(part));
  }
}

std::size_t RateSchedule::part_of(std::int64_t at) const {
  std::size_t found = 0;
  while (found + 1 < parts_.size() && at >= parts_[found + 1].begin) ++found;
  return found;
}

double RateSchedule::rate(double lr, std::int64_t step, std::int64_t epoch) const {
  if (factor_) {
    const std::optional<double> factor = factor_->at(step, epoch);
    if (!factor) throw plan::Fault(span_, "the schedule gives no rate");
    return lr * *factor;
  }
  if (parts_.empty()) return lr;
  const Part& part = parts_[part_of(step - 1)];
  return part.rate(lr, step - 1 - part.begin);
}

double RateSchedule::Part::rate(double lr, std::int64_t at) const {
  const auto whole = static_cast<double>(steps);
  const double t = std::min(static_cast<double>(at), whole), share = t / whole;
  const double least = arguments.number("min_lr");
  switch (kind) {
    case ScheduleId::Warmup: {
      const double start = arguments.number("start");
      return lr * (start + (1 - start) * share);
    }
    case ScheduleId::Constant:
      return lr * arguments.number("factor", 1);
    case ScheduleId::Linear:
      return least + (lr - least) * (1 - share);
    case ScheduleId::Cosine:
      return along_cosine(lr, least, share);
    case ScheduleId::Step:
      return lr * std::pow(arguments.number("gamma", 0.1), std::floor(t / arguments.number("every", 1)));
    case ScheduleId::Exponential:
      return lr * std::pow(arguments.number("gamma", 1), t);
    case ScheduleId::Polynomial:
      return least + (lr - least) * std::pow(1 - share, arguments.number("power", 1));
    case ScheduleId::OneCycle:
      return one_cycle(arguments, std::min(t, whole - 1), whole);
    case ScheduleId::Plateau: {
      // Cut by cut, as torch.optim.lr_scheduler.ReduceLROnPlateau: what would change next to nothing is left.
      double now = lr;
      for (double i = 0; i < cuts; ++i) {
        const double next = std::max(now * arguments.number("factor", 0.1), least);
        if (now - next > 1e-8) now = next;
      }
      return now;
    }
    case ScheduleId::Epochs:
      break;
  }
  return lr;
}

void RateSchedule::Part::judge(double figure) {
  const double threshold = arguments.number("threshold", 1e-4);
  const bool better = std::isnan(best) ||
                      (arguments.flag("higher") ? figure > best * (1 + threshold) : figure < best * (1 - threshold));
  if (better) {
    best = figure;
    waited = 0;
    return;
  }
  if (++waited <= arguments.number("patience", 10)) return;
  waited = 0;
  ++cuts;
}

void RateSchedule::judge(std::int64_t step, const Figures& figures) {
  if (parts_.empty()) return;
  Part& part = parts_[part_of(step - 1)];
  if (part.kind != ScheduleId::Plateau) return;
  const auto found = figures.find(part.arguments.value("metric").as_string());
  if (found != figures.end()) part.judge(found->second);
}

std::vector<double> RateSchedule::state() const {
  std::vector<double> out;
  for (const Part& part : parts_) out.insert(out.end(), {part.best, part.waited, part.cuts});
  return out;
}

void RateSchedule::restore(const std::vector<double>& state) {
  for (std::size_t i = 0; i < parts_.size() && 3 * i + 2 < state.size(); ++i) {
    parts_[i].best = state[3 * i];
    parts_[i].waited = state[3 * i + 1];
    parts_[i].cuts = state[3 * i + 2];
  }
}

}  // namespace modelc::train
