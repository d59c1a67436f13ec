// What a metric makes of a prediction and a target, decided by their types (LANGUAGE §11). Reports M6032, M6040, M6041
// and M5005. Knows neither graph nor expression.
#pragma once

#include <optional>

#include "catalogue/bind.h"
#include "types/conditions.h"

namespace modelc::recipe {

using support::Span;
using types::TensorType;

struct MetricForm {
  /// The dimension of the prediction that holds a score for each class; nullopt: prediction and target have one shape,
  /// but for a last dimension of 1.
  std::optional<std::int64_t> class_dim;
};

/// Where the parts of the call stand.
struct MetricCall {
  const catalogue::Entry& entry;
  const catalogue::Bound& bound;
  Span call, prediction, target;
  Span place_of_argument;  // of `average` or `k`, where one is given
};

/// nullopt after reporting. What must hold of symbols for the types to fit is put on `conditions`.
std::optional<MetricForm> metric_form(const MetricCall& call, const TensorType& prediction, const TensorType& target,
                                      types::Conditions& conditions, diagnostics::Sink& sink);

}  // namespace modelc::recipe
