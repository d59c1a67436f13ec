// Optimisers that change all parameters in one step and evaluate the loss as often as they like: LBFGS.
#pragma once

#include <functional>

#include "train/update_rule.h"
#include "weights/tensor_file.h"

namespace modelc::train {

/// The trainable parameters under their keys.
using Parameters = std::vector<std::pair<std::string, at::Tensor>>;
/// Computes the gradients of all parameters anew and gives the loss.
using Evaluate = std::function<at::Tensor()>;

class JointStep {
 public:
  virtual ~JointStep() = default;
  virtual void step(const Evaluate& evaluate, double lr) = 0;
  /// Empty before the first step.
  virtual std::map<std::string, at::Tensor> state() const = 0;
  virtual void restore(const std::map<std::string, at::Tensor>& state) = 0;
};

/// The parameters outlive it.
std::unique_ptr<JointStep> make_lbfgs(const Arguments& arguments, const Parameters& parameters);

}  // namespace modelc::train
