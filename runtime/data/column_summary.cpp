#include "data/column_summary.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "weights/tensor_file.h"

namespace modelc::data {
namespace {

constexpr std::size_t kShown = 20;      // values of a column
constexpr std::size_t kFewValues = 64;  // of integers that are counted one by one
constexpr std::int64_t kValuesAtOnce = 1 << 20;

std::string type_of(const Column& column) {
  std::string type = column.text ? "text" : std::string(types::dtype_word(weights::dtype_of(column.type())));
  const std::vector<std::int64_t> shape = column.shape();
  if (!shape.empty()) type += fmt::format("[{}]", fmt::join(shape, ", "));
  return type;
}

/// How often each value occurs; nothing once there are too many of them.
class Counts {
 public:
  void add(const at::Tensor& block) {
    if (!few_) return;
    const auto [values, inverse, counts] = at::_unique2(block.reshape({-1}).to(at::kLong), true, false, true);
    for (std::int64_t i = 0; i < values.numel(); ++i)
      counts_[values.data_ptr<std::int64_t>()[i]] += counts.data_ptr<std::int64_t>()[i];
    few_ = all_ || counts_.size() <= kFewValues;
  }
  void keep_all() { all_ = true; }

  template <class Word>
  void tell(ColumnSummary& summary, const Word& word) const {
    if (!few_) return;
    summary.distinct = static_cast<std::int64_t>(counts_.size());
    for (const auto& [value, count] : counts_) summary.values.emplace_back(word(value), count);
    if (all_) std::sort(summary.values.begin(), summary.values.end());  // words, whose codes say nothing
    std::stable_sort(summary.values.begin(), summary.values.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    if (summary.values.size() > kShown) summary.values.resize(kShown);
  }

 private:
  bool few_ = true, all_ = false;
  std::map<std::int64_t, std::int64_t> counts_;
};

/// Count, mean and spread, as blocks come (Chan, Golub, LeVeque 1983).
struct Running {
  double count = 0, mean = 0, squares = 0, least = HUGE_VAL, greatest = -HUGE_VAL;

  void add(const at::Tensor& values) {
    if (values.numel() == 0) return;
    const auto n = static_cast<double>(values.numel());
    const double m = values.mean().item<double>(), s = values.var(/*unbiased=*/false).item<double>() * n;
    const double delta = m - mean, sum = count + n;
    squares += s + delta * delta * count * n / sum;
    mean += delta * n / sum;
    count = sum;
    least = std::min(least, values.min().item<double>());
    greatest = std::max(greatest, values.max().item<double>());
  }
};

}  // namespace

ColumnSummary summary_of(const Column& column) {
  ColumnSummary summary;
  summary.name = column.name;
  summary.type = type_of(column);
  Counts counts;
  Running running;
  const bool floating = !column.text && at::isFloatingType(column.type());
  const bool counted = column.text || (!floating && column.shape().empty());
  if (column.text) counts.keep_all();
  const auto add = [&](const at::Tensor& rows) {
    if (counted) counts.add(rows);
    if (column.text) return;
    at::Tensor values = rows.reshape({-1}).to(at::kDouble);
    if (floating) {
      const at::Tensor missing = values.isnan();
      summary.missing += missing.sum().item<std::int64_t>();
      values = values.masked_select(missing.logical_not());
    }
    running.add(values);
  };
  column.for_blocks([&](std::int64_t, const at::Tensor& block) {
    // What lies in memory comes as one block, and doubles of all of it would be eight times as large as its bytes.
    const std::int64_t width = std::max<std::int64_t>(block.numel() / std::max<std::int64_t>(block.size(0), 1), 1);
    const std::int64_t step = std::max<std::int64_t>(kValuesAtOnce / width, 1);
    for (std::int64_t at = 0; at < block.size(0); at += step)
      add(block.narrow(0, at, std::min(step, block.size(0) - at)));
  });
  if (counted)
    counts.tell(summary, [&](std::int64_t value) {
      return !column.text ? fmt::format("{}", value) : column.text->is_missing(value) ? "" : column.text->word(value);
    });
  if (column.text) {
    const auto missing = std::find_if(summary.values.begin(), summary.values.end(),
                                      [](const auto& value) { return value.first.empty(); });
    if (missing != summary.values.end() && column.has_missing) {
      summary.missing = missing->second;
      summary.values.erase(missing);
      --summary.distinct;
    }
  }
  if (running.count > 0)
    summary.range = {running.least, running.greatest, running.mean, std::sqrt(running.squares / running.count)};
  return summary;
}

}  // namespace modelc::data
