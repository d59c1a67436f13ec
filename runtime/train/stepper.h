// One step: the batches it takes, their loss and gradients, clipping, the update; with several optimisers, their turns.
#pragma once

#include "train/feeder.h"
#include "train/optimizer.h"
#include "train/run_state.h"
#include "train/session.h"

namespace modelc::train {

class Stepper {
 public:
  Stepper(Session& session, Length length);

  /// What one step takes: `count` batches from `first` on.
  struct Batches {
    const std::vector<data::Batch>& all;
    std::size_t first = 0, count = 0;
  };
  /// Of an epoch, from one on.
  void begin_epoch(const std::vector<data::Batch>& batches, std::size_t from, std::int64_t epoch) {
    feeder_.begin(batches, from, epoch);
  }
  /// How long steps waited for what their batches feed.
  std::chrono::duration<double> waited() const { return feeder_.waited(); }
  /// The step that `state` counts, on rows of its epoch; adds its figures to the state. False where the loss is not
  /// finite, which is reported; nothing is changed then.
  bool step(const Batches& batches, RunState& state);

  /// How many values train.
  std::int64_t parameters() const;
  /// After a validation: schedules that wait for a figure look at it.
  void judge(std::int64_t step, const Figures& figures);
  weights::NamedTensors state() const;
  void restore(const std::map<std::string, at::Tensor>& state);

 private:
  /// An optimiser and what it makes small: all of the loss, or the term of its name.
  struct Turn {
    std::string term;
    Optimizer optimizer;
    std::int64_t every = 1, times = 1;
    /// Its states stand below the turn's name.
    std::string prefix() const { return term.empty() ? "" : term + "."; }
  };
  struct NotFinite {
    const Turn* turn;
    const data::Batch* batch;
    double loss;
  };
  /// Gradients of one measure of the loss, and by what they are to be divided.
  struct Gradients {
    std::vector<at::Tensor> sums;
    double counted = 0;
  };
  void take(Turn& turn, const Batches& batches, const RunState& state, LossSums& sums);
  Evaluation run(const Turn& turn, const data::Batch& batch, std::size_t at);
  at::Tensor evaluate(Turn& turn, const Batches& batches, LossSums* sums);
  using ByMeasure = std::map<std::string, Gradients, std::less<>>;
  static void add_gradients(Optimizer& optimizer, const std::vector<ShareValue>& shares, ByMeasure& measures);
  static void set_gradients(Optimizer& optimizer, const ByMeasure& measures);
  void report(const NotFinite& found, std::int64_t step);

  Session& session_;
  const ir::Training& training_;
  std::vector<std::pair<std::string, at::Tensor>> trainable_;
  std::vector<Turn> turns_;
  Feeder feeder_;
};

}  // namespace modelc::train
