// The learning-rate range test (Smith 2015, as fastai does it): the rate rises exponentially from step to step, and
// where the loss falls fastest is a good one to train with.
#pragma once

#include "train/session.h"

namespace modelc::train {

/// One step: its rate, its loss before the update, and the loss smoothed over the steps so far.
struct RangePoint {
  double lr = 0, loss = 0, smoothed = 0;
};

/// What the curve says; nullopt where the loss never fell.
struct RateAdvice {
  double steepest = 0;  // where the smoothed loss falls fastest along the logarithm of the rate
  double minimum = 0;   // where it is lowest: too high a rate to train with, a tenth of it is the usual advice
};

/// The steps of the test, fewer where the loss diverged before the last one. `base` is the rate that the recipe states:
/// every group's rate rises in proportion. Changes the weights of the session.
std::vector<RangePoint> rate_range(Session& session, std::int64_t steps);

std::optional<RateAdvice> advice_of(const std::vector<RangePoint>& points);

/// The recipe as the test trains with it: the rate rises from `lowest` to `highest`, and nothing else moves it.
/// Of phases the first one. nullopt
/// where its optimizer states no rate above 0.
std::optional<ir::Recipe> rising(const ir::Recipe& recipe, double lowest, double highest, std::int64_t steps);

}  // namespace modelc::train
