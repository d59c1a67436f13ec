// How messages call an operator.
#pragma once

#include <string>
#include <string_view>

namespace modelc::ops {

/// A method is called by its own name: `split`, not `Tensor.split`.
inline std::string spoken(const std::string& name) {
  constexpr std::string_view kMethod = "Tensor.";
  return name.starts_with(kMethod) ? name.substr(kMethod.size()) : name;
}

}  // namespace modelc::ops
