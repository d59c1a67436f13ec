// What stops a run: a fault of what was fed or of a kernel, with the place in the description that it concerns.
#pragma once

#include <stdexcept>
#include <string>

#include "support/source.h"

namespace modelc::plan {

class Fault : public std::runtime_error {
 public:
  Fault(support::Span span, const std::string& message) : std::runtime_error(message), span_(span) {}
  support::Span span() const { return span_; }

 private:
  support::Span span_;
};

}  // namespace modelc::plan
