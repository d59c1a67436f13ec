#include "train/metrics.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace modelc::train {
namespace {

using at::Tensor;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

const types::Constant* argument(const ir::Metric& metric, std::string_view name, std::size_t position) {
  for (const auto& [given, value] : metric.args)
    if (given == name) return &value;
  std::size_t unnamed = 0;
  for (const auto& [given, value] : metric.args)
    if (given.empty() && unnamed++ == position) return &value;
  return nullptr;
}

// Which dimension of the scores holds the classes; -1 where scores and target have one shape.
std::int64_t class_axis(const Tensor& scores, const Tensor& target) {
  if (scores.dim() != target.dim() + 1) return -1;
  std::vector<std::int64_t> rest = scores.sizes().vec();
  rest.erase(rest.begin() + 1);
  if (rest == target.sizes().vec()) return 1;
  return scores.sizes().slice(0, static_cast<std::size_t>(target.dim())) == target.sizes() ? scores.dim() - 1 : -1;
}

// [B, 1] against [B] is one column of scores, not two classes.
Tensor squeezed(const Tensor& scores, const Tensor& target) {
  return scores.dim() == target.dim() + 1 && scores.size(-1) == 1 ? scores.squeeze(-1) : scores;
}

// Rows of class scores [N, C] and their targets [N], ignored targets (negative) dropped.
std::pair<Tensor, Tensor> class_rows(const Tensor& scores, const Tensor& target, std::int64_t axis) {
  const Tensor rows = scores.movedim(axis, -1).reshape({-1, scores.size(axis)});
  const Tensor labels = target.reshape({-1}).to(at::kLong);
  const Tensor kept = labels.ge(0).nonzero().reshape({-1});
  return {rows.index_select(0, kept), labels.index_select(0, kept)};
}

// Counts of (target, predicted). Scores of the target's shape are kept at both thresholds until it is known whether
// they are logits or probabilities: one batch cannot tell.
class ConfusionMeter : public Meter {
 public:
  ConfusionMeter(std::string kind, std::string average) : kind_(std::move(kind)), average_(std::move(average)) {}

  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const Tensor target = operands.at(1), scores = squeezed(operands.at(0), target);
    const std::int64_t axis = class_axis(scores, target);
    if (axis >= 0) {
      const auto [rows, labels] = class_rows(scores, target, axis);
      classes_ = std::max(classes_, rows.size(1));
      count(counts_, labels, rows.argmax(1));
      return;
    }
    const Tensor truth = target.reshape({-1});
    const Tensor flat = scores.reshape({-1});
    if (!at::isFloatingType(flat.scalar_type())) {
      count(counts_, truth.to(at::kLong), flat.to(at::kLong));
      return;
    }
    binary_ = true;
    classes_ = std::max<std::int64_t>(classes_, 2);
    outside_ = outside_ || flat.lt(0).logical_or(flat.gt(1)).any().item<bool>();
    const Tensor labels = truth.to(at::kDouble).gt(0.5).to(at::kLong);
    count(counts_, labels, flat.gt(0).to(at::kLong));
    count(halves_, labels, flat.gt(0.5).to(at::kLong));
  }

