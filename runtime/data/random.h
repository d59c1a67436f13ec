// Seeds for the draws of data: each purpose has a stream of its own.
#pragma once

#include <cstdint>
#include <string_view>

#include "support/random.h"

namespace modelc::data {

using support::Random;

/// A seed for one purpose: different words give unrelated streams.
inline std::uint64_t mix_seed(std::int64_t seed, std::string_view purpose) {
  std::uint64_t hash = 0xCBF29CE484222325ull;  // FNV-1a
  for (char c : purpose) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return Random(hash ^ Random(static_cast<std::uint64_t>(seed)).next()).next();
}

}  // namespace modelc::data
