// A text that is a number as a whole.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "types/constant.h"

namespace modelc::types {

/// nullopt where the text is no number, or one that does not fit.
inline std::optional<Constant> number_in(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto read = std::from_chars(text.data(), end, whole); read.ec == std::errc() && read.ptr == end)
    return Constant(whole);
  double real = 0;
  const auto read = std::from_chars(text.data(), end, real);
  if (read.ec == std::errc() && read.ptr == end && std::isfinite(real)) return Constant(real);
  return std::nullopt;
}

}  // namespace modelc::types
