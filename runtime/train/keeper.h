// What a run keeps on the disk beside its figures: the best and the last weights, and from what it goes on.
#pragma once

#include <chrono>

#include "train/average.h"
#include "train/checkpoint.h"
#include "train/run_signature.h"
#include "train/stepper.h"

namespace modelc::train {

class Keeper {
 public:
  Keeper(Session& session, Stepper& stepper, Average& average, RunFolder& folder)
      : session_(session), stepper_(stepper), average_(average), folder_(folder) {}

  /// How many threads computed the run that is to go on, from the first step: what is fitted to the data is summed by
  /// them, too. nullopt where that is not known.
  static std::optional<int> threads_of_run(const runtime::Request& request);

  /// Begins: what the run is held against when it goes on.
  void begin();
  /// Takes everything over that the run in the folder had reached; false after reporting.
  bool go_on(RunState& state);

  /// The weights as they are now are the best ones; they are written with the next checkpoint.
  void keep_best(Moment now);
  /// The three below: false after reporting what could not be written or read.
  bool flush_best();
  /// Before what is measured at the end alone: the best weights so far are what a run that goes on has.
  bool set_best_aside();
  bool save(RunState& state);
  /// The best weights take the place of the last ones; `at` becomes their moment.
  bool load_best(Moment& at);

  /// Whether a save is due behind a step: at those of `every`, else at ends of epochs that lie apart, and now and then.
  bool is_due(std::int64_t step, const std::optional<std::int64_t>& every, bool epoch_ends) const;
  /// The first parameter or buffer that is not finite, or empty: no such state may replace a good checkpoint.
  std::string non_finite_tensor() const;
  std::string best_path() const;
  std::string last_path() const;

 private:
  bool fail(const std::string& file, const std::string& why);
  bool refuse(const std::string& why);
  bool save_now(RunState& state);
  bool write_weights(const std::string& path, const weights::NamedTensors& tensors, Moment at);
  bool restore(const Checkpoint& checkpoint, RunState& state);
  bool restore_files(const Checkpoint& checkpoint, RunState& state);

  Session& session_;
  Stepper& stepper_;
  Average& average_;
  RunFolder& folder_;
  Signature signature_;
  weights::NamedTensors best_;
  Moment best_at_;
  std::chrono::steady_clock::time_point saved_{};  // or long enough before the beginning for a first one
  std::chrono::steady_clock::duration saving_{};   // how long that took
};

}  // namespace modelc::train
