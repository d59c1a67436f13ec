#include "weights/tied.h"

#include <algorithm>

namespace modelc::weights {
namespace {

using formats::TensorEntry;
using formats::WeightFile;

constexpr std::uint64_t kPiece = 1 << 22;

/// Both row-major without gaps: compared piece by piece.
bool same_bytes(const WeightFile& file, const TensorEntry& a, const TensorEntry& b, std::uint64_t bytes) {
  for (std::uint64_t at = 0; at < bytes; at += kPiece) {
    const std::size_t count = static_cast<std::size_t>(std::min(kPiece, bytes - at));
    const auto left = formats::read_tensor_bytes(file, a, at, count);
    const auto right = formats::read_tensor_bytes(file, b, at, count);
    if (left && right && *left.value != *right.value) return false;
  }
  return true;
}

}  // namespace

bool same_values(const WeightFile& file, const TensorEntry& a, const TensorEntry& b) {
  if (a.dtype != b.dtype || a.shape != b.shape) return false;
  if (a.part == b.part && a.offset == b.offset && a.strides == b.strides) return true;
  if (file.parts.empty() || a.elements() == 0) return true;
  if (a.strides.empty() && b.strides.empty()) return same_bytes(file, a, b, a.elements() * types::byte_size(a.dtype));
  const auto left = formats::read_tensor_values(file, a), right = formats::read_tensor_values(file, b);
  return !left || !right || *left.value == *right.value;
}

}  // namespace modelc::weights
