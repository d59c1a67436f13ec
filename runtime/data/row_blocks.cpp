// Rows of a split some thousands at a time, so that what is computed of all of them takes no memory for all of them.
// How many are taken hangs on the columns' types alone: the same sums come out wherever the rows are stored.
#include <algorithm>

#include "data/feed.h"
#include "data/windows.h"

namespace modelc::data {

std::int64_t Feed::block_rows(const plan::Plan& plan) const {
  constexpr std::int64_t kBytes = 4 << 20, kMostRows = 1 << 16;
  std::int64_t bytes = 1;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    if (!inputs_[i] || !plan.inputs[i].needed) continue;
    auto row = static_cast<std::int64_t>(c10::elementSize(inputs_[i]->type()));
    for (const std::int64_t size : inputs_[i]->shape()) row *= std::max<std::int64_t>(size, 1);
    bytes += row;
  }
  return std::clamp<std::int64_t>(kBytes / bytes, 1, kMostRows);
}

bool for_blocks(const Rows& rows, std::int64_t step,
                const std::function<bool(const std::vector<std::int64_t>&)>& visit) {
  const auto many = static_cast<std::size_t>(step);
  for (std::size_t at = 0; at < rows.size(); at += many)
    if (!visit(rows.slice(at, many))) return false;
  return true;
}

bool Feed::for_values(
    const Fitted& fitted, const Part& part,
    const std::function<bool(const at::Tensor& value, const std::vector<std::int64_t>& rows)>& visit) const {
  const plan::Plan& plan = fitted.before.plan();
  // Where windows lie over each other each step counts once.
  const bool windowed = part.data->windows.n > 0;
  const Rows steps = windowed ? covered_steps(part.data->windows, part.rows) : Rows();
  return for_blocks(windowed ? steps : part.rows, block_rows(plan), [&](const std::vector<std::int64_t>& rows) {
    return visit(fitted.before.run(gather_steps(rows, plan, {})).at(0).tensor, rows);
  });
}

}  // namespace modelc::data
