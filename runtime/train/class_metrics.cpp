// Metrics of classes: what was predicted against what is, counted.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include <algorithm>

#include "exec/executor.h"
#include "support/counted.h"
#include "train/meters.h"

namespace modelc::train {
namespace {

using at::Tensor;

// Of one class: how often it was predicted, how often it was there, how often both, of how many.
struct Hits {
  double hit = 0, predicted = 0, actual = 0, total = 0;
};
double precision_of(const Hits& h) { return h.predicted > 0 ? h.hit / h.predicted : 0; }
double recall_of(const Hits& h) { return h.actual > 0 ? h.hit / h.actual : 0; }
double f1_of(const Hits& h) {
  const double precision = precision_of(h), recall = recall_of(h);
  return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
}
double specificity_of(const Hits& h) {
  const double others = h.total - h.actual;
  return others > 0 ? (others - h.predicted + h.hit) / others : 0;
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

// Predictions of a batch as classes: of class scores the best one, of others what they say at a threshold. Of scores in
// the target's shape one batch cannot tell whether they are logits or probabilities, so both readings are kept.
struct Classes {
  Tensor labels, predicted;
  Tensor halves;         // as probabilities; undefined where `predicted` is the only reading
  bool outside = false;  // these are no probabilities
};

Classes classes_of(const std::vector<Tensor>& operands, std::int64_t axis) {
  const Tensor target = operands.at(1), scores = squeezed(operands.at(0), target);
  if (axis >= 0) {
    const auto [rows, labels] = class_rows(scores, target, axis);
    return {labels, rows.argmax(1), {}};
  }
  const Tensor truth = target.reshape({-1}), flat = scores.reshape({-1});
  const bool floats = at::isFloatingType(flat.scalar_type());
  if (!floats && flat.scalar_type() != at::kBool) {
    const Tensor labels = truth.to(at::kLong), kept = labels.ge(0).nonzero().reshape({-1});
    return {labels.index_select(0, kept), flat.to(at::kLong).index_select(0, kept), {}};
  }
  const Tensor labels = truth.to(at::kDouble).gt(0.5).to(at::kLong);
  if (!floats) return {labels, flat.to(at::kLong), flat.to(at::kLong)};
  const bool outside = flat.lt(0).logical_or(flat.gt(1)).any().item<bool>();
  return {labels, flat.gt(0).to(at::kLong), flat.gt(0.5).to(at::kLong), outside};
}

// The highest class number of a batch that is not empty.
std::int64_t highest(const Tensor& labels, const Tensor& predicted, support::Span span) {
  constexpr std::int64_t kMostClasses = 100000;
  const std::int64_t high = std::max(labels.max().item<std::int64_t>(), predicted.max().item<std::int64_t>());
  const std::int64_t low = predicted.min().item<std::int64_t>();
  if (high >= kMostClasses || low < 0)
    throw exec::RuntimeFault(
        span, fmt::format("class numbers from {} to {} are compared, expected 0 to {}", low, high, kMostClasses - 1));
  return high;
}

// The share of what is right.
class AccuracyMeter : public Meter {
 public:
  explicit AccuracyMeter(const ir::Metric& metric) : axis_(class_axis(metric)), span_(metric.span) {}
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const Classes found = classes_of(operands, axis_);
    // Numbers that are compared as they come are class numbers.
    if (axis_ < 0 && found.labels.numel() > 0) (void)highest(found.labels, found.predicted, span_);
    const auto right = [&](const Tensor& predicted) { return predicted.eq(found.labels).sum().item<double>(); };
    right_ += right(found.predicted);
    binary_ = binary_ || found.halves.defined();
    outside_ = outside_ || found.outside;
    if (found.halves.defined()) halves_ += right(found.halves);
    total_ += static_cast<double>(found.labels.numel());
  }
  double value() const override { return total_ > 0 ? (binary_ && !outside_ ? halves_ : right_) / total_ : kNoFigure; }

 private:
  std::int64_t axis_;
  support::Span span_;
  bool binary_ = false, outside_ = false;
  double right_ = 0, halves_ = 0, total_ = 0;
};

// What a class is worth, and over which classes the mean is taken.
struct Judgement {
  ClassScore score = nullptr;
  bool of_actual = false;  // those that occur, whatever was predicted
};

// Counts of (target, predicted). Scores of the target's shape and truth values are judged by class 1 unless `average`
// says otherwise, so that a score and what it says count alike. Several of them for a row are labels, each with two
// classes of its own; their mean is over the labels.
class ConfusionMeter : public Meter {
 public:
  ConfusionMeter(const ir::Metric& metric, Judgement judgement)
      : judgement_(judgement), average_(average_of(metric)), axis_(class_axis(metric)), span_(metric.span) {}

  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const Classes found = classes_of(operands, axis_);
    if (axis_ >= 0) classes_ = std::max(classes_, operands.at(0).size(axis_));
    if (found.halves.defined()) {
      binary_ = true;
      classes_ = std::max<std::int64_t>(classes_, 2);
      outside_ = outside_ || found.outside;
      count(halves_, found.labels, found.halves);
      const bool labels = operands.at(1).dim() == 2 && operands.at(1).size(1) > 1;
      if (labels && (average_ == Average::Macro || average_ == Average::Weighted)) count_labels(found, operands.at(1));
    }
    count(counts_, found.labels, found.predicted);
  }

