// What is wrong with one YAML text, gathered while it is read. Each fault goes on to the sink; how many there are, and
// how far into the file they reach, the reader keeps as values of its own.
#pragma once

#include <algorithm>

#include "diagnostics/sink.h"

namespace modelc::syntax {

class Faults {
 public:
  explicit Faults(diagnostics::Sink& sink) : sink_(sink) {}

  template <diagnostics::TypedRow R, class... Args>
  diagnostics::Report report(support::Span span, const R& row, Args&&... args) {
    ++count_;
    furthest_ = std::max(furthest_, span.end);
    return sink_.report(span, row, std::forward<Args>(args)...);
  }

  bool none() const { return count_ == 0; }
  /// More than anybody reads: a hostile text must not fill the memory with reports.
  bool too_many() const { return count_ > diagnostics::Sink::kMost; }
  /// The end of the one that reaches furthest into its file.
  std::uint32_t furthest() const { return furthest_; }

 private:
  diagnostics::Sink& sink_;
  std::size_t count_ = 0;
  std::uint32_t furthest_ = 0;
};

}  // namespace modelc::syntax
