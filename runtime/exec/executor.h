// Runs a plan with LibTorch's kernels and autograd: the reference that a compiled executor will be tested against. A
// function of (plan, parameters, inputs).
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "build/tree_module.h"
#include "plan/fault.h"
#include "plan/plan.h"

namespace modelc::exec {

/// A fault while running: carries the place in the description of what failed.
using RuntimeFault = plan::Fault;

/// A run-time value in the structure of an argument: a tensor, or several.
struct Result {
  at::Tensor tensor;
  std::vector<Result> parts;
};

/// What is checked of each step's results.
enum class ResultChecks { None, Types };
inline ResultChecks checks_for(bool verify) { return verify ? ResultChecks::Types : ResultChecks::None; }

/// Told when a run begins, of each step that has run, and when it ends, by the thread that runs.
class StepWatch {
 public:
  virtual ~StepWatch() = default;
  virtual void begins() = 0;
  virtual void has_run(const plan::Step& step) = 0;
  virtual void ends() = 0;
};

/// Running changes nothing of an executor: threads may run one at once, unless the plan writes states, which lie in the
/// tree that they share.
class Executor {
 public:
  /// `tree` may be null for plans without states; it outlives the executor.
  Executor(plan::Plan plan, build::TreeModule* tree, ResultChecks checks = ResultChecks::None);
  ~Executor();
  Executor(Executor&&) noexcept;

  const plan::Plan& plan() const;
  /// `inputs` in the order of Plan::inputs (undefined where not needed). Binds symbols, checks dtypes, sizes and
  /// conditions (RuntimeFault names the input, what it wants and what came), runs, returns one Result for each of the
  /// plan's.
  std::vector<Result> run(const std::vector<at::Tensor>& inputs) const;
  /// The first step in order with a non-finite floating result, as `path (op)`, and its place; for NaN losses.
  struct NonFinite {
    bool found = false;
    support::Span span;
    std::string what;
    std::string input;                // its name, where it was fed so
    std::optional<std::int64_t> row;  // of the batch, where not all rows are so
    bool nan = false;                 // else infinite
  };
  /// Runs again looking at every value, to find it.
  NonFinite find_non_finite(const std::vector<at::Tensor>& inputs) const;
  /// The same of the derivative of the sum of the first `count` results: runs again, forward and backward.
  NonFinite find_non_finite_gradient(const std::vector<at::Tensor>& inputs, std::size_t count) const;
  /// For fitted nodes of a feed (`standardize`, `category`): what the node of the graph learned. Not while a run is on.
  void set_state(std::uint32_t node, const std::vector<at::Tensor>& state);
  /// Null: nobody. It outlives the executor, and is set while no run is on.
  void set_watch(StepWatch* watch);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The module tree of a program, initial values that are expressions computed by running their graphs.
build::TreeModule build_tree(const ir::Program& program);

}  // namespace modelc::exec
