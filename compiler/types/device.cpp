#include "types/device.h"

#include <charconv>
#include <cstdint>

namespace modelc::types {

bool is_device(std::string_view word) {
  for (const std::string_view known : {"cpu", "cuda", "mps", "xpu"}) {
    if (word == known) return true;
  }
  constexpr std::string_view kCuda = "cuda:";
  if (!word.starts_with(kCuda)) return false;
  std::uint16_t index = 0;
  const auto [end, error] = std::from_chars(word.data() + kCuda.size(), word.data() + word.size(), index);
  return error == std::errc() && end == word.data() + word.size();
}

}  // namespace modelc::types
