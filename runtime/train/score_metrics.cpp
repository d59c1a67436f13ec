// Metrics of scores: how well they rank, how well they are calibrated, how likely the truth is by them.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "train/meters.h"

namespace modelc::train {
namespace {

using at::Tensor;

class PerplexityMeter : public Meter {
 public:
  explicit PerplexityMeter(const ir::Metric& metric) : axis_(class_axis(metric)) {}
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const auto [logits, labels] = class_rows(operands.at(0), operands.at(1), axis_);
    if (labels.numel() == 0) return;
    sum_ -= logits.to(at::kDouble).log_softmax(1).gather(1, labels.unsqueeze(1)).sum().item<double>();
    count_ += static_cast<double>(labels.numel());
  }
  double value() const override { return count_ > 0 ? std::exp(sum_ / count_) : kNoFigure; }

 private:
  std::int64_t axis_;
  double sum_ = 0, count_ = 0;
};

// Scores that are shares of a whole, for each row; others are logits.
bool are_shares(const Tensor& scores) {
  return !scores.lt(0).any().item<bool>() && (scores.sum(1) - 1).abs().lt(1e-3).all().item<bool>();
}

// What a ranking of rows, of which some are meant, is worth; NaN where it says nothing.
using Worth = double (*)(const std::vector<std::size_t>& ranking, const double* score, const bool* is);

// `ranking` goes from the lowest score to the highest.
double area_under_roc(const std::vector<std::size_t>& ranking, const double* score, const bool* is) {
  double ranks = 0, count = 0;
  for (std::size_t i = 0; i < ranking.size();) {
    std::size_t end = i;
    while (end < ranking.size() && score[ranking[end]] == score[ranking[i]]) ++end;
    const double rank = (static_cast<double>(i) + static_cast<double>(end) + 1) / 2;
    for (; i < end; ++i)
      if (is[ranking[i]]) ranks += rank, ++count;
  }
  const double rest = static_cast<double>(ranking.size()) - count;
  return count == 0 || rest == 0 ? kNoFigure : (ranks - count * (count + 1) / 2) / (count * rest);
}

// The precision at each recall that is gained, rows of one score at once.
double average_precision(const std::vector<std::size_t>& ranking, const double* score, const bool* is) {
  double found = 0, seen = 0, sum = 0;
  for (std::size_t i = ranking.size(); i > 0;) {
    const double level = score[ranking[i - 1]];
    const double before = found;
    for (; i > 0 && score[ranking[i - 1]] == level; --i, ++seen)
      if (is[ranking[i - 1]]) ++found;
    sum += (found - before) * found / seen;
  }
  return found == 0 ? kNoFigure : sum / found;
}

// Rankings by a class's scores, ties shared; several classes each against the rest, averaged.
class RankMeter : public Meter {
 public:
  RankMeter(const ir::Metric& metric, Worth of_ranking) : axis_(class_axis(metric)), worth_(of_ranking) {}
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
    if (scores_.empty()) return kNoFigure;
    Tensor scores = at::cat(scores_, 0);
    const Tensor labels = at::cat(labels_, 0);
    if (scores.size(1) == 1) return worth(scores.select(1, 0), labels.eq(1));
    if (scores.size(1) == 2) return worth(scores.select(1, 1) - scores.select(1, 0), labels.eq(1));
    if (!are_shares(scores)) scores = scores.softmax(1);
    double sum = 0, counted = 0;
    for (std::int64_t c = 0; c < scores.size(1); ++c) {
      const double one = worth(scores.select(1, c), labels.eq(c));
      if (std::isnan(one)) continue;
      sum += one;
      ++counted;
    }
    return counted > 0 ? sum / counted : kNoFigure;
  }

