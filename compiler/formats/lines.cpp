#include "formats/lines.h"

#include <algorithm>

namespace modelc::formats {

void Lines::push_back(std::int64_t line) {
  const auto row = static_cast<std::int64_t>(rows_++);
  const std::int64_t offset = line - row;
  if (known_ + 1 != rows_) return;
  if (breaks_.empty() || breaks_.back().second != offset) {
    if (breaks_.size() == kMostBreaks) return;
    breaks_.emplace_back(row, offset);
  }
  ++known_;
}

std::int64_t Lines::operator[](std::size_t row) const {
  if (row >= known_) return 0;
  const auto at = static_cast<std::int64_t>(row);
  const auto next = std::upper_bound(breaks_.begin(), breaks_.end(), at,
                                     [](std::int64_t value, const auto& one) { return value < one.first; });
  return at + std::prev(next)->second;
}

Lines Lines::select(const std::vector<std::int64_t>& rows) const {
  Lines chosen;
  for (const std::int64_t row : rows) chosen.push_back((*this)[static_cast<std::size_t>(row)]);
  return chosen;
}

}  // namespace modelc::formats
