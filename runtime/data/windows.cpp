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

void for_stretches(const ir::Windows& windows, const Rows& rows,
                   const std::function<void(std::int64_t, std::int64_t)>& visit) {
  const std::int64_t n = std::max<std::int64_t>(windows.n, 1), stride = windows.n > 0 ? windows.stride : 1;
  std::int64_t first = 0, last = 0;
  for (const std::int64_t row : rows) {
    if (row * stride > last) {
      if (last > first) visit(first, last);
      first = row * stride;
    }
    last = row * stride + n;
  }
  if (last > first) visit(first, last);
}

Rows covered_steps(const ir::Windows& windows, const Rows& rows) {
  Rows steps;
  for_stretches(windows, rows, [&](std::int64_t first, std::int64_t last) {
    for (; first < last; ++first) steps.push_back(first);
  });
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
