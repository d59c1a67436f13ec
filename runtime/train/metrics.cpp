#include "train/metrics.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "exec/executor.h"
#include "support/counted.h"

namespace modelc::train {
namespace {

using at::Tensor;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// null where the argument is not given; the compiler gives every one that the metric has.
types::Constant argument(const ir::Metric& metric, std::string_view name) {
  for (const auto& [given, value] : metric.args)
    if (given == name) return value;
  return {};
}

// Which dimension of the scores holds the classes, as the compiler found; -1 where scores and target have one shape.
std::int64_t class_axis(const ir::Metric& metric) {
  const types::Constant dim = argument(metric, "class_dim");
  return dim.is_int() ? dim.as_int() : -1;
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

// Of one class: how often it was predicted, how often it was there, how often both.
struct Hits {
  double hit = 0, predicted = 0, actual = 0;
};
double precision_of(const Hits& h) { return h.predicted > 0 ? h.hit / h.predicted : 0; }
double recall_of(const Hits& h) { return h.actual > 0 ? h.hit / h.actual : 0; }
double f1_of(const Hits& h) {
  const double precision = precision_of(h), recall = recall_of(h);
  return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
}
double iou_of(const Hits& h) { return h.hit / std::max(h.predicted + h.actual - h.hit, 1.0); }
using ClassScore = double (*)(const Hits&);

enum class Average { Default, Binary, Macro, Micro, Weighted };

Average average_of(const ir::Metric& metric) {
  static constexpr std::pair<std::string_view, Average> kWords[] = {{"binary", Average::Binary},
                                                                    {"macro", Average::Macro},
                                                                    {"micro", Average::Micro},
                                                                    {"weighted", Average::Weighted}};
  const types::Constant given = argument(metric, "average");
  for (const auto& [word, average] : kWords)
    if (given == types::Constant(std::string(word))) return average;
  return Average::Default;
}

// Counts of (target, predicted). Scores of the target's shape are kept at both thresholds until it is known whether
// they are logits or probabilities: one batch cannot tell. Such scores and truth values are judged by class 1 unless
// `average` says otherwise, so that a score and what it says count alike.
class ConfusionMeter : public Meter {
 public:
  ConfusionMeter(const ir::Metric& metric, ClassScore score)
      : score_(score), average_(average_of(metric)), axis_(class_axis(metric)), span_(metric.span) {}

  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const Tensor target = operands.at(1), scores = squeezed(operands.at(0), target);
    if (axis_ >= 0) {
      const auto [rows, labels] = class_rows(scores, target, axis_);
      classes_ = std::max(classes_, rows.size(1));
      count(counts_, labels, rows.argmax(1));
      return;
    }
    const Tensor truth = target.reshape({-1});
    const Tensor flat = scores.reshape({-1});
    const bool floats = at::isFloatingType(flat.scalar_type());
    if (!floats && flat.scalar_type() != at::kBool) {
      const Tensor labels = truth.to(at::kLong), kept = labels.ge(0).nonzero().reshape({-1});
      count(counts_, labels.index_select(0, kept), flat.to(at::kLong).index_select(0, kept));
      return;
    }
    binary_ = true;
    classes_ = std::max<std::int64_t>(classes_, 2);
    const Tensor labels = truth.to(at::kDouble).gt(0.5).to(at::kLong);
    if (!floats) {
      count(counts_, labels, flat.to(at::kLong));
      count(halves_, labels, flat.to(at::kLong));
      return;
    }
    outside_ = outside_ || flat.lt(0).logical_or(flat.gt(1)).any().item<bool>();
    count(counts_, labels, flat.gt(0).to(at::kLong));
    count(halves_, labels, flat.gt(0.5).to(at::kLong));
  }

  double value() const override {
    const Counts& counts = table_counts();
    const std::size_t n = counts.size();
    double total = 0, right = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        total += counts[i][j];
        if (i == j) right += counts[i][j];
      }
    if (total == 0) return kNan;
    if (!score_) return right / total;
    if (average_ == Average::Micro) return score_({right, total, total});
    const bool one = average_ == Average::Binary || (average_ == Average::Default && binary_);
    if (one && n > 2)
      throw exec::RuntimeFault(span_,
                               fmt::format("`average` is \"binary\", but there are {}", support::counted(n, "class")));
    double sum = 0, weight = 0;
    for (std::size_t c = one ? 1 : 0; c < n; ++c) {
      Hits hits{counts[c][c], 0, 0};
      for (std::size_t i = 0; i < n; ++i) hits.predicted += counts[i][c], hits.actual += counts[c][i];
      // Classes that neither occur nor are predicted say nothing.
      if (!one && hits.predicted + hits.actual == 0) continue;
      const double share = average_ == Average::Weighted ? hits.actual : 1;
      sum += share * score_(hits);
      weight += share;
    }
    return weight == 0 ? kNan : sum / weight;
  }

 protected:
  using Counts = std::vector<std::vector<double>>;

  const Counts& table_counts() const { return binary_ && !outside_ ? halves_ : counts_; }

