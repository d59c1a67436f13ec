#include "train/optimizer.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "train/below.h"

namespace modelc::train {

Optimizer::Optimizer(const ir::Optimizer& optimizer, const std::vector<ir::ParameterGroup>& groups,
                     const std::optional<ir::Schedule>& schedule, Parameters parameters, Length length)
    : parameters_(std::move(parameters)), group_of_(parameters_.size()), states_(parameters_.size()) {
  const auto add = [&](const Arguments& arguments, const std::optional<ir::Schedule>& by) {
    Group& group = groups_.emplace_back();
    group.rule = make_rule(optimizer.id, arguments);
    group.lr = group.now = arguments.number("lr");
    group.maximize = arguments.flag("maximize");
    if (by) group.schedule = RateSchedule(*by, length);
  };
  const Arguments common(optimizer.args);
  add(common, schedule);
  for (const ir::ParameterGroup& group : groups)
    add(Arguments(optimizer.args, group.args), group.schedule ? group.schedule : schedule);
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    for (std::size_t g = 0; g < groups.size(); ++g)
      if (std::find(groups[g].tensors.begin(), groups[g].tensors.end(), parameters_[i].first) !=
          groups[g].tensors.end())
        group_of_[i] = g + 1;
  if (!groups_.front().rule && !parameters_.empty()) joint_ = make_lbfgs(common, parameters_);
}

void Optimizer::clear_gradients() {
  for (auto& [key, tensor] : parameters_) tensor.mutable_grad() = at::Tensor();
}

void Optimizer::step(const Evaluate& evaluate, std::int64_t step, std::int64_t epoch) {
  for (Group& group : groups_) group.now = group.schedule.rate(group.lr, step, epoch);
  if (joint_) {
    joint_->step(evaluate, groups_.front().now);
    return;
  }
  evaluate();
  update();
}

void Optimizer::update() {
  at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    at::Tensor& parameter = parameters_[i].second;
    const at::Tensor& gradient = parameter.grad();
    if (!gradient.defined()) continue;
    const Group& group = groups_[group_of_[i]];
    ++states_[i].step;
    group.rule->update(parameter, group.maximize ? gradient.neg() : gradient, states_[i], group.now);
  }
}

void Optimizer::judge(std::int64_t step, const Figures& figures) {
  for (Group& group : groups_) group.schedule.judge(step, figures);
}

void Optimizer::take_over(const Optimizer& before) {
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (joint_ && before.joint_ &&
      std::equal(parameters_.begin(), parameters_.end(), before.parameters_.begin(), before.parameters_.end(), same))
    joint_->restore(before.joint_->state());
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    for (std::size_t j = 0; j < before.parameters_.size(); ++j)
      if (same(parameters_[i], before.parameters_[j]) && before.states_[j].step > 0) states_[i] = before.states_[j];
}

weights::NamedTensors Optimizer::state() const {
  weights::NamedTensors out;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const ParameterState& state = states_[i];
    const std::string& key = parameters_[i].first;
    if (state.step == 0) continue;
    out.emplace_back(key + ".step", at::scalar_tensor(state.step, at::kLong));
    for (const auto& [name, tensor] : state.tensors) out.emplace_back(key + "." + name, tensor);
  }
  if (joint_)
    for (const auto& [name, tensor] : joint_->state()) out.emplace_back(parameters_.front().first + "." + name, tensor);
  for (std::size_t g = 0; g < groups_.size(); ++g)
    if (const std::vector<double> seen = groups_[g].schedule.state(); !seen.empty())
      out.emplace_back("schedule." + std::to_string(g), at::tensor(seen, at::kDouble));
  return out;
}

void Optimizer::restore(const std::map<std::string, at::Tensor>& state) {
  const auto own_of = [&](const std::string& key) {
    std::map<std::string, at::Tensor> own = below(state, key + ".");
    std::erase_if(own, [](const auto& item) { return item.first.find('.') != std::string::npos; });
    return own;
  };
  for (std::size_t i = 0; i < parameters_.size() && !joint_; ++i) {
    std::map<std::string, at::Tensor> own = own_of(parameters_[i].first);
    if (const auto step = own.extract("step")) states_[i].step = step.mapped().item<std::int64_t>();
    for (const auto& [name, tensor] : own) states_[i].tensors[name] = tensor.clone();
  }
  if (joint_) joint_->restore(own_of(parameters_.front().first));
  for (const auto& [number, seen] : own_of("schedule")) {
    const std::size_t g = std::stoul(number);
    const at::Tensor values = seen.contiguous();
    if (g < groups_.size())
      groups_[g].schedule.restore({values.data_ptr<double>(), values.data_ptr<double>() + values.numel()});
  }
}

void clip_gradient_norm(const Parameters& parameters, double norm) {
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

void clip_gradient_value(const Parameters& parameters, double value) {
  at::NoGradGuard no_grad;
  for (const auto& [key, parameter] : parameters)
    if (parameter.grad().defined()) parameter.grad().detach().clamp_(-value, value);
}

}  // namespace modelc::train
