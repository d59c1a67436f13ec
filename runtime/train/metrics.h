// Metrics over a whole split, gathered batch by batch. A prediction is a score for each class (`class_dim` says which
// dimension holds them; the compiler found it), or of the target's own shape: class numbers, truth values, or scores of
// class 1, logits or probabilities (all values within 0..1).
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "ir/ir.h"

namespace modelc::train {

class Meter {
 public:
  virtual ~Meter() = default;
  /// The metric's operands for one batch of `rows`.
  virtual void add(const std::vector<at::Tensor>& operands, std::int64_t rows) = 0;
  virtual double value() const = 0;
  /// A table to print instead of a number; empty for all but `confusion`.
  virtual std::string table() const { return {}; }
};

/// A fresh meter for a metric of the graph.
std::unique_ptr<Meter> make_meter(const ir::Metric& metric);
/// One batch for a metric, and what it comes to; whatever fails is an exec::RuntimeFault at the metric's line.
void add_batch(Meter& meter, const ir::Metric& metric, const std::vector<at::Tensor>& operands, std::int64_t rows);
double value_of(const Meter& meter, const ir::Metric& metric);

}  // namespace modelc::train
