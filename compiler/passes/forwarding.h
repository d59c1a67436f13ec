// Values that others take the place of: what simplify and common_subexpressions have in common. Nodes are walked in
// order; what was decided is put in place at the end.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace modelc::passes {

class Forwarding {
 public:
  Forwarding(ir::Graph& graph, const ir::ModuleTree& tree);

  /// Whether a gradient may come to a value.
  bool has_gradient(ir::ValueId value) const { return gradient_[value]; }
  /// Whether `to`, which `from` equals, may stand wherever `from` does. Not for
  /// - a state that is replaced later: who reads `from` after that would read the new value;
  /// - a parameter or buffer that would be a result of the graph: it changes after the run;
  /// - a value whose gradient would be added up in another order: three or more parts are.
  bool allows(ir::ValueId from, ir::ValueId to) const;
  /// In how many places a value stands.
  std::uint32_t uses(ir::ValueId value) const { return uses_[value]; }
  /// The node that gave `from` is dropped.
  void put(ir::ValueId from, ir::ValueId to);
  /// The operands of a node as they will be.
  void resolve(ir::Node& node) const;
  void drop(std::size_t node);
  void finish();

 private:
  ir::Graph& graph_;
  std::vector<ir::ValueId> place_;
  std::vector<bool> gradient_, asked_, replaced_, dropped_;
  std::vector<std::uint32_t> uses_;  // each place in which a value stands
  bool any_ = false;
};

}  // namespace modelc::passes
