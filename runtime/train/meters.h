// The meters by family, each in a file of its own, and what they have in common.
#pragma once

#include <limits>

#include "train/metrics.h"

namespace modelc::train {

inline constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();

/// null where the argument is not given; the compiler gives every one that the metric has.
types::Constant argument(const ir::Metric& metric, std::string_view name);
/// Which dimension of the scores holds the classes, as the compiler found; -1 where scores and target have one shape.
std::int64_t class_axis(const ir::Metric& metric);
/// [B, 1] against [B] is one column of scores, not two classes.
at::Tensor squeezed(const at::Tensor& scores, const at::Tensor& target);
/// Rows of class scores [N, C] and their targets [N], ignored targets (negative) dropped.
std::pair<at::Tensor, at::Tensor> class_rows(const at::Tensor& scores, const at::Tensor& target, std::int64_t axis);

std::unique_ptr<Meter> make_class_meter(const ir::Metric& metric);  // accuracy, precision, recall, f1, iou, …
std::unique_ptr<Meter> make_topk_meter(const ir::Metric& metric);
std::unique_ptr<Meter> make_score_meter(const ir::Metric& metric);  // auc, average_precision, ece, perplexity
std::unique_ptr<Meter> make_error_meter(const ir::Metric& metric);  // mae, rmse, r2, pearson, …
std::unique_ptr<Meter> make_text_meter(const ir::Metric& metric);   // bleu

}  // namespace modelc::train
