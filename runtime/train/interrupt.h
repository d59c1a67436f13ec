// Signals while training. SIGINT and SIGTERM: the first asks for a stop after the step, the second ends the process at
// once. SIGHUP asks for a checkpoint, and the training goes on: closing a terminal loses nothing. One that is ignored
// when the guard begins (`nohup`, a background job of a script) stays ignored.
#pragma once

namespace modelc::train {

class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  static bool requested();
  /// True once for each SIGHUP since the last call.
  static bool save_requested();
};

}  // namespace modelc::train
