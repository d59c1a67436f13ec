#include "train/average.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace modelc::train {

void Average::enter(std::optional<double> decay) {
  decay_ = decay;
  if (!decay_) averages_.clear();
}

void Average::update() {
  if (!decay_) return;
  at::NoGradGuard no_grad;
  const bool begins = averages_.empty();
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const at::Tensor& parameter = parameters_[i].second;
    if (begins) averages_.push_back(parameter.detach().clone());
    else averages_[i].mul_(*decay_).add_(parameter.detach(), 1 - *decay_);
  }
}

weights::NamedTensors Average::state() const {
  weights::NamedTensors out;
  for (std::size_t i = 0; i < averages_.size(); ++i) out.emplace_back(parameters_[i].first, averages_[i]);
  return out;
}

void Average::restore(const std::map<std::string, at::Tensor>& state) {
  averages_.clear();
  for (const auto& [key, parameter] : parameters_)
    if (const auto found = state.find(key); found != state.end()) averages_.push_back(found->second.clone());
}

void Average::exchange() {
  at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < averages_.size(); ++i) {
    at::Tensor parameter = parameters_[i].second.detach();
    const at::Tensor before = parameter.clone();
    parameter.copy_(averages_[i]);
    averages_[i].copy_(before);
  }
}

}  // namespace modelc::train
