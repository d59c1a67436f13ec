// How messages call an operator.
#pragma once

#include <string_view>
#include <utility>

namespace modelc::ops {

/// A method is called by its own name: `split`, not `Tensor.split`; what is written without a name by what is written.
inline std::string_view spoken(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kWritten[] = {
      {"_index", "[…]"}, {"_positions", "[…]"}, {"_scan", "scan"}, {"_scanned", "scan"}};
  for (const auto& [own, written] : kWritten)
    if (name == own) return written;
  constexpr std::string_view kMethod = "Tensor.";
  return name.starts_with(kMethod) ? name.substr(kMethod.size()) : name;
}

}  // namespace modelc::ops
