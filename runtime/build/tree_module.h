// The module tree as real torch::nn::Modules with PyTorch's names: state_dict keys, train()/eval(), to() work as in
// PyTorch. What a module computes is not here but in the graph (runtime/exec).
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ir/ir.h"

namespace modelc::build {

/// The value of a declared tensor that stands as an expression: runs Program::initial_graphs[graph].
using InitialValue = std::function<at::Tensor(std::uint32_t graph)>;

/// Owns the torch modules. Tensors are addressed by (module, index) as in ir::Module::tensors.
class TreeModule {
 public:
  /// Builds modules and draws initial values with torch's default generator, in the order of the tree: for the same
  /// seed the values equal those of the same model written in PyTorch. Tied tensors share storage. `initial_value` is
  /// needed by trees with expressions as initial values; exec::build_tree gives it.
  explicit TreeModule(const ir::Program& program, const InitialValue& initial_value = {});
  ~TreeModule();
  TreeModule(TreeModule&&) noexcept;

  at::Tensor& tensor(ir::ModuleId module, std::uint32_t index);
  /// state_dict: parameters and saved buffers by key, in PyTorch's order; tied names all stand.
  std::vector<std::pair<std::string, at::Tensor>> state() const;
  /// The part of it that training changes: trainable parameters under all their names, and statistics that move.
  std::vector<std::pair<std::string, at::Tensor>> trained_state() const;
  /// Each module of the state_dict and the version of its layout.
  std::vector<std::pair<std::string, std::int64_t>> versions() const;
  /// Trainable parameters by key, each once.
  std::vector<std::pair<std::string, at::Tensor>> trainable() const;
  void train(bool on);
  void to_device(const std::string& device);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace modelc::build
