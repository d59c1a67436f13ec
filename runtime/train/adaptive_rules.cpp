// Rules that divide the gradient by what they have seen of its magnitude.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "train/update_rule.h"

namespace modelc::train {
namespace {

class RmsProp final : public UpdateRule {
 public:
  explicit RmsProp(const Arguments& a)
      : alpha_(a.number("alpha", 0.99)),
        eps_(a.number("eps", 1e-8)),
        weight_decay_(a.number("weight_decay")),
        momentum_(a.number("momentum")),
        centered_(a.flag("centered")) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    gradient = decayed(std::move(gradient), parameter, weight_decay_);
    at::Tensor& square = state.zeros("square_avg", parameter);
    square.mul_(alpha_).addcmul_(gradient, gradient, 1 - alpha_);
    at::Tensor scale;
    if (centered_) {
      at::Tensor& mean = state.zeros("grad_avg", parameter);
      mean.mul_(alpha_).add_(gradient, 1 - alpha_);
      scale = square.addcmul(mean, mean, -1).sqrt_().add_(eps_);
    } else {
      scale = square.sqrt().add_(eps_);
    }
    if (momentum_ > 0) {
      at::Tensor& buffer = state.zeros("momentum_buffer", parameter);
      buffer.mul_(momentum_).addcdiv_(gradient, scale);
      parameter.add_(buffer, -lr);
    } else {
      parameter.addcdiv_(gradient, scale, -lr);
    }
  }

 private:
  double alpha_, eps_, weight_decay_, momentum_;
  bool centered_;
};

class Adagrad final : public UpdateRule {
 public:
  explicit Adagrad(const Arguments& a)
      : lr_decay_(a.number("lr_decay")),
        weight_decay_(a.number("weight_decay")),
        initial_(a.number("initial_accumulator_value")),
        eps_(a.number("eps", 1e-10)) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    gradient = decayed(std::move(gradient), parameter, weight_decay_);
    at::Tensor& sum = state.first("sum", [&] { return at::full_like(parameter, initial_); });
    sum.addcmul_(gradient, gradient, 1);
    parameter.addcdiv_(gradient, sum.sqrt().add_(eps_), -lr / (1 + static_cast<double>(state.step - 1) * lr_decay_));
  }

 private:
  double lr_decay_, weight_decay_, initial_, eps_;
};

class Adadelta final : public UpdateRule {
 public:
  explicit Adadelta(const Arguments& a)
      : rho_(a.number("rho", 0.9)), eps_(a.number("eps", 1e-6)), weight_decay_(a.number("weight_decay")) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    gradient = decayed(std::move(gradient), parameter, weight_decay_);
    at::Tensor& square = state.zeros("square_avg", parameter);
    at::Tensor& moved = state.zeros("acc_delta", parameter);
    square.mul_(rho_).addcmul_(gradient, gradient, 1 - rho_);
    const at::Tensor scale = square.add(eps_).sqrt_();
    const at::Tensor delta = moved.add(eps_).sqrt_().div_(scale).mul_(gradient);
    moved.mul_(rho_).addcmul_(delta, delta, 1 - rho_);
    parameter.add_(delta, -lr);
  }

 private:
  double rho_, eps_, weight_decay_;
};

/// torch.optim.Adafactor of PyTorch 2.5: for matrices the squares are kept as means of rows and of columns.
class Adafactor final : public UpdateRule {
 public:
  explicit Adafactor(const Arguments& a)
      : beta2_decay_(a.number("beta2_decay", -0.8)),
        eps1_(a.number_of("eps", 0, std::numeric_limits<float>::epsilon())),
        eps2_(a.number_of("eps", 1, 1e-3)),
        d_(a.number("d", 1)),
        weight_decay_(a.number("weight_decay")) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    const auto step = static_cast<double>(state.step);
    const double fresh = std::pow(step, beta2_decay_);
    const double size = std::max(eps2_, rms(parameter)) * std::min(lr, 1 / std::sqrt(step));
    if (weight_decay_ != 0) parameter.mul_(1 - lr * weight_decay_);
    at::Tensor change = variance(gradient, state, fresh).clamp_(eps1_ * eps1_).rsqrt_();
    change.mul_(gradient);
    parameter.add_(change, -size / std::max(1.0, rms(change) / d_));
  }

 private:
  static double rms(const at::Tensor& tensor) {
    return tensor.norm().item<double>() / std::sqrt(static_cast<double>(tensor.numel()));
  }
  /// The running mean of squares along a dimension.
  static at::Tensor& mean_square(const char* name, const at::Tensor& gradient, std::int64_t dim, ParameterState& state,
                                 double fresh) {
    const at::Tensor mean =
        at::norm(gradient, 2, at::IntArrayRef{dim}, true).square_().div_(static_cast<double>(gradient.size(dim)));
    return state.zeros(name, mean).lerp_(mean, fresh);
  }
  at::Tensor variance(const at::Tensor& gradient, ParameterState& state, double fresh) const {
    if (gradient.dim() < 2) return state.zeros("variance", gradient).lerp_(gradient * gradient, fresh).clone();
    const at::Tensor rows = mean_square("row_var", gradient, -1, state, fresh);
    const at::Tensor columns = mean_square("col_var", gradient, -2, state, fresh);
    return at::matmul(rows, columns).div_(rows.mean(at::IntArrayRef{-2}, true).clamp_(eps1_));
  }
  double beta2_decay_, eps1_, eps2_, d_, weight_decay_;
};

}  // namespace

Rule make_adaptive_rule(catalogue::OptimizerId id, const Arguments& arguments) {
  using Id = catalogue::OptimizerId;
  if (id == Id::Adagrad) return std::make_unique<Adagrad>(arguments);
  if (id == Id::Adadelta) return std::make_unique<Adadelta>(arguments);
  if (id == Id::Adafactor) return std::make_unique<Adafactor>(arguments);
  return std::make_unique<RmsProp>(arguments);
}

}  // namespace modelc::train
