// Numbers of things in a message: `1 argument`, `2 arguments`.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace modelc::support {

/// `number` may be a text, as a size of symbols is. `noun` is one thing; several of them have an `s` more, or `es`
/// after a hiss.
template <class Number>
std::string counted(const Number& number, std::string_view noun) {
  const std::string text = fmt::format("{}", number);
  if (text == "1") return fmt::format("1 {}", noun);
  return fmt::format("{} {}{}", text, noun, noun.ends_with('s') || noun.ends_with('x') ? "es" : "s");
}

}  // namespace modelc::support
