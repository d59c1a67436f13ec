#include "types/device.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>

namespace modelc::types {

bool is_device(std::string_view word) {
  if (std::find(std::begin(kDevices), std::end(kDevices), word) != std::end(kDevices)) return true;
  if (!word.starts_with(kNumberedDevice) || !word.substr(kNumberedDevice.size()).starts_with(':')) return false;
  word.remove_prefix(kNumberedDevice.size() + 1);
  std::uint16_t index = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
  return error == std::errc() && end == word.data() + word.size();
}

std::string device_pattern() {
  std::string kinds;
  for (const std::string_view kind : kDevices) {
    kinds += kinds.empty() ? "" : "|";
    kinds += kind;
    if (kind == kNumberedDevice) kinds += "(:[0-9]+)?";
  }
  return "^(" + kinds + ")$";
}

}  // namespace modelc::types
