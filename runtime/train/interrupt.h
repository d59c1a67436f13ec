// SIGINT and SIGTERM while training: the first asks for a stop after the step, the second ends the process at once.
#pragma once

namespace modelc::train {

class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  static bool requested();
};

}  // namespace modelc::train
