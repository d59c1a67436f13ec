#include "exec/non_finite.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <cmath>

namespace modelc::exec {
namespace {

bool has_infinity(const plan::Attribute& attribute) {
  if (attribute.is_float()) return std::isinf(attribute.as_double());
  if (!attribute.is_list()) return false;
  return std::any_of(attribute.as_list().begin(), attribute.as_list().end(), has_infinity);
}

bool has_nan(const at::Tensor& tensor) { return tensor.defined() && at::isnan(tensor).any().item<bool>(); }

std::vector<plan::Slot> operands_of(const plan::Step& step) {
  std::vector<plan::Slot> out;
  for (const plan::Argument& argument : step.arguments)
    plan::for_each_slot(argument, [&](plan::Slot slot) { out.push_back(slot); });
  return out;
}

/// A parameter or buffer among the operands that is not finite itself.
std::string faulty_state(const plan::Plan& plan, const std::vector<plan::Slot>& operands, const kernels::Frame& frame) {
  for (const plan::State& state : plan.states) {
    if (std::find(operands.begin(), operands.end(), state.slot) == operands.end()) continue;
    if (!is_finite(frame.slots[state.slot])) return state.name;
  }
  return {};
}

}  // namespace

bool is_finite(const at::Tensor& tensor) {
  return !tensor.defined() || !at::isFloatingType(tensor.scalar_type()) || at::isfinite(tensor).all().item<bool>();
}

Executor::NonFinite look_at(const plan::Plan& plan, const plan::Step& step, const kernels::Frame& frame) {
  // A mask of minus infinity is meant.
  const bool meant = std::any_of(step.arguments.begin(), step.arguments.end(), [](const plan::Argument& argument) {
    return argument.kind == plan::Argument::Static && has_infinity(argument.attribute);
  });
  bool finite = true, nan = false;
  for (const plan::Slot slot : step.results) {
    const at::Tensor& t = frame.slots[slot];
    const bool is_nan = has_nan(t);
    nan = nan || is_nan;
    finite = finite && (meant ? !is_nan : is_finite(t));
  }
  if (finite) return {};
  const std::vector<plan::Slot> operands = operands_of(step);
  // What only passes a meant infinity on is not the cause; a NaN always is.
  if (!nan && !std::all_of(operands.begin(), operands.end(), [&](plan::Slot s) { return is_finite(frame.slots[s]); }))
    return {};
  std::string what = step.path.empty() ? step.what : step.path + " (" + step.what + ")";
  const std::string state = faulty_state(plan, operands, frame);
  if (!state.empty()) what += ", whose `" + state + "` is not finite itself";
  return {true, step.span, std::move(what)};
}

}  // namespace modelc::exec
