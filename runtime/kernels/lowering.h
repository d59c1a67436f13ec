// What a lowering gets and gives. One lowering per operator, by family; families.def lists the families. A backend is a
// set of lowerings; kernel_table() has those of all backends in the order in which they are asked.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/kernel_table.h"
#include "plan/machine.h"
#include "plan/step_view.h"

namespace modelc::kernels {

using Frame = plan::Frame<at::Tensor>;
/// Writes the results of one call to their slots. Captures nothing that a run changes: many may run at once.
using Kernel = plan::Kernel<at::Tensor>;
using Integers = std::vector<std::int64_t>;

/// A tensor operand; undefined where none is given.
class Fetch {
 public:
  Fetch() = default;
  explicit Fetch(plan::Slot slot) : slot_(slot) {}
  explicit Fetch(at::Tensor constant) : constant_(std::move(constant)) {}
  const at::Tensor& operator()(const Frame& f) const { return slot_ == plan::kNone ? constant_ : f.slots[slot_]; }

 private:
  plan::Slot slot_ = plan::kNone;
  at::Tensor constant_;
};

class FetchList {
 public:
  FetchList() = default;
  explicit FetchList(std::vector<plan::Slot> slots) : slots_(std::move(slots)) {}
  std::vector<at::Tensor> operator()(const Frame& f) const;

 private:
  std::vector<plan::Slot> slots_;
};

/// A size as the plan's register has it when the kernel runs.
class FetchSize {
 public:
  FetchSize() = default;
  FetchSize(const plan::Plan& plan, const plan::Size& size)
      : size_(size), words_(size.is_constant() ? std::string() : plan.sizes.words[size.reg]) {}
  /// Throws where it is not known.
  std::int64_t operator()(const Frame& f) const;

 private:
  plan::Size size_;
  std::string words_;
};

class FetchSizes {
 public:
  FetchSizes() = default;
  FetchSizes(const plan::Plan& plan, const std::vector<plan::Size>& sizes) {
    for (const plan::Size& size : sizes) sizes_.emplace_back(plan, size);
  }
  Integers operator()(const Frame& f) const;

 private:
  std::vector<FetchSize> sizes_;
};

/// Tensors that a kernel needs beside its operands: made of sizes each time it runs, in slots of their own.
struct SizeTensors {
  plan::Slot next = 0;  // the next free slot; counts on from kernel to kernel
  std::vector<std::pair<plan::Slot, FetchSize>> made;
};

/// A step as its lowering sees it: parts are resolved once, and what is returned is captured by the kernel.
class NodeView : public plan::StepView {
 public:
  NodeView(const plan::Plan& plan, const plan::Step& step, const std::vector<at::Tensor>& state, SizeTensors& made)
      : StepView(plan, step), state_(state), made_(made) {}

  /// A static argument.
  const plan::Attribute& arg(std::string_view name) const { return attribute(name); }
  bool flag(std::string_view name) const { return arg(name).as_bool(); }
  /// A number that is known now; throws where it depends on run-time sizes: those are read by `sizes`.
  std::int64_t integer(std::string_view name) const { return arg(name).as_int(); }
  double number(std::string_view name) const { return arg(name).as_double(); }
  Integers integers(std::string_view name) const;  // a single one gives a list of one
  FetchSizes sizes(std::string_view name) const { return {plan(), StepView::sizes(name)}; }
  /// A number in the place of a tensor is one of no dimensions that promotes as Python's numbers do.
  Fetch tensor(std::string_view name) const;
  FetchList tensors(std::string_view name) const { return FetchList(slots(name)); }
  std::size_t result_count() const { return step().results.size(); }
  /// The node writes states: those of the operands under Op::updates that are none are to be left as they are.
  bool writes_states() const { return !step().writes.empty(); }
  /// Of a fitted node; set before a run.
  const std::vector<at::Tensor>& state() const { return state_; }

 private:
  const std::vector<at::Tensor>& state_;
  SizeTensors& made_;
};

using Lowering = std::function<Kernel(const NodeView&)>;
using KernelTable = plan::KernelTable<Lowering>;

/// Where a backend puts its lowerings, by the operators' names.
class Lowerings {
 public:
  Lowerings(KernelTable& table, std::string backend) : table_(table), backend_(std::move(backend)) {}
  void add(std::string_view op, Lowering lowering);

 private:
  KernelTable& table_;
  std::string backend_;
};

const KernelTable& kernel_table();

/// The kernel of a step; `next` is the next slot that is free for a kernel's own tensors. `state` outlives the kernel.
Kernel bind_step(const plan::Plan& plan, const plan::Step& step, const std::vector<at::Tensor>& state,
                 plan::Slot& next);

}  // namespace modelc::kernels
