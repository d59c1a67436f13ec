// Memory that was not there: told from every other fault, with how much was asked for, and by whom. LibTorch's
// allocator has no type of its own for it.
#pragma once

#include <exception>
#include <optional>
#include <string>

#include "support/source.h"

namespace modelc::build {

/// Ends every command with the exit code of a failure at run time.
class OutOfMemory : public std::exception {
 public:
  OutOfMemory(support::Span span, std::string message) : span_(span), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  support::Span span() const { return span_; }

 private:
  support::Span span_;
  std::string message_;
};

/// With which every such message begins.
inline constexpr const char* kOutOfMemory = "out of memory";

/// `out of memory: there is no room for 6.4 GB`; nullopt for any other fault.
std::optional<std::string> memory_fault(const std::exception& thrown);
bool speaks_of_memory(const std::exception& thrown);
/// `6.4 GB`.
std::string bytes_words(double bytes);
/// What this machine, or the part of it that the process may use, has; nullopt where that is not known.
std::optional<double> machine_memory();

/// What `make` gives. Where there is no room for it, the message names `what`, which takes so many bytes.
template <class Make>
auto with_room(const std::string& what, support::Span span, double bytes, const Make& make) {
  try {
    return make();
  } catch (const std::exception& thrown) {
    if (!memory_fault(thrown)) throw;
    throw OutOfMemory(
        span, std::string(kOutOfMemory) + ": there is no room for " + what + ", which takes " + bytes_words(bytes));
  }
}

}  // namespace modelc::build
