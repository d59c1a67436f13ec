// One call of a graph as the rule of its derivative sees it, and what all rules of a graph share.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ir/graph.h"
#include "ops/derivative.h"

namespace modelc::passes {

/// A call that a rule wants to make is none that its operator takes: the derivative is not known after all.
struct Refused : std::logic_error {
  using std::logic_error::logic_error;
};

/// The gradients found so far, and the calls that make them.
class Gradients {
 public:
  /// `wanted` by value: whether a gradient is asked for.
  Gradients(ir::Graph& graph, std::vector<bool> wanted);

  ir::Graph& graph() { return graph_; }
  bool wanted(ir::ValueId value) const { return value < wanted_.size() && wanted_[value]; }
  /// kNone where nothing depends on it.
  ir::ValueId of(ir::ValueId value) const { return value < of_.size() ? of_[value] : ir::kNone; }
  /// One share more: summed over what the value was stretched along, in its dtype.
  void add(ir::ValueId value, ir::ValueId share);

  using Arguments = std::vector<std::pair<std::string_view, ops::Given>>;
  /// Appends a call; its own results. Messages about it name the call whose derivative it belongs to.
  std::vector<ir::ValueId> call(std::string_view op, Arguments args);
  ir::ValueId one(std::string_view op, Arguments args) { return call(op, std::move(args)).at(0); }
  void stand_at(const ir::Node& node);

 private:
  ir::ValueId in_form_of(ir::ValueId share, const types::TensorType& want);

  ir::Graph& graph_;
  std::vector<bool> wanted_;
  std::vector<ir::ValueId> of_;
  std::string path_;
  support::Span span_;
  ir::ModuleId module_ = ir::kNone;
};

class NodeDerivation final : public ops::Derivation {
 public:
  NodeDerivation(Gradients& gradients, std::uint32_t node);

  bool has(std::string_view name) const override;
  ops::Term operand(std::string_view name) const override;
  std::vector<ops::Term> operands(std::string_view name) const override;
  const types::Constant& arg(std::string_view name) const override;
  ops::Term result(std::size_t i) const override;
  std::size_t results() const override;
  const types::TensorType& type(ops::Term term) const override;
  ops::Term gradient(std::size_t i) const override;
  bool wanted(std::string_view name) const override;
  void give(std::string_view name, ops::Term gradient) override;
  void give(std::string_view name, std::size_t item, ops::Term gradient) override;
  void decline() override { declined_ = true; }
  std::vector<ops::Term> calls(std::string_view op, Gradients::Arguments args) override;

  bool declined() const { return declined_; }
  const ir::Node& node() const { return node_; }

 private:
  Gradients& gradients_;
  const ir::Node node_;  // a copy: calls move the nodes of the graph
  bool declined_ = false;
};

}  // namespace modelc::passes
