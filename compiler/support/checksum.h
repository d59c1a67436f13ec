// A number by which damage of bytes is noticed: 64 bits, eight bytes a step. No protection against intent.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace modelc::support {

inline std::uint64_t checksum(std::string_view bytes, std::uint64_t before = 0xCBF29CE484222325ull) {
  std::uint64_t sum = before ^ bytes.size();
  const auto mix = [&](std::uint64_t word) {
    sum = (sum ^ word) * 0x9E3779B97F4A7C15ull;
    sum ^= sum >> 29;
  };
  while (bytes.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    mix(word);
    bytes.remove_prefix(sizeof word);
  }
  std::uint64_t rest = 0;
  if (!bytes.empty()) std::memcpy(&rest, bytes.data(), bytes.size());
  mix(rest);
  return sum;
}

}  // namespace modelc::support
