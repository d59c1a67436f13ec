// What a user sees on standard error while training: a bar on a terminal, else a line per epoch.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace modelc::train {

class Progress {
 public:
  Progress(bool terminal, bool quiet) : terminal_(terminal), quiet_(quiet) {}
  /// After a step: draws the bar at most ten times a second.
  void step(const std::string& title, std::int64_t done, std::int64_t of, double loss);
  /// A whole line; the bar is wiped first.
  void line(const std::string& text);

 private:
  void wipe();
  bool terminal_, quiet_, drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace modelc::train
