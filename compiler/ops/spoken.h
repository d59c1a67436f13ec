// How messages call an operator.
#pragma once

#include <string_view>

namespace modelc::ops {

/// A method is called by its own name: `split`, not `Tensor.split`.
inline std::string_view spoken(std::string_view name) {
  constexpr std::string_view kMethod = "Tensor.";
  return name.starts_with(kMethod) ? name.substr(kMethod.size()) : name;
}

}  // namespace modelc::ops
