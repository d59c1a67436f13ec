// When a checkpoint was made, as its metadata says.
#pragma once

#include <charconv>
#include <cstdint>
#include <map>
#include <string>

namespace modelc::train {

inline constexpr const char *kEpoch = "modelc.epoch", *kStep = "modelc.step";

/// A step, and of what epoch.
struct Moment {
  std::int64_t epoch = 0, step = 0;
};

/// 0 where it is not said.
inline std::int64_t number_in(const std::map<std::string, std::string>& metadata, const char* key) {
  std::int64_t number = 0;
  if (const auto found = metadata.find(key); found != metadata.end())
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
  return number;
}

}  // namespace modelc::train
