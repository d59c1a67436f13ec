// A text that is put together where it is read. Most of what a message might say is never said.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

namespace modelc::support {

/// A text, or a function that makes it. Refers to what it is given and keeps nothing: a parameter, or beside what it
/// refers to.
class LateText {
 public:
  LateText(const char* text) : text_(text) {}         // NOLINT
  LateText(const std::string& text) : text_(text) {}  // NOLINT
  template <class Make>
  requires std::is_invocable_r_v<std::string, const Make&> LateText(const Make& make)  // NOLINT
      : given_(&make), make_([](const void* given) { return std::string((*static_cast<const Make*>(given))()); }) {}

  std::string str() const { return make_ ? make_(given_) : std::string(text_); }

 private:
  std::string_view text_;
  const void* given_ = nullptr;
  std::string (*make_)(const void*) = nullptr;
};

}  // namespace modelc::support
