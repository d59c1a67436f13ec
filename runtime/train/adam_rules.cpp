// Adam, and the rules that keep its two running averages in other ways.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <cmath>

#include "train/update_rule.h"

namespace modelc::train {
namespace {

/// The arguments that all of them have.
struct Averages {
  double beta1, beta2, eps, weight_decay;
  explicit Averages(const Arguments& a, double usual_eps = 1e-8)
      : beta1(a.number_of("betas", 0, 0.9)),
        beta2(a.number_of("betas", 1, 0.999)),
        eps(a.number("eps", usual_eps)),
        weight_decay(a.number("weight_decay")) {}

  at::Tensor& first(const at::Tensor& parameter, const at::Tensor& gradient, ParameterState& state) const {
    return state.zeros("exp_avg", parameter).mul_(beta1).add_(gradient, 1 - beta1);
  }
  at::Tensor& second(const at::Tensor& parameter, const at::Tensor& gradient, ParameterState& state) const {
    return state.zeros("exp_avg_sq", parameter).mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
  }
  double correction1(const ParameterState& state) const { return 1 - std::pow(beta1, static_cast<double>(state.step)); }
  double correction2(const ParameterState& state) const { return 1 - std::pow(beta2, static_cast<double>(state.step)); }
};

class Adam final : public UpdateRule {
 public:
  Adam(const Arguments& a, bool decoupled) : averages_(a), amsgrad_(a.flag("amsgrad")), decoupled_(decoupled) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    if (decoupled_) parameter.mul_(1 - lr * averages_.weight_decay);
    else gradient = decayed(std::move(gradient), parameter, averages_.weight_decay);
    const at::Tensor average = averages_.first(parameter, gradient, state);
    at::Tensor scale = averages_.second(parameter, gradient, state);
    const double size = lr / averages_.correction1(state), root = std::sqrt(averages_.correction2(state));
    if (amsgrad_) {
      at::Tensor& largest = state.zeros("max_exp_avg_sq", parameter);
      at::maximum_out(largest, largest, scale);
      scale = largest;
    }
    parameter.addcdiv_(average, (scale.sqrt() / root).add_(averages_.eps), -size);
  }

 private:
  Averages averages_;
  bool amsgrad_, decoupled_;
};

class Adamax final : public UpdateRule {
 public:
  explicit Adamax(const Arguments& a) : averages_(a) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    gradient = decayed(std::move(gradient), parameter, averages_.weight_decay);
    const at::Tensor average = averages_.first(parameter, gradient, state);
    at::Tensor& infinity = state.zeros("exp_inf", parameter);
    at::maximum_out(infinity, infinity.mul_(averages_.beta2), gradient.abs().add_(averages_.eps));
    parameter.addcdiv_(average, infinity, -lr / averages_.correction1(state));
  }

 private:
  Averages averages_;
};

class NAdam final : public UpdateRule {
 public:
  explicit NAdam(const Arguments& a) : averages_(a), momentum_decay_(a.number("momentum_decay", 0.004)) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    gradient = decayed(std::move(gradient), parameter, averages_.weight_decay);
    const double mu = momentum(state.step), next = momentum(state.step + 1);
    at::Tensor& product = state.first("mu_product", [] { return at::scalar_tensor(1.0, at::kFloat); });
    product.mul_(mu);
    const double product_now = product.item<double>(), product_next = (product * mu * next).item<double>();
    const at::Tensor average = averages_.first(parameter, gradient, state);
    const at::Tensor square = averages_.second(parameter, gradient, state);
    const at::Tensor scale = square.div(averages_.correction2(state)).sqrt().add_(averages_.eps);
    parameter.addcdiv_(gradient, scale, -lr * (1. - mu) / (1. - product_now));
    parameter.addcdiv_(average, scale, -lr * next / (1. - product_next));
  }

 private:
  double momentum(std::int64_t step) const {
    return averages_.beta1 * (1. - 0.5 * std::pow(0.96, static_cast<double>(step) * momentum_decay_));
  }
  Averages averages_;
  double momentum_decay_;
};

class RAdam final : public UpdateRule {
 public:
  explicit RAdam(const Arguments& a) : averages_(a) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    gradient = decayed(std::move(gradient), parameter, averages_.weight_decay);
    const at::Tensor average = averages_.first(parameter, gradient, state) / averages_.correction1(state);
    const at::Tensor square = averages_.second(parameter, gradient, state);
    const double correction = averages_.correction2(state), longest = 2 / (1 - averages_.beta2) - 1;
    const auto step = static_cast<double>(state.step);
    const double length = longest - 2 * step * std::pow(averages_.beta2, step) / correction;
    if (length > 5.) {
      const double rect = std::sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
      const at::Tensor adaptive = std::sqrt(correction) / square.sqrt().add_(averages_.eps);
      parameter.add_(average * lr * adaptive * rect, -1.0);
    } else {
      parameter.add_(average * lr, -1.0);
    }
  }

 private:
  Averages averages_;
};

/// You et al. 2020, Large Batch Optimization for Deep Learning (algorithm 2).
class Lamb final : public UpdateRule {
 public:
  explicit Lamb(const Arguments& a) : averages_(a, 1e-6) {}

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    const at::Tensor average = averages_.first(parameter, gradient, state) / averages_.correction1(state);
    const at::Tensor square = averages_.second(parameter, gradient, state) / averages_.correction2(state);
    at::Tensor direction = average / square.sqrt_().add_(averages_.eps);
    if (averages_.weight_decay != 0) direction.add_(parameter, averages_.weight_decay);
    const double size = parameter.norm().item<double>(), length = direction.norm().item<double>();
    parameter.add_(direction, -lr * (size > 0 && length > 0 ? size / length : 1));
  }

 private:
  Averages averages_;
};

}  // namespace

Rule make_adam_rule(catalogue::OptimizerId id, const Arguments& arguments) {
  using Id = catalogue::OptimizerId;
  if (id == Id::Adamax) return std::make_unique<Adamax>(arguments);
  if (id == Id::NAdam) return std::make_unique<NAdam>(arguments);
  if (id == Id::RAdam) return std::make_unique<RAdam>(arguments);
  if (id == Id::LAMB) return std::make_unique<Lamb>(arguments);
  return std::make_unique<Adam>(arguments, id == Id::AdamW);
}

}  // namespace modelc::train
