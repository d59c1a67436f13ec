// Rules that follow the gradient or its sign.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>

#include "train/update_rule.h"

namespace modelc::train {
namespace {

class Sgd final : public UpdateRule {
 public:
  explicit Sgd(const Arguments& a)
      : momentum_(a.number("momentum")),
        dampening_(a.number("dampening")),
        weight_decay_(a.number("weight_decay")),
        nesterov_(a.flag("nesterov")) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    gradient = decayed(std::move(gradient), parameter, weight_decay_);
    if (momentum_ != 0) {
      const bool begins = !state.tensors.contains("momentum_buffer");
      at::Tensor& buffer = state.first("momentum_buffer", [&] { return gradient.clone().detach(); });
      if (!begins) buffer.mul_(momentum_).add_(gradient, 1 - dampening_);
      gradient = nesterov_ ? gradient.add(buffer, momentum_) : buffer;
    }
    parameter.add_(gradient, -lr);
  }

 private:
  double momentum_, dampening_, weight_decay_;
  bool nesterov_;
};

class Asgd final : public UpdateRule {
 public:
  explicit Asgd(const Arguments& a)
      : lambd_(a.number("lambd", 1e-4)),
        alpha_(a.number("alpha", 0.75)),
        t0_(a.number("t0", 1e6)),
        weight_decay_(a.number("weight_decay")) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    // PyTorch keeps both as tensors of single precision.
    at::Tensor& eta = state.first("eta", [&] { return at::scalar_tensor(lr, at::kFloat); });
    at::Tensor& mu = state.first("mu", [] { return at::scalar_tensor(1.0, at::kFloat); });
    at::Tensor& average = state.zeros("ax", parameter);
    gradient = decayed(std::move(gradient), parameter, weight_decay_);
    const double size = eta.item<double>();
    parameter.mul_(1 - lambd_ * size);
    parameter.add_(gradient, -size);
    if (mu.item<double>() != 1) average.add_(parameter.sub(average).mul(mu));
    else average.copy_(parameter);
    const auto step = static_cast<double>(state.step);
    eta.fill_(lr / std::pow(1 + lambd_ * lr * step, alpha_));
    mu.fill_(1 / std::max(1.0, step - t0_));
  }

 private:
  double lambd_, alpha_, t0_, weight_decay_;
};

class Rprop final : public UpdateRule {
 public:
  explicit Rprop(const Arguments& a)
      : shrink_(a.number_of("etas", 0, 0.5)),
        grow_(a.number_of("etas", 1, 1.2)),
        smallest_(a.number_of("step_sizes", 0, 1e-6)),
        largest_(a.number_of("step_sizes", 1, 50)) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    at::Tensor& before = state.zeros("prev", parameter);
    at::Tensor& size = state.first("step_size", [&] { return at::full_like(gradient, lr); });
    at::Tensor factor = gradient.mul(before).sign();
    const at::Tensor turned = factor.lt(0);
    factor.masked_fill_(factor.gt(0), grow_);
    factor.masked_fill_(turned, shrink_);
    factor.masked_fill_(factor.eq(0), 1);
    size.mul_(factor).clamp_(smallest_, largest_);
    gradient = gradient.masked_fill(turned, 0);
    parameter.addcmul_(gradient.sign(), size, -1);
    before.copy_(gradient);
  }

 private:
  double shrink_, grow_, smallest_, largest_;
};

/// Chen et al. 2023, Symbolic Discovery of Optimization Algorithms.
class Lion final : public UpdateRule {
 public:
  explicit Lion(const Arguments& a)
      : beta1_(a.number_of("betas", 0, 0.9)),
        beta2_(a.number_of("betas", 1, 0.99)),
        weight_decay_(a.number("weight_decay")) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    at::Tensor& average = state.zeros("exp_avg", parameter);
    parameter.mul_(1 - lr * weight_decay_);
    parameter.add_(average.mul(beta1_).add_(gradient, 1 - beta1_).sign_(), -lr);
    average.mul_(beta2_).add_(gradient, 1 - beta2_);
  }

 private:
  double beta1_, beta2_, weight_decay_;
};

}  // namespace

Rule make_gradient_rule(catalogue::OptimizerId id, const Arguments& arguments) {
  using Id = catalogue::OptimizerId;
  if (id == Id::ASGD) return std::make_unique<Asgd>(arguments);
  if (id == Id::Rprop) return std::make_unique<Rprop>(arguments);
  if (id == Id::Lion) return std::make_unique<Lion>(arguments);
  return std::make_unique<Sgd>(arguments);
}

}  // namespace modelc::train
