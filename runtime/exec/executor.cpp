#include "exec/executor.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "exec/autocast.h"
#include "exec/gradient_search.h"
#include "exec/non_finite.h"
#include "exec/tensors.h"
#include "kernels/dtype.h"
#include "kernels/lowering.h"
#include "plan/make_plan.h"

namespace modelc::exec {
namespace {

using kernels::Frame;
using Machine = plan::Machine<Tensors>;

/// A static value of a result as the tensor that it would be.
Result result_of(const plan::Attribute& attribute, const Frame& frame) {
  Result out;
  if (attribute.is_list()) {
    for (const plan::Attribute& element : attribute.as_list()) out.parts.push_back(result_of(element, frame));
  } else if (attribute.is_size()) {
    const std::int64_t size = attribute.as_size().value(frame.sizes);
    out.tensor = at::scalar_tensor(size == plan::kUnknownSize ? 0 : size, at::kLong);
  } else if (attribute.is_float()) {
    out.tensor = at::scalar_tensor(attribute.as_double(), at::kFloat);
  } else if (attribute.is_bool()) {
    out.tensor = at::scalar_tensor(attribute.as_bool(), at::kBool);
  }
  return out;
}

Result result_of(const plan::Argument& argument, const Frame& frame) {
  if (argument.kind == plan::Argument::Slot) return {frame.slots[argument.slot], {}};
  if (argument.kind == plan::Argument::Static) return result_of(argument.attribute, frame);
  Result out;
  for (const plan::Argument& part : argument.list) out.parts.push_back(result_of(part, frame));
  return out;
}

bool fits(at::ScalarType given, at::ScalarType inferred) {
  return given == inferred || (autocast_enabled() && at::isFloatingType(given) && at::isFloatingType(inferred));
}

bool fits(const at::Tensor& tensor, const plan::TensorType& type, const Frame& frame) {
  if (!tensor.defined() || static_cast<std::size_t>(tensor.dim()) != type.rank() ||
      !fits(tensor.scalar_type(), kernels::scalar_type(type.dtype)))
    return false;
  for (std::size_t d = 0; d < type.rank(); ++d) {
    const std::int64_t size = type.shape[d].value(frame.sizes);
    if (size != plan::kUnknownSize && size != tensor.size(static_cast<std::int64_t>(d))) return false;
  }
  return true;
}

/// `float[4, 2*B]`.
std::string words_of(const plan::TensorType& type, const plan::Plan& plan) {
  std::string sizes;
  for (const plan::Size& size : type.shape)
    sizes +=
        (sizes.empty() ? "" : ", ") + (size.is_constant() ? std::to_string(size.constant) : plan.sizes.words[size.reg]);
  return std::string(types::dtype_word(type.dtype)) + "[" + sizes + "]";
}

void check_results(const plan::Plan& plan, const plan::Step& step, const Frame& frame) {
  for (const plan::Slot slot : step.results) {
    const at::Tensor& t = frame.slots[slot];
    const plan::TensorType& type = plan.slots[slot].type;
    if (fits(t, type, frame)) continue;
    throw RuntimeFault(step.span, plan::place_of(step) + ": gave " +
                                      (t.defined() ? plan::type_words(Tensors::fed(t)) : "nothing") + ", inferred " +
                                      words_of(type, plan));
  }
}

}  // namespace

struct Executor::Impl {
  const plan::Plan plan;
  const ResultChecks checks;
  std::vector<const at::Tensor*> states;       // by Plan::states, in the tree
  std::deque<std::vector<at::Tensor>> fitted;  // by step; kernels refer to them
  std::unique_ptr<const Machine> machine;
  StepWatch* watch = nullptr;
  bool derives = false;  // a step is a derivative: what leads to it is recorded, wherever it runs

