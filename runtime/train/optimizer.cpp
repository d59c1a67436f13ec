#include "train/optimizer.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace modelc::train {

namespace {

using catalogue::OptimizerId;

constexpr std::pair<std::string_view, double OptimizerSettings::*> kNumbers[] = {
    {"lr", &OptimizerSettings::lr},
    {"momentum", &OptimizerSettings::momentum},
    {"dampening", &OptimizerSettings::dampening},
    {"weight_decay", &OptimizerSettings::weight_decay},
    {"eps", &OptimizerSettings::eps}};
constexpr std::pair<std::string_view, bool OptimizerSettings::*> kFlags[] = {{"nesterov", &OptimizerSettings::nesterov},
                                                                             {"maximize", &OptimizerSettings::maximize},
                                                                             {"amsgrad", &OptimizerSettings::amsgrad}};

void set(OptimizerSettings& settings, const std::string& name, const types::Constant& value) {
  if (value.is_list()) {  // `betas` alone is one
    settings.beta1 = value.as_list().at(0).as_double();
    settings.beta2 = value.as_list().at(1).as_double();
    return;
  }
  for (const auto& [known, number] : kNumbers)
    if (name == known) settings.*number = value.as_double();
  for (const auto& [known, flag] : kFlags)
    if (name == known) settings.*flag = value.as_bool();
}

void step_sgd(at::Tensor& parameter, at::Tensor gradient, OptimizerState& state, const OptimizerSettings& settings) {
  if (settings.weight_decay != 0) gradient = gradient.add(parameter, settings.weight_decay);
  if (settings.momentum != 0) {
    if (!state.momentum.defined()) state.momentum = gradient.clone().detach();
    else state.momentum.mul_(settings.momentum).add_(gradient, 1 - settings.dampening);
    gradient = settings.nesterov ? gradient.add(state.momentum, settings.momentum) : state.momentum;
  }
  parameter.add_(gradient, -settings.lr);
  ++state.step;
}

void step_adam(at::Tensor& parameter, at::Tensor gradient, OptimizerState& state, const OptimizerSettings& settings,
               bool decoupled) {
  if (!state.average.defined()) {
    state.average = at::zeros_like(parameter, at::MemoryFormat::Preserve);
    state.square = at::zeros_like(parameter, at::MemoryFormat::Preserve);
    if (settings.amsgrad) state.largest = at::zeros_like(parameter, at::MemoryFormat::Preserve);
  }
  ++state.step;
  if (decoupled) parameter.mul_(1 - settings.lr * settings.weight_decay);
  else if (settings.weight_decay != 0) gradient = gradient.add(parameter, settings.weight_decay);
  state.average.mul_(settings.beta1).add_(gradient, 1 - settings.beta1);
  state.square.mul_(settings.beta2).addcmul_(gradient, gradient, 1 - settings.beta2);
  const auto step = static_cast<double>(state.step);
  const double correction1 = 1 - std::pow(settings.beta1, step), correction2 = 1 - std::pow(settings.beta2, step);
  const double size = settings.lr / correction1, root = std::sqrt(correction2);
  at::Tensor scale = state.square;
  if (settings.amsgrad) {
    at::maximum_out(state.largest, state.largest, state.square);
    scale = state.largest;
  }
  parameter.addcdiv_(state.average, (scale.sqrt() / root).add_(settings.eps), -size);
}

constexpr std::pair<OptimizerId, UpdateRule> kRules[] = {
    {OptimizerId::SGD, step_sgd},
    {OptimizerId::Adam,
     [](at::Tensor& parameter, at::Tensor gradient, OptimizerState& state, const OptimizerSettings& settings) {
       step_adam(parameter, std::move(gradient), state, settings, false);
     }},
    {OptimizerId::AdamW,
     [](at::Tensor& parameter, at::Tensor gradient, OptimizerState& state, const OptimizerSettings& settings) {
       step_adam(parameter, std::move(gradient), state, settings, true);
     }}};

}  // namespace

UpdateRule update_rule(OptimizerId id) {
  for (const auto& [known, rule] : kRules)
    if (known == id) return rule;
  return nullptr;
}

Optimizer::Optimizer(const ir::Optimizer& optimizer, const std::vector<ir::ParameterGroup>& groups,
                     Parameters parameters)
    : rule_(update_rule(optimizer.id)), parameters_(std::move(parameters)), states_(parameters_.size()) {
  OptimizerSettings common;
  for (const auto& [name, value] : optimizer.args) set(common, name, value);
  for (const auto& [key, tensor] : parameters_) {
    OptimizerSettings own = common;
    for (const ir::ParameterGroup& group : groups)
      if (std::find(group.tensors.begin(), group.tensors.end(), key) != group.tensors.end())
        for (const auto& [name, value] : group.args) set(own, name, value);
    settings_.push_back(own);
  }
}

void Optimizer::clear_gradients() {
  for (auto& [key, tensor] : parameters_) tensor.mutable_grad() = at::Tensor();
}

void Optimizer::step() {
  at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    at::Tensor& parameter = parameters_[i].second;
    const at::Tensor& gradient = parameter.grad();
    if (!gradient.defined()) continue;
    const at::Tensor direction = settings_[i].maximize ? gradient.neg() : gradient;
    rule_(parameter, direction, states_[i], settings_[i]);
  }
}

weights::NamedTensors Optimizer::state() const {
  weights::NamedTensors out;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const OptimizerState& state = states_[i];
    const std::string& key = parameters_[i].first;
    out.emplace_back(key + ".step", at::scalar_tensor(state.step, at::kLong));
    for (const auto& [name, tensor] :
         {std::pair("momentum_buffer", state.momentum), std::pair("exp_avg", state.average),
          std::pair("exp_avg_sq", state.square), std::pair("max_exp_avg_sq", state.largest)})
      if (tensor.defined()) out.emplace_back(key + "." + name, tensor);
  }
  return out;
}

void clip_gradient_norm(const Optimizer::Parameters& parameters, double norm) {
  at::NoGradGuard no_grad;
  std::vector<at::Tensor> norms;
  for (const auto& [key, parameter] : parameters)
    if (parameter.grad().defined()) norms.push_back(at::norm(parameter.grad().detach(), 2.0));
  if (norms.empty()) return;
  const at::Tensor total = at::norm(at::stack(norms), 2.0);
  const at::Tensor scale = at::clamp((norm / (total + 1e-6)), c10::nullopt, at::Scalar(1.0));
  for (const auto& [key, parameter] : parameters)
    if (parameter.grad().defined()) parameter.grad().detach().mul_(scale);
}

void clip_gradient_value(const Optimizer::Parameters& parameters, double value) {
  at::NoGradGuard no_grad;
  for (const auto& [key, parameter] : parameters)
    if (parameter.grad().defined()) parameter.grad().detach().clamp_(-value, value);
}

}  // namespace modelc::train
