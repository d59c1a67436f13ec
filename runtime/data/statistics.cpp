#include "data/statistics.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

namespace modelc::data {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// A float as an unsigned number that orders alike; the two zeros are one value.
std::uint32_t key_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value + 0.0f);
  return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

float value_of(std::uint32_t key) { return std::bit_cast<float>(key & 0x80000000u ? key & 0x7FFFFFFFu : ~key); }

/// One block as a table [rows, columns] of float32, which is what a fill is stored as.
struct Table {
  at::Tensor values;
  std::int64_t rows, columns;
  explicit Table(const at::Tensor& block)
      : values(block.to(at::kFloat).contiguous()),
        rows(block.size(0)),
        columns(block.size(0) == 0 ? 0 : block.numel() / block.size(0)) {}
  float at(std::int64_t row, std::int64_t column) const { return values.data_ptr<float>()[row * columns + column]; }
};

std::vector<std::int64_t> shape_of_row(const at::Tensor& block) { return block.sizes().slice(1).vec(); }

/// Looks for the values of two ranks in each of some columns, in two passes over the rows: by the upper and by the
/// lower half of the key. What it takes does not grow with the rows.
class MiddleValues {
 public:
  MiddleValues(std::int64_t first, std::int64_t count)
      : first_(first), columns_(static_cast<std::size_t>(count)), upper_(columns_.size(), Histogram(kHalf, 0)) {}

  void count_upper(const Table& table) {
    for_keys(table, [&](std::size_t column, std::uint32_t key) { ++upper_[column][key >> 16]; });
  }

  /// Which upper halves hold the middle two.
  void choose() {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      std::int64_t total = 0;
      for (const std::int64_t count : upper_[i]) total += count;
      for (std::size_t side = 0; side < 2; ++side) {
        Middle& middle = columns_[i][side];
        middle.rank = (total - 1 + static_cast<std::int64_t>(side)) / 2;
        middle.any = total > 0;
        while (middle.any && middle.rank >= upper_[i][middle.half]) middle.rank -= upper_[i][middle.half++];
        middle.lower.assign(middle.any ? kHalf : 0, 0);
      }
    }
  }

  void count_lower(const Table& table) {
    for_keys(table, [&](std::size_t column, std::uint32_t key) {
      for (Middle& middle : columns_[column])
        if (key >> 16 == middle.half) ++middle.lower[key & 0xFFFFu];
    });
  }

  void write(double* medians) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto& [low, high] = columns_[i];
      medians[static_cast<std::size_t>(first_) + i] =
          low.any ? (static_cast<double>(low.value()) + static_cast<double>(high.value())) / 2 : kNone;
    }
  }

 private:
  static constexpr std::size_t kHalf = 1 << 16;
  using Histogram = std::vector<std::int64_t>;
  struct Middle {
    bool any = false;
    std::int64_t rank = 0;
    std::uint32_t half = 0;
    Histogram lower;
    float value() const {
      std::int64_t left = rank;
      std::uint32_t at = 0;
      while (left >= lower[at]) left -= lower[at++];
      return value_of(half << 16 | at);
    }
  };

  template <class Visit>
  void for_keys(const Table& table, Visit visit) const {
    for (std::int64_t row = 0; row < table.rows; ++row)
      for (std::size_t i = 0; i < columns_.size(); ++i)
        if (const float value = table.at(row, first_ + static_cast<std::int64_t>(i)); !std::isnan(value))
          visit(i, key_of(value));
  }

  std::int64_t first_;
  std::vector<std::array<Middle, 2>> columns_;
  std::vector<Histogram> upper_;
};

}  // namespace

// Blocks are joined as Chan, Golub, LeVeque (1983) do it; of a single block it is the plain formula.
std::optional<Moments> moments(const Blocks& blocks) {
  at::Tensor count, mean, squares;
  const bool whole = blocks([&](const at::Tensor& block) {
    const at::Tensor x = block.to(at::kDouble), there = x.isnan().logical_not();
    const at::Tensor n = there.sum(0).to(at::kDouble);
    const at::Tensor least = n.clamp_min(1);
    const at::Tensor filled = at::where(there, x, at::zeros({}, x.options()));
    const at::Tensor m = filled.sum(0) / least;
    const at::Tensor s = at::where(there, x - m, at::zeros({}, x.options())).square().sum(0);
    if (!count.defined()) {
      count = n, mean = m, squares = s;
      return;
    }
    const at::Tensor sum = (count + n).clamp_min(1), delta = m - mean;
    squares = squares + s + delta.square() * count * n / sum;
    mean = mean + delta * n / sum;
    count = count + n;
  });
  if (!whole || !count.defined()) return std::nullopt;
  return Moments{mean, (squares / count.clamp_min(1)).sqrt(), count.to(at::kLong)};
}

std::optional<at::Tensor> medians(const Blocks& blocks) {
  constexpr std::int64_t kAtOnce = 16;  // columns, which bounds the histograms
  at::Tensor out;
  std::vector<std::int64_t> shape;
  if (!blocks([&](const at::Tensor& block) { shape = shape_of_row(block); })) return std::nullopt;
  out = at::full(shape, kNone, at::kDouble);
  for (std::int64_t first = 0; first < out.numel(); first += kAtOnce) {
    MiddleValues middle(first, std::min(kAtOnce, out.numel() - first));
    if (!blocks([&](const at::Tensor& block) { middle.count_upper(Table(block)); })) return std::nullopt;
    middle.choose();
    if (!blocks([&](const at::Tensor& block) { middle.count_lower(Table(block)); })) return std::nullopt;
    middle.write(out.data_ptr<double>());
  }
  return out;
}

std::optional<at::Tensor> modes(const Blocks& blocks) {
  std::vector<std::unordered_map<std::uint32_t, std::int64_t>> counts;
  std::vector<std::int64_t> shape;
  const bool whole = blocks([&](const at::Tensor& block) {
    const Table table(block);
    shape = shape_of_row(block);
    counts.resize(static_cast<std::size_t>(table.columns));
    for (std::int64_t row = 0; row < table.rows; ++row)
      for (std::int64_t column = 0; column < table.columns; ++column)
        if (const float value = table.at(row, column); !std::isnan(value))
          ++counts[static_cast<std::size_t>(column)][key_of(value)];
  });
  if (!whole) return std::nullopt;
  at::Tensor out = at::full(shape, kNone, at::kDouble);
  for (std::size_t column = 0; column < counts.size(); ++column) {
    std::int64_t most = 0;
    std::uint32_t best = 0;
    for (const auto& [key, count] : counts[column])
      if (count > most || (count == most && key < best)) most = count, best = key;
    if (most > 0) out.data_ptr<double>()[column] = static_cast<double>(value_of(best));
  }
  return out;
}

}  // namespace modelc::data