 private:
  double worth(const Tensor& scores, const Tensor& positive) const {
    const Tensor flat = scores.contiguous(), truth = positive.contiguous();
    const double* score = flat.data_ptr<double>();
    std::vector<std::size_t> ranking(static_cast<std::size_t>(flat.numel()));
    std::iota(ranking.begin(), ranking.end(), 0);
    std::sort(ranking.begin(), ranking.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
    return worth_(ranking, score, truth.data_ptr<bool>());
  }

  std::int64_t axis_;
  Worth worth_;
  std::vector<Tensor> scores_, labels_;
};

// By how much confidence and accuracy differ, in bins of equal width, weighted by their rows. Whether scores are
// logits or probabilities is known when all have been seen: each row counts in both ways until then.
class CalibrationMeter : public Meter {
 public:
  explicit CalibrationMeter(const ir::Metric& metric)
      : axis_(class_axis(metric)), bins_(argument(metric, "bins").as_int()) {
    for (Bins* bins : {&as_shares_, &as_logits_}) *bins = Bins(static_cast<std::size_t>(bins_));
  }
  void add(const std::vector<Tensor>& operands, std::int64_t) override {
    const Tensor target = operands.at(1), scores = squeezed(operands.at(0), target);
    if (axis_ >= 0) {
      const auto [rows, labels] = class_rows(scores, target, axis_);
      const Tensor doubles = rows.to(at::kDouble);
      if (doubles.size(0) == 0) return;
      logits_ = logits_ || !are_shares(doubles);
      const Tensor right = doubles.argmax(1).eq(labels);
      count(as_shares_, std::get<0>(doubles.max(1)), right);
      count(as_logits_, std::get<0>(doubles.softmax(1).max(1)), right);
      return;
    }
    const Tensor flat = scores.reshape({-1}).to(at::kDouble);
    const Tensor truth = target.reshape({-1}).to(at::kDouble).gt(0.5);
    logits_ = logits_ || flat.lt(0).logical_or(flat.gt(1)).any().item<bool>();
    count(as_shares_, at::maximum(flat, 1 - flat), flat.gt(0.5).eq(truth));
    const Tensor shares = flat.sigmoid();
    count(as_logits_, at::maximum(shares, 1 - shares), flat.gt(0).eq(truth));
  }
  double value() const override {
    const Bins& bins = logits_ ? as_logits_ : as_shares_;
    double total = 0, error = 0;
    for (const Bin& bin : bins) {
      total += bin.rows;
      error += std::abs(bin.right - bin.confidence);
    }
    return total > 0 ? error / total : kNoFigure;
  }

 private:
  struct Bin {
    double rows = 0, right = 0, confidence = 0;
  };
  using Bins = std::vector<Bin>;

  /// A bin holds what is above its lower end and not above its upper one.
  void count(Bins& bins, const Tensor& confidence, const Tensor& right) const {
    const Tensor values = confidence.contiguous(), hits = right.contiguous();
    const double* value = values.data_ptr<double>();
    const bool* hit = hits.data_ptr<bool>();
    for (std::int64_t i = 0; i < values.numel(); ++i) {
      const double at = std::ceil(std::clamp(value[i], 0.0, 1.0) * static_cast<double>(bins_)) - 1;
      Bin& bin = bins[static_cast<std::size_t>(std::max(at, 0.0))];
      ++bin.rows;
      bin.right += hit[i] ? 1 : 0;
      bin.confidence += value[i];
    }
  }

  std::int64_t axis_, bins_;
  bool logits_ = false;
  Bins as_shares_, as_logits_;
};

}  // namespace

std::unique_ptr<Meter> make_score_meter(const ir::Metric& metric) {
  using Id = catalogue::MetricId;
  if (metric.kind == Id::Auc) return std::make_unique<RankMeter>(metric, area_under_roc);
  if (metric.kind == Id::AveragePrecision) return std::make_unique<RankMeter>(metric, average_precision);
  if (metric.kind == Id::Ece) return std::make_unique<CalibrationMeter>(metric);
  return std::make_unique<PerplexityMeter>(metric);
}

}  // namespace modelc::train
