// Where a training stands between two steps: everything beside the model, the optimiser and the random state that a run
// needs to go on as if it had never stopped. As tensors, so that no number is rounded.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "ir/recipe.h"
#include "train/loss_sums.h"
#include "train/moment.h"
#include "train/rate_schedule.h"
#include "weights/tensor_file.h"

namespace modelc::train {

/// The loss and, where there are several, its terms by name: `train.loss`.
Figures figures_of(const std::string& split, const LossSums& sums, const std::vector<std::string>& term_names);

/// The best figure so far, and for how many validations the one that stops has not improved.
struct Judgement {
  double best = std::numeric_limits<double>::quiet_NaN(), stopping = best;
  double train_loss = best;  // of the best moment
  Moment at;                 // of the best; step 0: none yet
  std::int64_t waited = 0;

  /// Whether the figures are the best ones; takes them over. Where nothing is compared the last ones are.
  bool is_best(const ir::Figure& figure, const Figures& figures, Moment now);
  /// What stops a phase is that phase's; the best so far stays it where the same figure is compared.
  void begin_phase(bool same_figure);
  /// Whether the training is to end for want of improvement.
  bool stops(const ir::Stop& stop, const Figures& figures);
};

/// A stage of the training, and what was done before it began.
struct PhaseBegun {
  std::int64_t number = 0, step = 0, epoch = 0;
};

struct RunState {
  std::int64_t epoch = 1, step = 0;
  std::int64_t batch = 0;  // batches of the epoch that are done
  bool due = false;        // what is due after the last step has not been done
  bool stopped = false;
  std::int64_t metrics_bytes = 0, threads = 1;
  std::int64_t validated = 0;  // the last step behind which there was a validation
  LossSums sums;               // of the training's steps since the last row of metrics.csv
  double train_loss = std::numeric_limits<double>::quiet_NaN();  // of that row
  Judgement judgement;
  PhaseBegun phase;

  /// The last step, and the epoch in which it was taken.
  Moment moment() const { return {batch == 0 ? epoch - 1 : epoch, step}; }
  weights::NamedTensors tensors() const;
  /// False where a tensor is missing or too small.
  bool restore(const std::map<std::string, at::Tensor>& tensors);
};

}  // namespace modelc::train
