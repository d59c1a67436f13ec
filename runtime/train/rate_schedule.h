// The learning rate at a step: what `train.schedule` says, with the numbers of torch.optim.lr_scheduler where both have
// a schedule. Parts follow one another; each counts its steps from 0, and once the last one has ended its value stays.
#pragma once

#include <limits>
#include <map>
#include <string>

#include "ir/recipe.h"
#include "train/update_rule.h"

namespace modelc::train {

/// How long a training is planned to be.
struct Length {
  std::int64_t steps = 1;        // in all
  std::int64_t epoch_steps = 1;  // in one epoch
};

/// The figures of a validation by name: `valid.loss`.
using Figures = std::map<std::string, double>;

class RateSchedule {
 public:
  /// A constant rate.
  RateSchedule() = default;
  RateSchedule(const ir::Schedule& schedule, Length length);

  /// For an optimiser's `lr` at a step (from 1) of an epoch (from 0). Throws exec::RuntimeFault where an expression
  /// gives no rate.
  double rate(double lr, std::int64_t step, std::int64_t epoch) const;
  /// After a validation behind `step`: parts that wait for a figure look at it.
  void judge(std::int64_t step, const Figures& figures);

  /// What it has learned from validations: three numbers for each part.
  std::vector<double> state() const;
  void restore(const std::vector<double>& state);

 private:
  struct Part {
    catalogue::ScheduleId kind = catalogue::ScheduleId::Constant;
    Arguments arguments;
    std::int64_t begin = 0, steps = 1;  // of the training's steps, counted from 0
    double best = std::numeric_limits<double>::quiet_NaN(), waited = 0, cuts = 0;  // plateau

    double rate(double lr, std::int64_t at) const;
    void judge(double figure);
  };
  std::size_t part_of(std::int64_t at) const;

  std::vector<Part> parts_;
  std::shared_ptr<ir::Factor> factor_;
  support::Span span_;
};

}  // namespace modelc::train
