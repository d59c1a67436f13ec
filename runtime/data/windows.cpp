#include "data/windows.h"

#include <algorithm>

namespace modelc::data {

std::int64_t window_count(const ir::Windows& windows, std::int64_t steps) {
  return steps < windows.n ? 0 : (steps - windows.n) / windows.stride + 1;
}

std::vector<std::int64_t> steps_of(const ir::Windows& windows, const std::vector<std::int64_t>& rows) {
  if (windows.n == 0) return rows;
  std::vector<std::int64_t> steps;
  steps.reserve(rows.size() * static_cast<std::size_t>(windows.n));
  for (const std::int64_t row : rows)
    for (std::int64_t i = 0; i < windows.n; ++i) steps.push_back(row * windows.stride + i);
  return steps;
}

std::vector<std::int64_t> covered_steps(const ir::Windows& windows, const std::vector<std::int64_t>& rows) {
  if (windows.n == 0) return rows;
  std::vector<std::int64_t> sorted = rows, steps;
  std::sort(sorted.begin(), sorted.end());
  std::int64_t next = 0;
  for (const std::int64_t row : sorted) {
    const std::int64_t first = row * windows.stride;
    for (next = std::max(next, first); next < first + windows.n; ++next) steps.push_back(next);
  }
  return steps;
}

std::vector<std::int64_t> first_steps(const ir::Windows& windows, std::int64_t rows) {
  std::vector<std::int64_t> steps(static_cast<std::size_t>(rows));
  const std::int64_t stride = windows.n == 0 ? 1 : windows.stride;
  for (std::int64_t row = 0; row < rows; ++row) steps[static_cast<std::size_t>(row)] = row * stride;
  return steps;
}

std::vector<char> reaching_over(const ir::Windows& windows, const std::vector<char>& validates) {
  std::vector<char> over(validates.size(), 0);
  if (!overlap(windows)) return over;
  const std::int64_t reach = (windows.n - 1) / windows.stride;
  const auto mark = [&](std::int64_t step, std::int64_t from) {
    std::int64_t left = 0;  // windows that the last validating one still reaches
    for (std::int64_t i = 0, row = from; i < static_cast<std::int64_t>(validates.size()); ++i, row += step) {
      const auto at = static_cast<std::size_t>(row);
      if (validates[at]) left = reach;
      else if (left-- > 0) over[at] = 1;
    }
  };
  mark(1, 0);
  if (!validates.empty()) mark(-1, static_cast<std::int64_t>(validates.size()) - 1);
  return over;
}

}  // namespace modelc::data
