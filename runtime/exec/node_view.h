// What a lowering sees of one node: its operator's parameters by name, bound to slots, static values and the module
// tree. Lives while the plan is made; the functions it gives own all they need.
#pragma once

#include <deque>

#include "build/tree_module.h"
#include "kernels/bind.h"
#include "kernels/lowering.h"

namespace modelc::exec {

class GraphNodeView final : public kernels::NodeView {
 public:
  GraphNodeView(const ir::Graph& graph, const ir::Node& node, const ir::Program* program, build::TreeModule* tree,
                std::vector<at::Tensor>& state);

  const ir::Node& node() const override { return node_; }
  const types::Constant& arg(std::string_view name) const override;
  std::function<std::vector<std::int64_t>(const kernels::Frame&)> sizes(std::string_view name) const override;
  std::function<const at::Tensor&(const kernels::Frame&)> tensor(std::string_view name) const override;
  std::function<std::vector<at::Tensor>(const kernels::Frame&)> tensors(std::string_view name) const override;
  bool has(std::string_view name) const override;
  bool is_tensor(std::string_view name) const override;
  const ir::Operand& operand(std::string_view name) const override;
  const types::TensorType& operand_type(std::string_view name) const override;
  at::Tensor* own(std::string_view name) const override;
  std::vector<at::Tensor*> all_owned() const override;
  bool training() const override { return node_.training; }
  bool frozen() const override { return module_ != nullptr && module_->frozen; }
  const types::TensorType& result_type(std::size_t i) const override;
  std::size_t result_count() const override { return node_.results.size(); }
  std::vector<at::Tensor>& state() const override { return state_; }

 private:
  const ir::Operand* find_operand(std::string_view name) const;
  const types::Constant* find_constant(std::string_view name) const;

  const ir::Graph& graph_;
  const ir::Node& node_;
  const ops::Op* op_ = nullptr;
  const ir::Module* module_ = nullptr;
  build::TreeModule* tree_ = nullptr;
  std::vector<at::Tensor>& state_;
  mutable std::deque<types::Constant> made_;  // lists put together from operands
};

/// The operator of a node; throws std::logic_error where the catalogue has none of that name.
const ops::Op& operator_of(const ir::Node& node);

}  // namespace modelc::exec
