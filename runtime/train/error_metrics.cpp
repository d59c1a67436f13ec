// Metrics of numbers against numbers: how far they are apart, how far they go together.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "train/meters.h"

namespace modelc::train {
namespace {

using at::Tensor;

// A prediction and its target as columns [rows, outputs], in double precision.
std::pair<Tensor, Tensor> columns_of(const std::vector<Tensor>& operands) {
  Tensor target = operands.at(1).to(at::kDouble), guess = squeezed(operands.at(0), target).to(at::kDouble);
  if (target.dim() == guess.dim() + 1 && target.size(-1) == 1) target = target.squeeze(-1);
  target = target.reshape({target.size(0), -1});
  return {guess.reshape({guess.size(0), -1}).expand_as(target), target};
}

// mae, mse, rmse, mape and r2; r2 for each output and averaged, as scikit-learn does.
class ErrorMeter : public Meter {
 public:
  explicit ErrorMeter(catalogue::MetricId kind) : kind_(kind) {}
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const auto [guess, target] = columns_of(operands);
    const Tensor difference = guess - target;
    const auto gather = [](Tensor& sum, const Tensor& more) { sum = sum.defined() ? sum + more : more; };
    gather(absolute_, difference.abs().sum(0));
    gather(squared_, difference.square().sum(0));
    // Of a target that is 0 there is no share.
    const Tensor has_share = target.ne(0);
    shares_ += at::where(has_share, (difference / target).abs(), at::zeros_like(target)).sum().item<double>();
    with_share_ += has_share.sum().item<double>();
    // Sums around the first batch's mean, so that large offsets do not cancel.
    if (!origin_.defined()) origin_ = target.mean(0);
    gather(sum_, (target - origin_).sum(0));
    gather(square_, (target - origin_).square().sum(0));
    rows_ += static_cast<double>(target.size(0));
  }
  double value() const override {
    using Id = catalogue::MetricId;
    if (rows_ == 0) return kNoFigure;
    switch (kind_) {
      case Id::Mae:
        return (absolute_ / rows_).mean().item<double>();
      case Id::Mse:
        return (squared_ / rows_).mean().item<double>();
      case Id::Rmse:
        return std::sqrt((squared_ / rows_).mean().item<double>());
      case Id::Mape:
        return with_share_ > 0 ? shares_ / with_share_ : kNoFigure;
      default:
        break;
    }
    const Tensor spread = square_ - sum_.square() / rows_;
    return at::where(spread.gt(0), 1 - squared_ / spread,
                     at::where(squared_.eq(0), at::ones_like(spread), at::zeros_like(spread)))
        .mean()
        .item<double>();
  }

 private:
  catalogue::MetricId kind_;
  double rows_ = 0, shares_ = 0, with_share_ = 0;
  Tensor absolute_, squared_, sum_, square_, origin_;
};

// The ranks of the values of a column, from 1; equal ones share the mean of theirs.
Tensor ranks_of(const Tensor& column) {
  const Tensor values = column.contiguous();
  const double* value = values.data_ptr<double>();
  std::vector<std::size_t> order(static_cast<std::size_t>(values.numel()));
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return value[a] < value[b]; });
  Tensor ranks = at::empty_like(values);
  double* rank = ranks.data_ptr<double>();
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && value[order[end]] == value[order[i]]) ++end;
    const double shared = (static_cast<double>(i) + static_cast<double>(end) + 1) / 2;
    for (; i < end; ++i) rank[order[i]] = shared;
  }
  return ranks;
}

// NaN where one of the two does not vary.
double correlation(const Tensor& a, const Tensor& b) {
  const Tensor x = a - a.mean(), y = b - b.mean();
  const double spread = std::sqrt(x.square().sum().item<double>() * y.square().sum().item<double>());
  return spread > 0 ? (x * y).sum().item<double>() / spread : kNoFigure;
}

// The correlation of values, or of their ranks, for each output and averaged over those that vary.
class CorrelationMeter : public Meter {
 public:
  explicit CorrelationMeter(bool of_ranks) : of_ranks_(of_ranks) {}
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    auto [guess, target] = columns_of(operands);
    guesses_.push_back(std::move(guess));
    targets_.push_back(std::move(target));
  }
  double value() const override {
    if (guesses_.empty()) return kNoFigure;
    const Tensor guesses = at::cat(guesses_, 0), targets = at::cat(targets_, 0);
    double sum = 0, counted = 0;
    for (std::int64_t output = 0; output < targets.size(1); ++output) {
      const Tensor guess = guesses.select(1, output), target = targets.select(1, output);
      const double one = of_ranks_ ? correlation(ranks_of(guess), ranks_of(target)) : correlation(guess, target);
      if (std::isnan(one)) continue;
      sum += one;
      ++counted;
    }
    return counted > 0 ? sum / counted : kNoFigure;
  }

 private:
  bool of_ranks_;
  std::vector<Tensor> guesses_, targets_;
};

}  // namespace

std::unique_ptr<Meter> make_error_meter(const ir::Metric& metric) {
  using Id = catalogue::MetricId;
  if (metric.kind == Id::Pearson || metric.kind == Id::Spearman)
    return std::make_unique<CorrelationMeter>(metric.kind == Id::Spearman);
  return std::make_unique<ErrorMeter>(metric.kind);
}

}  // namespace modelc::train
