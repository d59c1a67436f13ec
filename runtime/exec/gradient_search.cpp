#include "exec/gradient_search.h"

#include <ATen/Functions.h>

#include "exec/non_finite.h"

namespace modelc::exec {

GradientSearch::~GradientSearch() {
  for (auto& [key, one] : tensors_) one.tensor.remove_hook(one.hook);
}

GradientSearch::Watched& GradientSearch::watched(const at::Tensor& tensor) {
  const void* const key = tensor.unsafeGetTensorImpl();
  const auto [found, fresh] = tensors_.try_emplace(key);
  if (!fresh) return found->second;
  found->second.tensor = tensor;
  // A hook sees the whole gradient of the tensor, what came over all who read it.
  found->second.hook = found->second.tensor.register_hook([this, key](const at::Tensor& gradient) {
    if (first_ || is_finite(gradient)) return;
    first_ = key;
    nan_ = at::isnan(gradient).any().item<bool>();
  });
  return found->second;
}

void GradientSearch::watch(const plan::Step& step, const kernels::Frame& frame) {
  const auto differentiable = [](const at::Tensor& t) { return t.defined() && t.requires_grad(); };
  for (const plan::Argument& argument : step.arguments)
    plan::for_each_slot(argument, [&](plan::Slot slot) {
      if (differentiable(frame.slots[slot])) watched(frame.slots[slot]).readers.push_back(&step);
    });
  for (const plan::Slot slot : step.results)
    if (differentiable(frame.slots[slot])) (void)watched(frame.slots[slot]);
}

Executor::NonFinite GradientSearch::found() const {
  const auto one = tensors_.find(first_);
  if (one == tensors_.end() || one->second.readers.empty()) return {};
  // The backward pass comes to the last reader first.
  const plan::Step& step = *one->second.readers.back();
  Executor::NonFinite found;
  found.found = true;
  found.nan = nan_;
  found.span = step.span;
  found.what = step.path.empty() ? step.what : step.path + " (" + step.what + ")";
  return found;
}

}  // namespace modelc::exec
