// What the fuzz targets share. A target is one function over bytes, linked with libFuzzer under the preset `fuzz` and
// with replay.cpp, which runs files once, everywhere else. A broken promise ends the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace modelc::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Stops with a message unless what a reader promises holds.
void promise(bool holds, const char* what);

}  // namespace modelc::fuzz