  double value() const override {
    const std::vector<Hits>& of_labels = binary_ && !outside_ ? label_halves_ : labels_;
    if (!of_labels.empty()) return mean_of(of_labels);
    const std::vector<Hits> classes = hits_of(table_counts());
    if (classes.empty() || classes[0].total == 0) return kNoFigure;
    const bool one = average_ == Average::Binary || (average_ == Average::Default && binary_ && !judgement_.of_actual);
    if (one && classes.size() > 2)
      throw exec::RuntimeFault(
          span_, fmt::format("`average` is \"binary\", but there are {}", support::counted(classes.size(), "class")));
    if (one) return classes.size() == 2 ? judgement_.score(classes[1]) : kNoFigure;
    if (average_ != Average::Micro) return mean_of(classes);
    Hits all;
    for (const Hits& hits : classes)
      all.hit += hits.hit, all.predicted += hits.predicted, all.actual += hits.actual, all.total += hits.total;
    return judgement_.score(all);
  }

 protected:
  using Counts = std::vector<std::vector<double>>;

  const Counts& table_counts() const { return binary_ && !outside_ ? halves_ : counts_; }

 private:
  static std::vector<Hits> hits_of(const Counts& counts) {
    std::vector<Hits> out(counts.size());
    double total = 0;
    for (std::size_t i = 0; i < counts.size(); ++i)
      for (std::size_t j = 0; j < counts.size(); ++j) {
        total += counts[i][j];
        out[i].actual += counts[i][j];
        out[j].predicted += counts[i][j];
        if (i == j) out[i].hit = counts[i][i];
      }
    for (Hits& hits : out) hits.total = total;
    return out;
  }

  /// Classes that neither occur nor are predicted say nothing.
  double mean_of(const std::vector<Hits>& classes) const {
    double sum = 0, weight = 0;
    for (const Hits& hits : classes) {
      if (judgement_.of_actual ? hits.actual == 0 : hits.predicted + hits.actual == 0) continue;
      const double share = average_ == Average::Weighted ? hits.actual : 1;
      sum += share * judgement_.score(hits);
      weight += share;
    }
    return weight == 0 ? kNoFigure : sum / weight;
  }

  void count_labels(const Classes& found, const Tensor& target) {
    const Tensor labels = found.labels.reshape(target.sizes());
    for (const auto& [hits, predicted] :
         {std::pair(&labels_, found.predicted), std::pair(&label_halves_, found.halves)}) {
      const Tensor said = predicted.reshape(target.sizes());
      hits->resize(static_cast<std::size_t>(target.size(1)));
      for (std::size_t i = 0; i < hits->size(); ++i) {
        const Tensor is = labels.select(1, static_cast<std::int64_t>(i)),
                     as = said.select(1, static_cast<std::int64_t>(i));
        Hits& one = (*hits)[i];
        one.hit += is.mul(as).sum().item<double>();
        one.actual += is.sum().item<double>();
        one.predicted += as.sum().item<double>();
        one.total += static_cast<double>(is.numel());
      }
    }
  }

  void count(Counts& counts, const Tensor& labels, const Tensor& predicted) {
    if (labels.numel() == 0) return;
    const std::int64_t high = highest(labels, predicted, span_);
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

  Judgement judgement_;
  Average average_;
  std::int64_t axis_;
  support::Span span_;
  std::int64_t classes_ = 0;
  bool binary_ = false, outside_ = false;
  Counts counts_, halves_;
  std::vector<Hits> labels_, label_halves_;
};

class TableMeter : public ConfusionMeter {
 public:
  explicit TableMeter(const ir::Metric& metric) : ConfusionMeter(metric, {}) {}

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
  double value() const override { return total_ > 0 ? right_ / total_ : kNoFigure; }

 private:
  std::int64_t k_, axis_;
  double right_ = 0, total_ = 0;
};

}  // namespace

std::unique_ptr<Meter> make_topk_meter(const ir::Metric& metric) { return std::make_unique<TopkMeter>(metric); }

std::unique_ptr<Meter> make_class_meter(const ir::Metric& metric) {
  using Id = catalogue::MetricId;
  switch (metric.kind) {
    case Id::Confusion:
      return std::make_unique<TableMeter>(metric);
    case Id::Precision:
      return std::make_unique<ConfusionMeter>(metric, Judgement{precision_of});
    case Id::Recall:
      return std::make_unique<ConfusionMeter>(metric, Judgement{recall_of});
    case Id::BalancedAccuracy:
      return std::make_unique<ConfusionMeter>(metric, Judgement{recall_of, true});
    case Id::F1:
    case Id::Dice:
      return std::make_unique<ConfusionMeter>(metric, Judgement{f1_of});
    case Id::Iou:
      return std::make_unique<ConfusionMeter>(metric, Judgement{iou_of});
    case Id::Specificity:
      return std::make_unique<ConfusionMeter>(metric, Judgement{specificity_of});
    default:
      return std::make_unique<AccuracyMeter>(metric);
  }
}

}  // namespace modelc::train
