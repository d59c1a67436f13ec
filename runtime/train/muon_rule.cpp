// Muon: momentum whose direction is made orthogonal by Newton and Schulz's iteration (torch.optim.Muon of PyTorch 2.9),
// for matrices and for filters as matrices. What has no two dimensions goes by AdamW.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>

#include "train/update_rule.h"

namespace modelc::train {
namespace {

/// The arguments of AdamW within Muon's, for parameters that are no matrices.
Arguments for_vectors(const Arguments& muon) {
  return Arguments({{"betas", muon.value("adamw_betas")},
                    {"eps", muon.value("adamw_eps")},
                    {"weight_decay", muon.value("weight_decay")}});
}

class Muon final : public UpdateRule {
 public:
  explicit Muon(const Arguments& a)
      : vectors_(make_adam_rule(catalogue::OptimizerId::AdamW, for_vectors(a))),
        vector_rate_(a.value("adamw_lr").is_null() || a.number("lr") == 0 ? 1 : a.number("adamw_lr") / a.number("lr")),
        weight_decay_(a.number("weight_decay")),
        momentum_(a.number("momentum")),
        eps_(a.number("eps", 1e-7)),
        steps_(static_cast<std::int64_t>(a.number("ns_steps", 5))),
        nesterov_(a.flag("nesterov")),
        matches_adamw_(!a.value("adjust_lr_fn").is_null() && a.value("adjust_lr_fn").as_string().starts_with("match")),
        on_(a.flag("use_muon")) {
    for (std::size_t i = 0; i < 3; ++i) coefficients_[i] = a.number_of("ns_coefficients", i, coefficients_[i]);
  }

  void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const override {
    if (!on_ || parameter.dim() < 2) return vectors_->update(parameter, std::move(gradient), state, lr * vector_rate_);
    at::Tensor& buffer = state.zeros("momentum_buffer", parameter);
    buffer.lerp_(gradient, 1 - momentum_);
    const at::Tensor direction = nesterov_ ? gradient.lerp(buffer, momentum_) : buffer;
    const std::int64_t rows = parameter.size(0);
    const at::Tensor change = orthogonal(direction.reshape({rows, -1})).reshape(parameter.sizes());
    parameter.mul_(1 - lr * weight_decay_);
    parameter.add_(change, -lr * adjustment(static_cast<double>(rows), static_cast<double>(parameter.numel() / rows)));
  }

 private:
  double adjustment(double rows, double columns) const {
    return matches_adamw_ ? 0.2 * std::sqrt(std::max(rows, columns)) : std::sqrt(std::max(1.0, rows / columns));
  }

  at::Tensor orthogonal(const at::Tensor& matrix) const {
    at::Tensor x = matrix.to(at::kBFloat16, false, true);
    const bool tall = x.size(0) > x.size(1);
    if (tall) x = x.t();
    x.div_(x.norm().clamp(eps_));
    for (std::int64_t i = 0; i < steps_; ++i) {
      const at::Tensor gram = at::matmul(x, x.t());
      x = at::addmm(x, at::addmm(gram, gram, gram, coefficients_[1], coefficients_[2]), x, coefficients_[0]);
    }
    return tall ? x.t() : x;
  }

  Rule vectors_;
  double vector_rate_, weight_decay_, momentum_, eps_;
  double coefficients_[3] = {3.4445, -4.7750, 2.0315};
  std::int64_t steps_;
  bool nesterov_, matches_adamw_, on_;
};

}  // namespace

Rule make_muon_rule(const Arguments& arguments) { return std::make_unique<Muon>(arguments); }

}  // namespace modelc::train
