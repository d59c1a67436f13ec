#include <ATen/ScalarOps.h>

#include "kernels/bind.h"
#include "kernels/lowering.h"

namespace modelc::kernels {
namespace {

/// A number as Python's numbers are to ATen: it promotes less than any tensor.
at::Tensor wrapped(const at::Scalar& number) {
  at::Tensor t = c10::scalar_to_tensor(number);
  t.unsafeGetTensorImpl()->set_wrapped_number(true);
  return t;
}

}  // namespace

std::vector<at::Tensor> FetchList::operator()(const Frame& f) const {
  std::vector<at::Tensor> out;
  out.reserve(slots_.size());
  for (const plan::Slot slot : slots_) out.push_back(f.slots[slot]);
  return out;
}

std::int64_t FetchSize::operator()(const Frame& f) const {
  const std::int64_t value = size_.value(f.sizes);
  TORCH_CHECK(value != plan::kUnknownSize, "the size ", words_, " is not fixed by the inputs that were given");
  return value;
}

Integers FetchSizes::operator()(const Frame& f) const {
  Integers out;
  out.reserve(sizes_.size());
  for (const FetchSize& size : sizes_) out.push_back(size(f));
  return out;
}

Integers NodeView::integers(std::string_view name) const {
  const plan::Attribute& value = arg(name);
  if (!value.is_list()) return {value.as_int()};
  Integers out;
  for (const plan::Attribute& element : value.as_list()) out.push_back(element.as_int());
  return out;
}

Fetch NodeView::tensor(std::string_view name) const {
  if (is_tensor(name)) return Fetch(slot(name));
  const plan::Attribute& number = arg(name);
  if (number.is_null()) return {};
  if (!number.is_size() || number.is_int()) return Fetch(wrapped(scalar(number)));
  made_.made.emplace_back(made_.next, FetchSize(plan(), number.as_size()));
  return Fetch(made_.next++);
}

Kernel bind_step(const plan::Plan& plan, const plan::Step& step, const std::vector<at::Tensor>& state,
                 plan::Slot& next) {
  SizeTensors made{next, {}};
  const NodeView view(plan, step, state, made);
  Kernel kernel = kernel_table().bind(step.op, view);
  next = made.next;
  if (made.made.empty()) return kernel;
  return [kernel = std::move(kernel), made = std::move(made.made)](Frame& f) {
    for (const auto& [slot, size] : made) f.slots[slot] = wrapped(at::Scalar(size(f)));
    kernel(f);
  };
}

}  // namespace modelc::kernels
