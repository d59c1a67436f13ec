// A step that cannot be taken: its loss or a gradient is not finite. Says where that came from, by running once more
// what the step had run, with the same rows and the same draws. Reports M8112, M8162.
#pragma once

#include "train/joint_step.h"
#include "train/session.h"

namespace modelc::train {

/// One batch of a step, as it can be run again.
struct Taken {
  const data::Batch* batch = nullptr;
  std::string term;  // of the loss; empty: all of them
  Carried carried;   // into the batch
  at::Tensor random;
  std::vector<at::Tensor> fed;
};

struct LossNotFinite {
  Taken taken;
  double loss = 0, rate = 0;
};

/// Thrown before the optimiser has seen the gradients.
struct GradientNotFinite {
  std::vector<Taken> taken;
  std::string parameter;
  bool nan = false;
};

/// The first parameter whose gradient is not finite; nullopt where all are.
std::optional<std::pair<std::string, bool>> non_finite_gradient(const Parameters& parameters);

void report(Session& session, const LossNotFinite& found, std::int64_t step);
void report(Session& session, const GradientNotFinite& found, std::int64_t step);

}  // namespace modelc::train