  double value() const override {
    const auto& counts = table_counts();
    const std::size_t n = counts.size();
    double total = 0, right = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        total += counts[i][j];
        if (i == j) right += counts[i][j];
      }
    if (total == 0) return kNan;
    if (kind_ == "accuracy") return right / total;
    double sum = 0, weight = 0;
    const bool positive_only = binary_ && average_.empty();
    for (std::size_t c = positive_only ? 1 : 0; c < n; ++c) {
      double predicted = 0, actual = 0;
      for (std::size_t i = 0; i < n; ++i) predicted += counts[i][c], actual += counts[c][i];
      const double hit = counts[c][c];
      // Classes that neither occur nor are predicted say nothing.
      if (!positive_only && predicted + actual == 0) continue;
      const double share = average_ == "weighted" ? actual : 1;
      sum += share * score(hit, predicted, actual);
      weight += share;
    }
    if (average_ == "micro") return kind_ == "iou" ? right / (2 * total - right) : right / total;
    return weight == 0 ? kNan : sum / weight;
  }

  std::string table() const override {
    if (kind_ != "confusion") return {};
    const auto& counts = table_counts();
    std::size_t width = 6;
    for (const auto& row : counts)
      for (double value : row) width = std::max(width, fmt::format("{:.0f}", value).size() + 1);
    std::string out = fmt::format("{:>9}", "true\\as");
    for (std::size_t j = 0; j < counts.size(); ++j) out += fmt::format("{:>{}}", j, width);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      out += fmt::format("\n{:>9}", i);
      for (double value : counts[i]) out += fmt::format("{:>{}.0f}", value, width);
    }
    return out;
  }

 private:
  using Counts = std::vector<std::vector<double>>;

  double score(double hit, double predicted, double actual) const {
    const double precision = predicted > 0 ? hit / predicted : 0, recall = actual > 0 ? hit / actual : 0;
    if (kind_ == "precision") return precision;
    if (kind_ == "recall") return recall;
    if (kind_ == "f1") return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    return hit / std::max(predicted + actual - hit, 1.0);  // iou
  }

  const Counts& table_counts() const { return binary_ && !outside_ ? halves_ : counts_; }

  void count(Counts& counts, const Tensor& labels, const Tensor& predicted) {
    if (labels.numel() == 0) return;
    const std::int64_t high = std::max(labels.max().item<std::int64_t>(), predicted.max().item<std::int64_t>());
    if (high >= 100000 || labels.min().item<std::int64_t>() < 0 || predicted.min().item<std::int64_t>() < 0) return;
    classes_ = std::max(classes_, high + 1);
    const auto n = static_cast<std::size_t>(classes_);
    for (Counts* table : {&counts_, &halves_}) {
      table->resize(n);
      for (auto& row : *table) row.resize(n, 0);
    }
    const Tensor pairs = at::bincount(labels * classes_ + predicted, {}, classes_ * classes_).to(at::kLong);
    const auto* values = pairs.data_ptr<std::int64_t>();
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) counts[i][j] += static_cast<double>(values[i * n + j]);
  }

  std::string kind_, average_;
  std::int64_t classes_ = 0;
  bool binary_ = false, outside_ = false;
  Counts counts_, halves_;
};

class TopkMeter : public Meter {
 public:
  explicit TopkMeter(std::int64_t k) : k_(k) {}
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const std::int64_t axis = class_axis(operands.at(0), operands.at(1));
    if (axis < 0) return;
    const auto [rows, labels] = class_rows(operands[0], operands[1], axis);
    const Tensor best = std::get<1>(rows.topk(std::min(k_, rows.size(1)), 1));
    right_ += best.eq(labels.unsqueeze(1)).any(1).sum().item<double>();
    total_ += static_cast<double>(labels.numel());
  }
  double value() const override { return total_ > 0 ? right_ / total_ : kNan; }

 private:
  std::int64_t k_;
  double right_ = 0, total_ = 0;
};

// mae, rmse and r2; r2 for each output and averaged, as scikit-learn does.
class ErrorMeter : public Meter {
 public:
  explicit ErrorMeter(std::string kind) : kind_(std::move(kind)) {}
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    Tensor target = operands.at(1).to(at::kDouble), guess = squeezed(operands.at(0), target).to(at::kDouble);
    if (target.dim() == guess.dim() + 1 && target.size(-1) == 1) target = target.squeeze(-1);
    target = target.reshape({target.size(0), -1});
    guess = guess.reshape({guess.size(0), -1}).expand_as(target);
    const Tensor difference = guess - target;
    const auto gather = [](Tensor& sum, const Tensor& more) { sum = sum.defined() ? sum + more : more; };
    gather(absolute_, difference.abs().sum(0));
    gather(squared_, difference.square().sum(0));
    // Sums around the first batch's mean, so that large offsets do not cancel.
    if (!origin_.defined()) origin_ = target.mean(0);
    gather(sum_, (target - origin_).sum(0));
    gather(square_, (target - origin_).square().sum(0));
    rows_ += static_cast<double>(target.size(0));
  }
  double value() const override {
    if (rows_ == 0) return kNan;
    if (kind_ == "mae") return (absolute_ / rows_).mean().item<double>();
    if (kind_ == "rmse") return std::sqrt((squared_ / rows_).mean().item<double>());
    const Tensor spread = square_ - sum_.square() / rows_;
    return at::where(spread.gt(0), 1 - squared_ / spread,
                     at::where(squared_.eq(0), at::ones_like(spread), at::zeros_like(spread)))
        .mean()
        .item<double>();
  }

 private:
  std::string kind_;
  double rows_ = 0;
  Tensor absolute_, squared_, sum_, square_, origin_;
};

