// Runs a plan with kernels of any kind of tensors: LibTorch's in runtime/exec, plain vectors in a test. A machine is
// not changed by running: what one run changes is its frame, so many threads may run one machine.
#pragma once

#include <concepts>
#include <exception>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "plan/bind_inputs.h"
#include "plan/plan.h"

namespace modelc::plan {

/// How far a loop has come, and what its two ends keep from turn to turn.
template <class Tensor>
struct Turns {
  std::int64_t at = 0, count = 0;          // no count: the loop is not open
  std::vector<std::vector<Tensor>> parts;  // of what is taken apart: one for each turn
  std::vector<std::vector<Tensor>> given;  // by what a turn gives: those of the turns so far
};

/// What one run changes.
template <class Tensor>
struct Frame {
  std::vector<Tensor> slots;           // the plan's, then those that kernels asked for themselves
  std::vector<std::int64_t> sizes;     // registers of the size program
  std::vector<Turns<Tensor>> turns{};  // by loop
};

/// One step: its arguments were resolved when it was bound, its results go to their slots.
template <class Tensor>
using Kernel = std::function<void(Frame<Tensor>&)>;

/// What a machine must know of a kind of tensors.
template <class Kind>
concept TensorKind = requires(const typename Kind::Tensor& tensor, const std::exception& thrown) {
  { Kind::fed(tensor) } -> std::same_as<Fed>;            // valid as long as the tensor
  { Kind::words(thrown) } -> std::same_as<std::string>;  // what a kernel threw, in one line
};

template <TensorKind Kind>
class Machine {
 public:
  using Tensor = typename Kind::Tensor;

  /// One kernel for each step; `extra_slots` beyond the plan's. The plan outlives the machine.
  Machine(const Plan& plan, std::vector<Kernel<Tensor>> kernels, std::size_t extra_slots = 0)
      : plan_(&plan), kernels_(std::move(kernels)), slots_(plan.slots.size() + extra_slots) {}

  /// A frame with the inputs checked and in their slots. `inputs` in the order of Plan::inputs. Throws Fault.
  Frame<Tensor> start(const std::vector<Tensor>& inputs) const {
    std::vector<Fed> fed;
    fed.reserve(inputs.size());
    for (const Tensor& input : inputs) fed.push_back(Kind::fed(input));
    Frame<Tensor> frame{std::vector<Tensor>(slots_), bind_inputs(*plan_, fed), {}};
    frame.turns.resize(plan_->loops.size());
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (plan_->inputs[i].slot != kNone) frame.slots[plan_->inputs[i].slot] = inputs[i];
    return frame;
  }

  /// Runs all steps, those of a loop turn by turn; `after(step, frame)` follows each, before anything is released, and
  /// the one that closes a loop after the last turn alone. Throws Fault.
  template <class After>
  void run(Frame<Tensor>& frame, After&& after) const {
    std::size_t at = 0;
    try {
      while (at < plan_->steps.size()) {
        const Step& step = plan_->steps[at];
        const bool opens = step.loop != kNone && plan_->loops[step.loop].first == at;
        if (opens) open(step, frame);
        kernels_[at](frame);
        if (step.loop != kNone && !opens && turn(step, frame)) {
          at = plan_->loops[step.loop].first;
          continue;
        }
        if (!step.binds.empty()) bind_results(step, frame);
        after(step, frame);
        for (const Slot slot : step.release) frame.slots[slot] = Tensor();
        ++at;
      }
    } catch (const Fault&) {
      throw;
    } catch (const std::exception& thrown) {
      const Step& step = plan_->steps[at];
      throw Fault(step.span, place_of(step) + ": " + Kind::words(thrown));
    }
  }
  void run(Frame<Tensor>& frame) const {
    run(frame, [](const Step&, const Frame<Tensor>&) {});
  }

 private:
  /// The first turn of a loop; later ones find it open.
  void open(const Step& step, Frame<Tensor>& frame) const {
    Turns<Tensor>& turns = frame.turns[step.loop];
    if (turns.count != 0) return;
    turns.count = plan_->loops[step.loop].length.value(frame.sizes);
    if (turns.count < 1) throw Fault(step.span, place_of(step) + ": there is nothing to go along");
  }
  /// Whether the loop has another turn; after the last one nothing of it is kept.
  static bool turn(const Step& step, Frame<Tensor>& frame) {
    Turns<Tensor>& turns = frame.turns[step.loop];
    if (++turns.at < turns.count) return true;
    turns = {};
    return false;
  }

  void bind_results(const Step& step, Frame<Tensor>& frame) const {
    for (const Binding& binding : step.binds) {
      const Fed result = Kind::fed(frame.slots[step.results[binding.result]]);
      frame.sizes[binding.symbol] = result.sizes[binding.dimension];
    }
    for (const Register reg : step.sizes) plan_->sizes.compute(reg, frame.sizes);
    for (const std::uint32_t c : step.conditions) check_condition(*plan_, plan_->conditions[c], frame.sizes);
  }

  const Plan* plan_;
  std::vector<Kernel<Tensor>> kernels_;
  std::size_t slots_;
};

}  // namespace modelc::plan
