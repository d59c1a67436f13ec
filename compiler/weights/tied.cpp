#include "weights/tied.h"

#include <algorithm>
#include <cstring>

namespace modelc::weights {
namespace {

using formats::TensorEntry;
using formats::WeightFile;

constexpr std::uint64_t kPiece = 1 << 22;

std::uint64_t element_count(const TensorEntry& entry) {
  std::uint64_t count = 1;
  for (std::int64_t size : entry.shape) count *= static_cast<std::uint64_t>(size);
  return count;
}

/// Both row-major without gaps: compared piece by piece.
bool same_bytes(const WeightFile& file, const TensorEntry& a, const TensorEntry& b, std::uint64_t bytes) {
  for (std::uint64_t at = 0; at < bytes; at += kPiece) {
    const std::size_t count = static_cast<std::size_t>(std::min(kPiece, bytes - at));
    const auto left = formats::read_range(file.opened, a.offset + at, count);
    const auto right = formats::read_range(file.opened, b.offset + at, count);
    if (left && right && *left.value != *right.value) return false;
  }
  return true;
}

/// The bytes of an entry in row-major order, gathered by its strides.
std::string gathered(const WeightFile& file, const TensorEntry& entry, std::size_t width) {
  const std::uint64_t count = element_count(entry);
  std::uint64_t reach = 1;
  for (std::size_t d = 0; d < entry.strides.size(); ++d)
    reach += static_cast<std::uint64_t>((entry.shape[d] - 1) * entry.strides[d]);
  const auto bytes = formats::read_range(file.opened, entry.offset, (entry.strides.empty() ? count : reach) * width);
  if (!bytes || entry.strides.empty()) return bytes ? *bytes.value : std::string();
  std::string out(count * width, '\0');
  std::vector<std::int64_t> index(entry.shape.size(), 0);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t from = 0;
    for (std::size_t d = 0; d < index.size(); ++d) from += static_cast<std::uint64_t>(index[d] * entry.strides[d]);
    if ((from + 1) * width > bytes.value->size()) return {};
    std::memcpy(out.data() + i * width, bytes.value->data() + from * width, width);
    for (std::size_t d = index.size(); d-- > 0 && ++index[d] == entry.shape[d];) index[d] = 0;
  }
  return out;
}

}  // namespace

bool same_values(const WeightFile& file, const TensorEntry& a, const TensorEntry& b) {
  if (a.dtype != b.dtype || a.shape != b.shape) return false;
  if (a.offset == b.offset && a.strides == b.strides) return true;
  if (!file.opened.descriptor || element_count(a) == 0) return true;
  const std::size_t width = types::byte_size(a.dtype);
  if (a.strides.empty() && b.strides.empty()) return same_bytes(file, a, b, element_count(a) * width);
  return gathered(file, a, width) == gathered(file, b, width);
}

}  // namespace modelc::weights
