// What a user sees on standard error while training: a bar on a terminal, else a line per epoch.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "train/rate_schedule.h"

namespace modelc::train {

/// What the bar says: how far an epoch and the training are, and the figures so far.
struct Standing {
  std::string title;                 // `epoch 3/20`
  std::int64_t done = 0, of = 0;     // batches of the epoch
  std::int64_t step = 0, steps = 0;  // of the training
  double loss = 0;
};

/// The bar without its end: as wide as a terminal's line of so many columns at most.
std::string bar_text(const Standing& standing, double rate, double seconds_left, const Figures& figures,
                     std::size_t width);
/// `0:07`, `1:02:03`, `2d 03:04`; `?` for what is not known.
std::string duration_text(double seconds);

class Progress {
 public:
  Progress(bool terminal, bool quiet) : terminal_(terminal), quiet_(quiet) {}
  /// After a step: draws the bar at most ten times a second.
  void step(const Standing& standing);
  /// The figures of a validation, which the bar goes on to show.
  void measured(const Figures& figures);
  /// A whole line; the bar is wiped first.
  void line(const std::string& text);
  void wipe();

 private:
  bool terminal_, quiet_, drawn_ = false;
  Figures figures_;
  std::int64_t first_step_ = -1;  // the one behind which the time is counted
  std::chrono::steady_clock::time_point begun_{}, last_{};
};

}  // namespace modelc::train
