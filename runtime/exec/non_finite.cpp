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

/// The first of the rows that are not finite, where others are.
std::optional<std::int64_t> bad_row(const at::Tensor& tensor) {
  if (tensor.dim() == 0 || tensor.size(0) == 0) return std::nullopt;
  const at::Tensor bad = at::isfinite(tensor).logical_not().reshape({tensor.size(0), -1}).any(1);
  const std::int64_t count = bad.sum().item<std::int64_t>();
  if (count == 0 || (count == tensor.size(0) && count > 1)) return std::nullopt;
  return bad.nonzero()[0].item<std::int64_t>();
}

/// A parameter among the operands that is not finite itself, or a buffer that is NaN: an infinite one may be a mask.
std::string faulty_state(const plan::Plan& plan, const std::vector<plan::Slot>& operands, const kernels::Frame& frame) {
  for (const plan::State& state : plan.states) {
    if (std::find(operands.begin(), operands.end(), state.slot) == operands.end()) continue;
    const at::Tensor& values = frame.slots[state.slot];
    if (!is_finite(values) && (values.requires_grad() || has_nan(values))) return state.name;
  }
  return {};
}

}  // namespace

bool is_finite(const at::Tensor& tensor) {
  return !tensor.defined() || !at::isFloatingType(tensor.scalar_type()) || at::isfinite(tensor).all().item<bool>();
}

Executor::NonFinite non_finite_input(const plan::Input& input, const at::Tensor& given) {
  Executor::NonFinite found;
  found.found = true;
  found.span = input.span;
  found.what = std::string(input.target ? "target" : "input") + " `" + input.name + "`";
  found.input = input.name;
  found.row = bad_row(given);
  found.nan = has_nan(given);
  return found;
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
  const std::string state = faulty_state(plan, operands, frame);
  // What only passes a meant infinity on is not the cause; a NaN always is, and so is a parameter.
  if (!nan && state.empty() &&
      !std::all_of(operands.begin(), operands.end(), [&](plan::Slot s) { return is_finite(frame.slots[s]); }))
    return {};
  Executor::NonFinite found;
  found.found = true;
  found.span = step.span;
  found.nan = nan;
  found.what = step.path.empty() ? step.what : step.path + " (" + step.what + ")";
  if (!state.empty()) found.what += ", whose `" + state + "` is not finite itself";
  // A result whose first size is one of the inputs' has their rows.
  for (const plan::Slot slot : step.results) {
    const plan::TensorType& type = plan.slots[slot].type;
    const bool by_rows = state.empty() && type.rank() > 0 && !type.shape[0].is_constant();
    if (by_rows && !is_finite(frame.slots[slot])) found.row = bad_row(frame.slots[slot]);
  }
  return found;
}

}  // namespace modelc::exec