  Impl(plan::Plan made, build::TreeModule* tree, ResultChecks c)
      : plan(std::move(made)), checks(c), fitted(plan.steps.size()) {
    for (const plan::State& state : plan.states) {
      if (tree == nullptr) throw std::logic_error("a plan with states needs its module tree");
      states.push_back(&tree->tensor(state.module, state.index));
    }
    std::vector<kernels::Kernel> kernels;
    auto next = static_cast<plan::Slot>(plan.slots.size());
    for (std::size_t i = 0; i < plan.steps.size(); ++i)
      kernels.push_back(kernels::bind_step(plan, plan.steps[i], fitted[i], next));
    machine = std::make_unique<Machine>(plan, std::move(kernels), next - plan.slots.size());
    const ops::OpId derivative = ops::Catalogue::get().id("grad");
    derives = std::any_of(plan.steps.begin(), plan.steps.end(),
                          [&](const plan::Step& step) { return step.op == derivative; });
  }

  /// Gradients for as long as it lives, where something asks for them.
  std::optional<at::AutoGradMode> recording() const {
    return derives ? std::make_optional<at::AutoGradMode>(true) : std::nullopt;
  }

  Frame start(const std::vector<at::Tensor>& inputs) const {
    Frame frame = machine->start(inputs);
    for (std::size_t i = 0; i < states.size(); ++i) frame.slots[plan.states[i].slot] = *states[i];
    return frame;
  }
};

Executor::Executor(plan::Plan plan, build::TreeModule* tree, ResultChecks checks)
    : impl_(std::make_unique<Impl>(std::move(plan), tree, checks)) {}
Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;

const plan::Plan& Executor::plan() const { return impl_->plan; }

std::vector<Result> Executor::run(const std::vector<at::Tensor>& inputs) const {
  Frame frame = impl_->start(inputs);
  const auto recording = impl_->recording();
  const bool checks = impl_->checks != ResultChecks::None;
  if (StepWatch* watch = impl_->watch) {
    watch->begins();
    impl_->machine->run(frame, [&](const plan::Step& step, const Frame& f) {
      watch->has_run(step);
      if (checks) check_results(impl_->plan, step, f);
    });
    watch->ends();
  } else if (checks) {
    impl_->machine->run(frame, [&](const plan::Step& step, const Frame& f) { check_results(impl_->plan, step, f); });
  } else {
    impl_->machine->run(frame);
  }
  std::vector<Result> results;
  for (const plan::Result& result : impl_->plan.results) results.push_back(result_of(result.value, frame));
  return results;
}

Executor::NonFinite Executor::find_non_finite(const std::vector<at::Tensor>& inputs) const {
  at::NoGradGuard no_grad;
  const auto recording = impl_->recording();
  Frame frame = impl_->start(inputs);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const plan::Input& input = impl_->plan.inputs[i];
    if (!input.needed || is_finite(inputs[i])) continue;
    return non_finite_input(input, inputs[i]);
  }
  NonFinite found;
  impl_->machine->run(frame, [&](const plan::Step& step, const Frame& f) {
    if (!found.found) found = look_at(impl_->plan, step, f);
  });
  return found;
}

void Executor::set_watch(StepWatch* watch) { impl_->watch = watch; }

Executor::NonFinite Executor::find_non_finite_gradient(const std::vector<at::Tensor>& inputs, std::size_t count) const {
  Frame frame = impl_->start(inputs);
  GradientSearch search(impl_->plan);
  impl_->machine->run(frame, [&](const plan::Step& step, const Frame& f) { search.watch(step, f); });
  at::Tensor sum;
  for (std::size_t i = 0; i < count; ++i) {
    const at::Tensor one = result_of(impl_->plan.results[i].value, frame).tensor.sum();
    sum = sum.defined() ? sum + one : one;
  }
  if (!sum.defined() || !sum.requires_grad()) return {};
  sum.backward();
  return search.found();
}

void Executor::set_state(std::uint32_t node, const std::vector<at::Tensor>& state) {
  for (std::size_t i = 0; i < impl_->plan.steps.size(); ++i)
    if (impl_->plan.steps[i].node == node) impl_->fitted[i] = state;
}

build::TreeModule build_tree(const ir::Program& program) {
  return build::TreeModule(program, [&program](std::uint32_t index) {
    const ir::Graph& graph = program.initial_graphs.at(index);
    at::NoGradGuard no_grad;
    const Executor executor(plan::make_plan(graph, program.tree, plan::roots_of(graph, plan::Asked::Outputs)), nullptr);
    return executor.run(std::vector<at::Tensor>(graph.inputs.size())).at(0).tensor;
  });
}

}  // namespace modelc::exec
