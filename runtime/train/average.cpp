#include "train/average.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

namespace modelc::train {

constexpr const char* kAveraged = "#";  // no name of a parameter

void Average::enter(std::optional<double> decay) {
  // A mean is that of its phase, as is an average that decays in another way.
  if (decay != decay_ || decay == 0.0) averages_.clear(), averaged_ = 0;
  decay_ = decay;
}

void Average::update(bool epoch_ends) {
  const bool mean = decay_ == 0.0;
  if (!decay_ || (mean && !epoch_ends)) return;
  const double keep = mean ? static_cast<double>(averaged_) / static_cast<double>(averaged_ + 1) : *decay_;
  ++averaged_;
  at::NoGradGuard no_grad;
  const bool begins = averages_.empty();
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const at::Tensor& parameter = parameters_[i].second;
    if (begins) averages_.push_back(parameter.detach().clone());
    else averages_[i].mul_(keep).add_(parameter.detach(), 1 - keep);
  }
}

weights::NamedTensors Average::state() const {
  weights::NamedTensors out;
  for (std::size_t i = 0; i < averages_.size(); ++i) out.emplace_back(parameters_[i].first, averages_[i]);
  if (averaged_ > 0) out.emplace_back(kAveraged, at::scalar_tensor(averaged_, at::kLong));
  return out;
}

void Average::restore(const std::map<std::string, at::Tensor>& state) {
  averages_.clear();
  if (const auto count = state.find(kAveraged); count != state.end()) averaged_ = count->second.item<std::int64_t>();
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
