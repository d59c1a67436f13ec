// SGD, Adam and AdamW with the arithmetic of torch.optim (PyTorch 1.13, single-tensor form), operation by operation, so
// that a training run equals the one written in Python. Also gradient clipping as torch.nn.utils does it.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "ir/recipe.h"
#include "weights/tensor_file.h"

namespace modelc::train {

/// The arguments of all optimisers together; each reads its own.
struct OptimizerSettings {
  double lr = 0, momentum = 0, dampening = 0, weight_decay = 0, beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
  bool nesterov = false, maximize = false, amsgrad = false;
};
/// What is kept for one parameter from step to step.
struct OptimizerState {
  std::int64_t step = 0;
  at::Tensor momentum, average, square, largest;
};
/// One update of one parameter along a gradient, which `maximize` has turned already.
using UpdateRule = void (*)(at::Tensor& parameter, at::Tensor gradient, OptimizerState& state,
                            const OptimizerSettings& settings);
/// The rule of an optimiser; null for one that is not honoured yet.
UpdateRule update_rule(catalogue::OptimizerId id);

class Optimizer {
 public:
  using Parameters = std::vector<std::pair<std::string, at::Tensor>>;
  Optimizer(const ir::Optimizer& optimizer, const std::vector<ir::ParameterGroup>& groups, Parameters parameters);

  /// Leaves every gradient undefined, as zero_grad(set_to_none=True).
  void clear_gradients();
  /// One update; parameters without a gradient are passed over.
  void step();
  const Parameters& parameters() const { return parameters_; }
  /// `KEY.exp_avg`, `KEY.momentum_buffer`, …, for a file beside the checkpoint.
  weights::NamedTensors state() const;

 private:
  UpdateRule rule_;
  Parameters parameters_;
  std::vector<OptimizerSettings> settings_;
  std::vector<OptimizerState> states_;
};

/// torch.nn.utils.clip_grad_norm_ (norm 2) and clip_grad_value_.
void clip_gradient_norm(const Optimizer::Parameters& parameters, double norm);
void clip_gradient_value(const Optimizer::Parameters& parameters, double value);

}  // namespace modelc::train
