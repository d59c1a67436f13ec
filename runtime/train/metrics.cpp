#include "train/metrics.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include "exec/executor.h"
#include "train/meters.h"

namespace modelc::train {

using at::Tensor;

types::Constant argument(const ir::Metric& metric, std::string_view name) {
  for (const auto& [given, value] : metric.args)
    if (given == name) return value;
  return {};
}

std::int64_t class_axis(const ir::Metric& metric) {
  const types::Constant dim = argument(metric, "class_dim");
  return dim.is_int() ? dim.as_int() : -1;
}

Tensor squeezed(const Tensor& scores, const Tensor& target) {
  return scores.dim() == target.dim() + 1 && scores.size(-1) == 1 ? scores.squeeze(-1) : scores;
}

std::pair<Tensor, Tensor> class_rows(const Tensor& scores, const Tensor& target, std::int64_t axis) {
  const Tensor rows = scores.movedim(axis, -1).reshape({-1, scores.size(axis)});
  const Tensor labels = target.reshape({-1}).to(at::kLong);
  const Tensor kept = labels.ge(0).nonzero().reshape({-1});
  return {rows.index_select(0, kept), labels.index_select(0, kept)};
}

namespace {

class MeanMeter : public Meter {
 public:
  void add(const std::vector<Tensor>& operands, std::int64_t rows) override {
    const Tensor value = operands.at(0).to(at::kDouble);
    if (value.numel() == 0) return;
    sum_ += value.mean().item<double>() * static_cast<double>(rows);
    rows_ += static_cast<double>(rows);
  }
  double value() const override { return rows_ > 0 ? sum_ / rows_ : kNoFigure; }

 private:
  double sum_ = 0, rows_ = 0;
};

}  // namespace

std::unique_ptr<Meter> make_meter(const ir::Metric& metric) {
  using Id = catalogue::MetricId;
  switch (metric.kind) {
    case Id::Accuracy:
    case Id::Precision:
    case Id::Recall:
    case Id::F1:
    case Id::Iou:
    case Id::Confusion:
    case Id::BalancedAccuracy:
    case Id::Specificity:
    case Id::Dice:
      return make_class_meter(metric);
    case Id::Topk:
      return make_topk_meter(metric);
    case Id::Auc:
    case Id::AveragePrecision:
    case Id::Ece:
    case Id::Perplexity:
      return make_score_meter(metric);
    case Id::Mae:
    case Id::Mse:
    case Id::Rmse:
    case Id::R2:
    case Id::Mape:
    case Id::Pearson:
    case Id::Spearman:
      return make_error_meter(metric);
    case Id::Bleu:
      return make_text_meter(metric);
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
