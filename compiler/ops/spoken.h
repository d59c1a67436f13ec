// How messages call an operator.
#pragma once

#include <string_view>
#include <utility>

namespace modelc::ops {

/// A method is called by its own name: `split`, not `Tensor.split`; a function of a feed without the mark that tells it
/// from torch's; what is written without a name by what is written.
inline std::string_view spoken(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kWritten[] = {
      {"_index", "[…]"}, {"_positions", "[…]"}, {"_scan", "scan"}, {"_scanned", "scan"}};
  for (const auto& [own, written] : kWritten)
    if (name == own) return written;
  for (const std::string_view mark : {std::string_view("Tensor."), std::string_view("_feed_")})
    if (name.starts_with(mark)) return name.substr(mark.size());
  return name;
}

}  // namespace modelc::ops
