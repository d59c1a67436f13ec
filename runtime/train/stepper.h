// One step: the batches it takes, their loss and gradients, clipping, the update; with several optimisers, their turns.
#pragma once

#include "train/divergence.h"
#include "train/feeder.h"
#include "train/optimizer.h"
#include "train/run_state.h"
#include "train/session.h"

namespace modelc::train {

class Stepper {
 public:
  /// Of the first phase.
  explicit Stepper(Session& session);
  /// Goes on with another phase: states of the optimiser are kept for parameters that stay trainable, as long as it is
  /// the same optimiser; schedules begin anew.
  void enter(std::size_t phase);
  /// How long the phase is planned to be.
  const Length& length() const { return length_; }

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
  /// The step that `state` counts, on rows of its epoch; adds its figures to the state. False where the loss or a
  /// gradient is not finite, which is reported; no parameter is changed by it then.
  bool step(const Batches& batches, RunState& state);

  /// A loss that is not finite is no fault, and not reported.
  void expect_divergence() { may_diverge_ = true; }
  /// Of the last step, and the parameters without a group.
  double rate() const { return turns_.front().optimizer.rate(); }

  /// How many values train.
  std::int64_t parameters() const;
  /// After a validation: schedules that wait for a figure look at it.
  void judge(std::int64_t step, const Figures& figures);
  weights::NamedTensors state() const;
  void restore(const std::map<std::string, at::Tensor>& state);
  /// What goes into the next batch: `0.state` of the data's first part.
  weights::NamedTensors carried() const;
  void restore_carried(const std::map<std::string, at::Tensor>& carried);

 private:
  /// What moves towards what, and how much of it stays.
  struct Followers {
    std::vector<std::pair<at::Tensor, at::Tensor>> pairs;
    double decay = 0;
    void move();
  };
  /// An optimiser and what it makes small: all of the loss, or the term of its name.
  struct Turn {
    std::string term;
    catalogue::OptimizerId id;
    Optimizer optimizer;
    std::int64_t every = 1, times = 1;
    Followers followers = {};  // instead of a loss
    /// Its states stand below the turn's name.
    std::string prefix() const { return term.empty() ? "" : term + "."; }
  };
  using CarriedByPart = std::map<std::size_t, Carried>;
  /// Gradients of one measure of the loss, and by what they are to be divided.
  struct Gradients {
    std::vector<at::Tensor> sums;
    double counted = 0;
  };
  const ir::Training& training() const { return session_.phase().training; }
  std::vector<Turn> make_turns() const;
  Followers followers_of(const ir::Following& follows) const;
  void take(Turn& turn, const Batches& batches, const RunState& state, LossSums& sums);
  Evaluation run(const Turn& turn, const data::Batch& batch, std::size_t at, CarriedByPart& carried);
  at::Tensor evaluate(Turn& turn, const Batches& batches, LossSums* sums);
  using ByMeasure = std::map<std::string, Gradients, std::less<>>;
  static void add_gradients(Optimizer& optimizer, const std::vector<ShareValue>& shares, ByMeasure& measures);
  static void set_gradients(Optimizer& optimizer, const ByMeasure& measures);

  Session& session_;
  Length length_;
  std::vector<Turn> turns_;
  CarriedByPart carried_;     // into the next batch
  CarriedByPart carries_;     // into the one behind it, as the last evaluation gave it
  std::vector<Taken> taken_;  // of the last evaluation
  Feeder feeder_;
  bool may_diverge_ = false;
};

}  // namespace modelc::train