class PerplexityMeter : public Meter {
 public:
  void add(const std::vector<Tensor>& operands, std::int64_t rows) override {
    if (operands.size() < 2) {
      sum_ += operands.at(0).to(at::kDouble).mean().item<double>() * static_cast<double>(rows);
      count_ += static_cast<double>(rows);
      return;
    }
    const std::int64_t axis = class_axis(operands[0], operands[1]);
    if (axis < 0) return;
    const auto [logits, labels] = class_rows(operands[0], operands[1], axis);
    if (labels.numel() == 0) return;
    sum_ -= logits.to(at::kDouble).log_softmax(1).gather(1, labels.unsqueeze(1)).sum().item<double>();
    count_ += static_cast<double>(labels.numel());
  }
  double value() const override { return count_ > 0 ? std::exp(sum_ / count_) : kNan; }

 private:
  double sum_ = 0, count_ = 0;
};

// Area under the ROC curve by ranks, ties shared; several classes each against the rest, averaged.
class AucMeter : public Meter {
 public:
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const Tensor target = operands.at(1), scores = squeezed(operands.at(0), target);
    const std::int64_t axis = class_axis(scores, target);
    if (axis >= 0) {
      const auto [rows, labels] = class_rows(scores, target, axis);
      scores_.push_back(rows.to(at::kDouble));
      labels_.push_back(labels);
    } else {
      scores_.push_back(scores.reshape({-1, 1}).to(at::kDouble));
      labels_.push_back(target.reshape({-1}).to(at::kDouble).gt(0.5).to(at::kLong));
    }
  }
  double value() const override {
    if (scores_.empty()) return kNan;
    Tensor scores = at::cat(scores_, 0);
    const Tensor labels = at::cat(labels_, 0);
    if (scores.size(1) == 1) return area(scores.select(1, 0), labels.eq(1));
    if (scores.size(1) == 2) return area(scores.select(1, 1) - scores.select(1, 0), labels.eq(1));
    const bool shares = !scores.lt(0).any().item<bool>() && (scores.sum(1) - 1).abs().lt(1e-3).all().item<bool>();
    if (!shares) scores = scores.softmax(1);
    double sum = 0, counted = 0;
    for (std::int64_t c = 0; c < scores.size(1); ++c) {
      const double one = area(scores.select(1, c), labels.eq(c));
      if (std::isnan(one)) continue;
      sum += one;
      ++counted;
    }
    return counted > 0 ? sum / counted : kNan;
  }

 private:
  static double area(const Tensor& scores, const Tensor& positive) {
    const Tensor flat = scores.contiguous(), truth = positive.contiguous();
    const double* score = flat.data_ptr<double>();
    const bool* is = truth.data_ptr<bool>();
    std::vector<std::size_t> order(static_cast<std::size_t>(flat.numel()));
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
    double ranks = 0, count = 0;
    for (std::size_t i = 0; i < order.size();) {
      std::size_t end = i;
      while (end < order.size() && score[order[end]] == score[order[i]]) ++end;
      const double rank = (static_cast<double>(i) + static_cast<double>(end) + 1) / 2;
      for (; i < end; ++i)
        if (is[order[i]]) ranks += rank, ++count;
      i = end;
    }
    const double rest = static_cast<double>(order.size()) - count;
    return count == 0 || rest == 0 ? kNan : (ranks - count * (count + 1) / 2) / (count * rest);
  }
  std::vector<Tensor> scores_, labels_;
};

class MeanMeter : public Meter {
 public:
  void add(const std::vector<Tensor>& operands, std::int64_t rows) override {
    const Tensor value = operands.at(0).to(at::kDouble);
    if (value.numel() == 0) return;
    sum_ += value.mean().item<double>() * static_cast<double>(rows);
    rows_ += static_cast<double>(rows);
  }
  double value() const override { return rows_ > 0 ? sum_ / rows_ : kNan; }

 private:
  double sum_ = 0, rows_ = 0;
};

}  // namespace

std::unique_ptr<Meter> make_meter(const ir::Metric& metric) {
  if (metric.kind == "topk") {
    const types::Constant* k = argument(metric, "k", 0);
    return std::make_unique<TopkMeter>(k && k->is_int() ? std::max<std::int64_t>(k->as_int(), 1) : 5);
  }
  if (metric.kind == "mae" || metric.kind == "rmse" || metric.kind == "r2")
    return std::make_unique<ErrorMeter>(metric.kind);
  if (metric.kind == "perplexity") return std::make_unique<PerplexityMeter>();
  if (metric.kind == "auc") return std::make_unique<AucMeter>();
  if (metric.kind == "mean") return std::make_unique<MeanMeter>();
  const types::Constant* average = argument(metric, "average", 0);
  return std::make_unique<ConfusionMeter>(metric.kind, average && average->is_string() ? average->as_string() : "");
}

}  // namespace modelc::train