 private:
  void count(Counts& counts, const Tensor& labels, const Tensor& predicted) {
    if (labels.numel() == 0) return;
    const std::int64_t high = std::max(labels.max().item<std::int64_t>(), predicted.max().item<std::int64_t>());
    if (high >= kMostClasses || predicted.min().item<std::int64_t>() < 0)
      throw exec::RuntimeFault(span_, fmt::format("class numbers from {} to {} are compared, expected 0 to {}",
                                                  predicted.min().item<std::int64_t>(), high, kMostClasses - 1));
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

  static constexpr std::int64_t kMostClasses = 100000;
  ClassScore score_;  // null: the share of what is right
  Average average_;
  std::int64_t axis_;
  support::Span span_;
  std::int64_t classes_ = 0;
  bool binary_ = false, outside_ = false;
  Counts counts_, halves_;
};

class TableMeter : public ConfusionMeter {
 public:
  explicit TableMeter(const ir::Metric& metric) : ConfusionMeter(metric, nullptr) {}

  std::string table() const override {
    const Counts& counts = table_counts();
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
};

class TopkMeter : public Meter {
 public:
  explicit TopkMeter(const ir::Metric& metric) : k_(argument(metric, "k").as_int()), axis_(class_axis(metric)) {}
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const auto [rows, labels] = class_rows(operands.at(0), operands.at(1), axis_);
    const Tensor best = std::get<1>(rows.topk(std::min(k_, rows.size(1)), 1));
    right_ += best.eq(labels.unsqueeze(1)).any(1).sum().item<double>();
    total_ += static_cast<double>(labels.numel());
  }
  double value() const override { return total_ > 0 ? right_ / total_ : kNan; }

 private:
  std::int64_t k_, axis_;
  double right_ = 0, total_ = 0;
};

// mae, rmse and r2; r2 for each output and averaged, as scikit-learn does.
class ErrorMeter : public Meter {
 public:
  enum Kind { Absolute, Squared, Explained };
  explicit ErrorMeter(Kind kind) : kind_(kind) {}
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
    if (kind_ == Absolute) return (absolute_ / rows_).mean().item<double>();
    if (kind_ == Squared) return std::sqrt((squared_ / rows_).mean().item<double>());
    const Tensor spread = square_ - sum_.square() / rows_;
    return at::where(spread.gt(0), 1 - squared_ / spread,
                     at::where(squared_.eq(0), at::ones_like(spread), at::zeros_like(spread)))
        .mean()
        .item<double>();
  }

 private:
  Kind kind_;
  double rows_ = 0;
  Tensor absolute_, squared_, sum_, square_, origin_;
};

class PerplexityMeter : public Meter {
 public:
  explicit PerplexityMeter(const ir::Metric& metric) : axis_(class_axis(metric)) {}
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const auto [logits, labels] = class_rows(operands.at(0), operands.at(1), axis_);
    if (labels.numel() == 0) return;
    sum_ -= logits.to(at::kDouble).log_softmax(1).gather(1, labels.unsqueeze(1)).sum().item<double>();
    count_ += static_cast<double>(labels.numel());
  }
  double value() const override { return count_ > 0 ? std::exp(sum_ / count_) : kNan; }

 private:
  std::int64_t axis_;
  double sum_ = 0, count_ = 0;
};

// Area under the ROC curve by ranks, ties shared; several classes each against the rest, averaged.
class AucMeter : public Meter {
 public:
  explicit AucMeter(const ir::Metric& metric) : axis_(class_axis(metric)) {}
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const Tensor target = operands.at(1), scores = squeezed(operands.at(0), target);
    if (axis_ >= 0) {
      const auto [rows, labels] = class_rows(scores, target, axis_);
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
  std::int64_t axis_;
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
  using Id = catalogue::MetricId;
  switch (metric.kind) {
    case Id::Accuracy:
      return std::make_unique<ConfusionMeter>(metric, nullptr);
    case Id::Precision:
      return std::make_unique<ConfusionMeter>(metric, precision_of);
    case Id::Recall:
      return std::make_unique<ConfusionMeter>(metric, recall_of);
    case Id::F1:
      return std::make_unique<ConfusionMeter>(metric, f1_of);
    case Id::Iou:
      return std::make_unique<ConfusionMeter>(metric, iou_of);
    case Id::Confusion:
      return std::make_unique<TableMeter>(metric);
    case Id::Topk:
      return std::make_unique<TopkMeter>(metric);
    case Id::Auc:
      return std::make_unique<AucMeter>(metric);
    case Id::Mae:
      return std::make_unique<ErrorMeter>(ErrorMeter::Absolute);
    case Id::Rmse:
      return std::make_unique<ErrorMeter>(ErrorMeter::Squared);
    case Id::R2:
      return std::make_unique<ErrorMeter>(ErrorMeter::Explained);
    case Id::Perplexity:
      return std::make_unique<PerplexityMeter>(metric);
    case Id::Mean:
      return std::make_unique<MeanMeter>();
  }
  return nullptr;
}

namespace {

/// What a metric's arithmetic throws names the metric and its line.
template <class F>
auto at_metric(const ir::Metric& metric, F&& compute) {
  try {
    return compute();
  } catch (const c10::Error& error) {
    const std::string_view text = error.what_without_backtrace();
    throw exec::RuntimeFault(metric.span,
                             fmt::format("the metric `{}`: {}", metric.name, text.substr(0, text.find('\n'))));
  }
}

}  // namespace

void add_batch(Meter& meter, const ir::Metric& metric, const std::vector<at::Tensor>& operands, std::int64_t rows) {
  at_metric(metric, [&] { meter.add(operands, rows); });
}

double value_of(const Meter& meter, const ir::Metric& metric) {
  return at_metric(metric, [&] { return meter.value(); });
}

}  // namespace modelc::train
