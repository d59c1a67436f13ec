#include "train/stepper.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "train/below.h"
#include "train/mixed_precision.h"
#include "train/phase.h"

namespace modelc::train {

Stepper::Stepper(Session& session) : session_(session), feeder_(session) { enter(0); }

std::vector<Stepper::Turn> Stepper::make_turns() const {
  const Parameters& trainable = session_.trainable();
  std::vector<Turn> turns;
  if (training().turns.empty())
    turns.push_back({"",
                     training().optimizer->id,
                     {*training().optimizer, training().groups, training().schedule, trainable, length_}});
  for (const ir::Turn& turn : training().turns) {
    Parameters own;
    for (const auto& parameter : trainable)
      if (std::find(turn.update.begin(), turn.update.end(), parameter.first) != turn.update.end())
        own.push_back(parameter);
    turns.push_back({turn.name,
                     turn.optimizer.id,
                     {turn.optimizer, {}, training().schedule, std::move(own), length_},
                     turn.every,
                     turn.times});
    if (!turn.follows.pairs.empty()) turns.back().followers = followers_of(turn.follows);
  }
  return turns;
}

Stepper::Followers Stepper::followers_of(const ir::Following& follows) const {
  const auto state = session_.tree().state();
  const std::map<std::string, at::Tensor> tensors(state.begin(), state.end());
  Followers out;
  out.decay = follows.decay;
  for (const auto& [own, other] : follows.pairs) out.pairs.emplace_back(tensors.at(own), tensors.at(other));
  return out;
}

void Stepper::Followers::move() {
  at::NoGradGuard no_grad;
  for (auto& [own, other] : pairs) own.mul_(decay).add_(other, 1 - decay);
}

void Stepper::enter(std::size_t phase) {
  session_.enter(phase);
  length_ = length_of(session_);
  std::vector<Turn> before = std::exchange(turns_, make_turns());
  for (Turn& turn : turns_)
    for (const Turn& old : before)
      if (old.id == turn.id) turn.optimizer.take_over(old.optimizer);
  carried_.clear();
}

std::int64_t Stepper::parameters() const {
  std::int64_t count = 0;
  for (const auto& [key, tensor] : session_.trainable()) count += tensor.numel();
  return count;
}

bool Stepper::step(const Batches& batches, RunState& state) {
  LossSums sums = state.sums;
  session_.count({state.step, state.epoch - 1});
  feeder_.release(batches.first);
  if (batches.first == 0) carried_.clear();
  carries_ = carried_;
  try {
    for (Turn& turn : turns_)
      if (state.step % turn.every == 0) take(turn, batches, state, sums);
  } catch (const LossNotFinite& found) {
    if (!may_diverge_) report(session_, found, state.step);
    return false;
  } catch (const GradientNotFinite& found) {
    if (!may_diverge_) report(session_, found, state.step);
    return false;
  }
  state.sums = std::move(sums);
  carried_ = std::move(carries_);
  return true;
}

// Gradients pass through every parameter, but only those of the turn get one.
void Stepper::take(Turn& turn, const Batches& batches, const RunState& state, LossSums& sums) {
  if (!turn.followers.pairs.empty()) {
    for (std::int64_t time = 0; time < turn.times; ++time) turn.followers.move();
    return;
  }
  const bool takes_turns = !training().turns.empty();
  if (takes_turns) {
    for (const auto& [key, tensor] : session_.trainable()) at::Tensor(tensor).set_requires_grad(false);
    for (const auto& [key, tensor] : turn.optimizer.parameters()) at::Tensor(tensor).set_requires_grad(true);
  }
  bool first = true;
  const auto again = [&] { return evaluate(turn, batches, std::exchange(first, false) ? &sums : nullptr); };
  for (std::int64_t time = 0; time < turn.times; ++time)
    turn.optimizer.step(again, state.step - state.phase.step, state.epoch - 1 - state.phase.epoch);
  if (takes_turns)
    for (const auto& [key, tensor] : session_.trainable()) at::Tensor(tensor).set_requires_grad(true);
}

void Stepper::judge(std::int64_t step, const Figures& figures) {
  for (Turn& turn : turns_) turn.optimizer.judge(step, figures);
}

weights::NamedTensors Stepper::state() const {
  weights::NamedTensors out;
  for (const Turn& turn : turns_)
    for (const auto& [name, tensor] : turn.optimizer.state()) out.emplace_back(turn.prefix() + name, tensor);
  return out;
}

void Stepper::restore(const std::map<std::string, at::Tensor>& state) {
  for (Turn& turn : turns_) turn.optimizer.restore(below(state, turn.prefix()));
}

weights::NamedTensors Stepper::carried() const {
  weights::NamedTensors out;
  for (const auto& [part, values] : carried_)
    for (const auto& [name, value] : values) out.emplace_back(fmt::format("{}.{}", part, name), value);
  return out;
}

void Stepper::restore_carried(const std::map<std::string, at::Tensor>& carried) {
  carried_.clear();
  for (const auto& [key, value] : carried) {
    const std::size_t dot = key.find('.');
    if (dot != std::string::npos) carried_[std::stoul(key.substr(0, dot))][key.substr(dot + 1)] = value.clone();
  }
}

// A batch in which nothing counts adds nothing and stops nothing.
Evaluation Stepper::run(const Turn& turn, const data::Batch& batch, std::size_t at, CarriedByPart& carried) {
  const data::Part& part = session_.training_parts()[batch.part];
  const auto rows = static_cast<std::int64_t>(batch.rows.size());
  const Feeder::Fed fed = feeder_.take(at);
  Carried& into = carried[batch.part];
  taken_.push_back({&batch, turn.term, into, at::detail::getDefaultCPUGenerator().get_state(), fed});
  const MixedPrecision mixed(training().precision);
  Evaluation result = session_.evaluate({true, part, batch.part, rows, turn.term}, fed, into);
  double loss = 0;
  for (const ShareValue& share : result.shares)
    if (share.counts()) loss += share.factor * share.value.item<double>();
  if (!std::isfinite(loss)) throw LossNotFinite{taken_.back(), loss, turn.optimizer.rate()};
  return result;
}

// Gradients of the loss of all batches at once: what one reduction counts is summed over them and divided at the end.
at::Tensor Stepper::evaluate(Turn& turn, const Batches& batches, LossSums* sums) {
  Optimizer& optimizer = turn.optimizer;
  optimizer.clear_gradients();
  LossSums whole;
  ByMeasure measures;
  // However often a step evaluates, each evaluation begins with what the step before left.
  carries_ = carried_;
  taken_.clear();
  for (std::size_t i = 0; i < batches.count; ++i) {
    const Evaluation result = run(turn, batches.all[batches.first + i], batches.first + i, carries_);
    whole.add(result.shares);
    if (sums) sums->add(result.shares);
    if (batches.count > 1) {
      add_gradients(optimizer, result.shares, measures);
    } else if (result.loss.defined() && result.loss.requires_grad()) {
      const bool counts = std::any_of(result.shares.begin(), result.shares.end(),
                                      [](const ShareValue& share) { return share.counts(); });
      if (counts) result.loss.backward();
    }
  }
  if (batches.count > 1) set_gradients(optimizer, measures);
  if (const auto bad = non_finite_gradient(optimizer.parameters()))
    throw GradientNotFinite{taken_, bad->first, bad->second};
  if (training().clip.value) clip_gradient_value(optimizer.parameters(), *training().clip.value);
  if (training().clip.norm) clip_gradient_norm(optimizer.parameters(), *training().clip.norm);
  return at::scalar_tensor(whole.empty() ? 0 : whole.loss(), at::kDouble);
}

void Stepper::add_gradients(Optimizer& optimizer, const std::vector<ShareValue>& shares, ByMeasure& measures) {
  struct Part {
    at::Tensor loss;
    double counted = 0;  // all of a measure count in proportion: the first says by what
    bool sums = false;
  };
  std::map<std::string_view, Part> parts;
  for (const ShareValue& share : shares) {
    if (!share.counts() || !share.value.requires_grad()) continue;
    Part& part = parts[share.measure];
    if (!part.loss.defined()) part.counted = share.sums ? 1 : share.counted;
    part.sums = share.sums;
    const at::Tensor loss = share.value * (share.factor * part.counted);
    part.loss = part.loss.defined() ? part.loss + loss : loss;
  }
  std::size_t left = parts.size();
  for (const auto& [measure, part] : parts) {
    optimizer.clear_gradients();
    part.loss.backward({}, /*retain_graph=*/--left > 0);
    Gradients& gradients = measures[std::string(measure)];
    gradients.counted = part.sums ? 1 : gradients.counted + part.counted;
    gradients.sums.resize(optimizer.parameters().size());
    for (std::size_t i = 0; i < gradients.sums.size(); ++i) {
      const at::Tensor& gradient = optimizer.parameters()[i].second.grad();
      at::Tensor& sum = gradients.sums[i];
      if (gradient.defined()) sum = sum.defined() ? sum + gradient.detach() : gradient.detach();
    }
  }
}

void Stepper::set_gradients(Optimizer& optimizer, const ByMeasure& measures) {
  at::NoGradGuard no_grad;
  optimizer.clear_gradients();
  for (const auto& [measure, gradients] : measures)
    for (std::size_t i = 0; i < gradients.sums.size(); ++i) {
      if (!gradients.sums[i].defined()) continue;
      at::Tensor parameter = optimizer.parameters()[i].second;
      const at::Tensor share = gradients.sums[i] / gradients.counted;
      parameter.mutable_grad() = parameter.grad().defined() ? parameter.grad() + share : share;
    }
}

}  // namespace modelc::train
