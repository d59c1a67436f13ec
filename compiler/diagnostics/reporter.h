// A sink as one phase sees it: what it reports goes on to the sink, and the phase knows as a value whether it found a
// fault itself. What a phase may conclude hangs on that value, never on what stands in the sink.
#pragma once

#include <algorithm>

#include "diagnostics/sink.h"

namespace modelc::diagnostics {

class Reporter {
 public:
  explicit Reporter(Sink& sink) : sink_(sink) {}

  template <TypedRow R, class... Args>
  Report report(Span span, const R& row, Args&&... args) {
    if constexpr (R::row.severity == Severity::Error) {
      ++errors_;
      furthest_ = std::max(furthest_, span.end);
    }
    return sink_.report(span, row, std::forward<Args>(args)...);
  }
  /// What another reader reported on this phase's behalf is a fault of the phase.
  void found_fault() { ++errors_; }
  void absorb(Sink&& other) { sink_.absorb(std::move(other)); }

  /// An error was reported here; what was told to sink() directly (expressions, which leave a Hole) does not count.
  bool faulty() const { return errors_ != 0; }
  std::size_t errors() const { return errors_; }
  /// The end of the error that reaches furthest into its file.
  std::uint32_t furthest() const { return furthest_; }
  Sink& sink() const { return sink_; }
  operator Sink&() const { return sink_; }  // NOLINT(google-explicit-constructor): for functions that take a sink

 private:
  Sink& sink_;
  std::size_t errors_ = 0;
  std::uint32_t furthest_ = 0;
};

}  // namespace modelc::diagnostics
