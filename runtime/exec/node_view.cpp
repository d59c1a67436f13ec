#include "exec/node_view.h"

#include <ATen/ScalarOps.h>

#include <stdexcept>

#include "ir/builder.h"

namespace modelc::exec {
namespace {

using kernels::Frame;
using types::Constant;

const ir::Operand kNothing;

/// A number as Python's numbers are to ATen: it promotes less than any tensor.
at::Tensor wrapped(const at::Scalar& number) {
  at::Tensor t = c10::scalar_to_tensor(number);
  t.unsafeGetTensorImpl()->set_wrapped_number(true);
  return t;
}

void collect_values(const ir::Operand& operand, std::vector<ir::ValueId>& out) {
  if (operand.kind == ir::Operand::Value) out.push_back(operand.value);
  for (const ir::Operand& part : operand.list) collect_values(part, out);
}

void collect_dims(const Constant& constant, std::vector<types::Dim>& out) {
  if (constant.is_list()) {
    for (const Constant& element : constant.as_list()) collect_dims(element, out);
  } else {
    out.push_back(constant.as_dim());
  }
}

}  // namespace

GraphNodeView::GraphNodeView(const ir::Graph& graph, const ir::Node& node, std::vector<at::Tensor>& state,
                             const std::vector<ir::ValueId>& slots)
    : graph_(graph), node_(node), op_(&ir::op_of(node)), state_(state), slots_(slots) {}

std::size_t GraphNodeView::place(std::string_view name) const {
  std::size_t i = 0;
  while (i < op_->inputs.size() && op_->inputs[i].name != name) ++i;
  return i;
}

const ir::Operand* GraphNodeView::find_operand(std::string_view name) const {
  const std::size_t i = place(name);
  return i < op_->inputs.size() ? &node_.operands[i] : nullptr;
}

const ir::Operand& GraphNodeView::operand(std::string_view name) const {
  const std::size_t i = place(name);
  if (i >= op_->inputs.size()) return kNothing;
  ir::Operand& whole = made_.emplace_back(ir::given(node_, i));
  ir::for_each_value(whole, [&](ir::ValueId& value) { value = slots_[value]; });
  return whole;
}

const Constant& GraphNodeView::arg(std::string_view name) const {
  if (const std::size_t i = place(name); i < op_->inputs.size()) return node_.attributes[i];
  throw std::logic_error("the operator " + op_->name + " has no argument `" + std::string(name) + "`");
}

bool GraphNodeView::has(std::string_view name) const {
  const std::size_t i = place(name);
  return i < op_->inputs.size() && (node_.operands[i].kind != ir::Operand::None || !node_.attributes[i].is_null());
}

bool GraphNodeView::is_tensor(std::string_view name) const {
  const ir::Operand* found = find_operand(name);
  return found != nullptr && found->kind == ir::Operand::Value;
}

std::function<std::vector<std::int64_t>(const Frame&)> GraphNodeView::sizes(std::string_view name) const {
  std::vector<types::Dim> dims;
  collect_dims(arg(name), dims);
  return kernels::sizes_of(std::move(dims));
}

std::function<const at::Tensor&(const Frame&)> GraphNodeView::tensor(std::string_view name) const {
  const ir::Operand* found = find_operand(name);
  if (found == nullptr && op_->find_input(name) == nullptr) {
    throw std::logic_error("the operator " + op_->name + " has no input `" + std::string(name) + "`");
  }
  if (found != nullptr && found->kind == ir::Operand::Value) {
    return [slot = slots_[found->value]](const Frame& f) -> const at::Tensor& { return f.slots[slot]; };
  }
  auto kept = std::make_shared<at::Tensor>();
  if (found != nullptr && !arg(name).is_null()) {
    const Constant& number = arg(name);
    if (number.is_dim() && !number.is_int()) {
      return [kept, size = kernels::sizes_of({number.as_dim()})](const Frame& f) -> const at::Tensor& {
        *kept = wrapped(at::Scalar(size(f).at(0)));
        return *kept;
      };
    }
    *kept = wrapped(kernels::scalar(number));
  }
  return [kept](const Frame&) -> const at::Tensor& { return *kept; };
}

std::function<std::vector<at::Tensor>(const Frame&)> GraphNodeView::tensors(std::string_view name) const {
  const ir::Operand* found = find_operand(name);
  if (found == nullptr && op_->find_input(name) == nullptr) {
    throw std::logic_error("the operator " + op_->name + " has no input `" + std::string(name) + "`");
  }
  std::vector<ir::ValueId> slots;
  if (found != nullptr) collect_values(*found, slots);
  for (ir::ValueId& slot : slots) slot = slots_[slot];
  return [slots](const Frame& f) {
    std::vector<at::Tensor> out;
    out.reserve(slots.size());
    for (ir::ValueId slot : slots) out.push_back(f.slots[slot]);
    return out;
  };
}

const types::TensorType& GraphNodeView::operand_type(std::string_view name) const {
  std::vector<ir::ValueId> values;
  if (const ir::Operand* found = find_operand(name)) collect_values(*found, values);
  if (values.empty()) throw std::logic_error("the operand `" + std::string(name) + "` is no tensor");
  return graph_.values.at(values[0]).type.tensor;
}

const types::TensorType& GraphNodeView::result_type(std::size_t i) const {
  return graph_.values.at(node_.results.at(i)).type.tensor;
}

}  // namespace modelc::exec
