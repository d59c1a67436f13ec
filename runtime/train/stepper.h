// One step of the optimiser: the batches it takes, their loss and gradients, clipping, the update.
#pragma once

#include "train/optimizer.h"
#include "train/run_state.h"
#include "train/session.h"

namespace modelc::train {

class Stepper {
 public:
  Stepper(Session& session, Length length);

  /// What one step takes: `count` batches from `first` on.
  struct Batches {
    const data::Batch* first = nullptr;
    std::size_t count = 0;
  };
  /// The step that `state` counts, on rows of its epoch; adds its figures to the state. False where the loss is not
  /// finite, which is reported; nothing is changed then.
  bool step(const Batches& batches, RunState& state);

  Optimizer& optimizer() { return optimizer_; }

 private:
  struct NotFinite {
    const data::Batch* batch;
    double loss;
  };
  at::Tensor evaluate(const Batches& batches, Sums* sums);
  void report(const NotFinite& found, std::int64_t step);

  Session& session_;
  const ir::Training& training_;
  Optimizer optimizer_;
};

}  // namespace modelc::train
