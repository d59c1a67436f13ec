// The reference executor: a graph as a flat list of kernel calls over numbered slots, with autograd. A function of
// (graph, parameters, inputs); a compiled executor will be tested against it.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "build/tree_module.h"
#include "ir/ir.h"

namespace modelc::exec {

/// A fault while running: carries the place in the description of the node that failed.
class RuntimeFault : public std::runtime_error {
 public:
  RuntimeFault(support::Span span, const std::string& message) : std::runtime_error(message), span_(span) {}
  support::Span span() const { return span_; }

 private:
  support::Span span_;
};

/// A run-time value in the structure of an Operand: a tensor, or several.
struct Result {
  at::Tensor tensor;
  std::vector<Result> parts;
};

class Executor {
 public:
  /// Keeps what `roots` need only. `tree` may be null for graphs without parameters. graph, program and tree outlive
  /// it.
  Executor(const ir::Graph& graph, const ir::Program* program, build::TreeModule* tree,
           const std::vector<ir::Operand>& roots);
  ~Executor();
  Executor(Executor&&) noexcept;

  /// Which of graph.inputs are needed.
  const std::vector<bool>& needed() const;
  /// `inputs` in the order of graph.inputs (undefined where not needed). Binds symbols, checks dtypes, sizes and the
  /// graph's conditions (RuntimeFault names the input, what it wants and what came), runs, returns one Result per root.
  std::vector<Result> run(const std::vector<at::Tensor>& inputs);
  /// After run(): the first node in order with a non-finite floating output, as `path (op)` and its place; for NaN
  /// losses.
  struct NonFinite {
    bool found = false;
    support::Span span;
    std::string what;
  };
  /// Runs again keeping every value, to find it.
  NonFinite find_non_finite(const std::vector<at::Tensor>& inputs);
  /// For fitted nodes of a feed (`standardize`, `category`): the state of node `index`, set before run().
  void set_state(std::uint32_t node, std::vector<at::Tensor> state);
  /// Runs up to the operands of node `index` and returns operand 0: what a fit is computed from.
  at::Tensor run_operand(std::uint32_t node, const std::vector<at::Tensor>& inputs);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The module tree of a program, initial values that are expressions computed by running their graphs.
build::TreeModule build_tree(const ir::Program& program);

}  // namespace modelc::exec
