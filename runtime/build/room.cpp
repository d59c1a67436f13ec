#include "build/room.h"

#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <new>
#include <string_view>

namespace modelc::build {

std::string bytes_words(double bytes) {
  static constexpr const char* kUnits[] = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1000;
  return unit == 0 ? fmt::format("{:.0f} bytes", bytes) : fmt::format("{:.3g} {}", bytes, kUnits[unit]);
}

std::optional<std::string> memory_fault(const std::exception& thrown) {
  constexpr std::string_view kAsked = "you tried to allocate ";
  const std::string_view text = thrown.what();
  if (dynamic_cast<const OutOfMemory*>(&thrown)) return std::string(text);
  if (dynamic_cast<const std::bad_alloc*>(&thrown)) return kOutOfMemory;
  if (text.find("DefaultCPUAllocator") == std::string_view::npos && !speaks_of_memory(thrown)) return std::nullopt;
  const std::size_t at = text.find(kAsked);
  double bytes = 0;
  if (at != std::string_view::npos) std::from_chars(text.data() + at + kAsked.size(), text.data() + text.size(), bytes);
  return bytes > 0 ? fmt::format("{}: there is no room for {}", kOutOfMemory, bytes_words(bytes)) : kOutOfMemory;
}

bool speaks_of_memory(const std::exception& thrown) {
  return std::string_view(thrown.what()).find(kOutOfMemory) != std::string_view::npos;
}

std::optional<double> machine_memory() {
  struct sysinfo info {};
  if (::sysinfo(&info) != 0) return std::nullopt;
  double bytes = (static_cast<double>(info.totalram) + static_cast<double>(info.totalswap)) * info.mem_unit;
  double limit = 0;  // of a container; the file holds `max` where there is none
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> limit && limit > 0) bytes = std::min(bytes, limit);
  return bytes;
}

}  // namespace modelc::build
