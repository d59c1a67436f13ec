// A node as the rule of its operator sees it, to infer its types again. Requirements hold unless they are certain not
// to: the tracer has put them to the conditions of the graph. Internal to infer_again.
#pragma once

#include "ir/graph.h"

namespace modelc::ir {

class NodeContext final : public ops::InferContext {
 public:
  NodeContext(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  const types::Constant& arg(std::string_view name) const override;
  bool has(std::string_view name) const override;
  const TensorType& tensor(std::string_view name) const override;
  std::vector<TensorType> tensors(std::string_view name) const override;
  Type type(std::string_view name) const override;
  bool require_equal(types::Dim a, types::Dim b, ops::Reason what) override;
  bool require_at_least(types::Dim a, types::Dim least, ops::Reason what) override;
  bool require_divisible(types::Dim n, types::Dim d, ops::Reason what) override;
  bool known_at_least(types::Dim a, std::int64_t least) const override;
  Type fault(const ops::Constraint& constraint, const std::string& message, const std::string& help,
             std::string_view argument) override;
  bool infer(std::string_view, types::Dim) override { return true; }
  void own(ops::OwnedTensor) override {}
  const TensorType* owned(std::string_view) const override { return nullptr; }
  std::vector<TensorType> owned() const override { return {}; }
  types::Dim measured_size(std::size_t result, std::size_t dimension) override;
  types::Dim simplify(types::Dim dim) const override { return graph_.conditions.simplify(dim); }
  bool training() const override;

  /// What the rule refused, or empty.
  const std::string& refused() const { return refused_; }

 private:
  bool require(bool fails, ops::Reason what);

  const Graph& graph_;
  const Node& node_;
  std::string refused_;
};

}  // namespace modelc::ir
