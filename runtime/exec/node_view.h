// What a lowering sees of one node: its operator's parameters by name, bound to slots, static values. Lives while the plan is made; the functions it gives own all they need.
#pragma once

#include <deque>

#include "kernels/bind.h"
#include "kernels/lowering.h"

namespace modelc::exec {

class GraphNodeView final : public kernels::NodeView {
 public:
  /// `slots`: where each value lies; all values of a state share the place of the first.
  GraphNodeView(const ir::Graph& graph, const ir::Node& node, std::vector<at::Tensor>& state,
                const std::vector<ir::ValueId>& slots);

  const ir::Node& node() const override { return node_; }
  const types::Constant& arg(std::string_view name) const override;
  std::function<std::vector<std::int64_t>(const kernels::Frame&)> sizes(std::string_view name) const override;
  std::function<const at::Tensor&(const kernels::Frame&)> tensor(std::string_view name) const override;
  std::function<std::vector<at::Tensor>(const kernels::Frame&)> tensors(std::string_view name) const override;
  bool has(std::string_view name) const override;
  bool is_tensor(std::string_view name) const override;
  const ir::Operand& operand(std::string_view name) const override;
  const types::TensorType& operand_type(std::string_view name) const override;
  const types::TensorType& result_type(std::size_t i) const override;
  std::size_t result_count() const override { return ir::own_results(graph_, node_); }
  std::vector<at::Tensor>& state() const override { return state_; }

 private:
  /// The place of a parameter among the inputs; past their end where there is none of that name.
  std::size_t place(std::string_view name) const;
  const ir::Operand* find_operand(std::string_view name) const;

  const ir::Graph& graph_;
  const ir::Node& node_;
  const ops::Op* op_ = nullptr;
  std::vector<at::Tensor>& state_;
  const std::vector<ir::ValueId>& slots_;
  mutable std::deque<ir::Operand> made_;  // operands put together with their static parts
};

}  // namespace modelc::exec
