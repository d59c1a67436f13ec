// Dotted paths of the module tree: `stream1.linear.weight`.
#pragma once

#include <string>
#include <string_view>

namespace modelc::support {

/// `name` below `path`; either may be empty.
inline std::string joined_path(std::string_view path, std::string_view name) {
  std::string whole(path);
  if (!path.empty() && !name.empty()) whole += '.';
  return whole += name;
}

}  // namespace modelc::support
