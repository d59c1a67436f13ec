#include "ir/uses.h"

#include <algorithm>
#include <set>

namespace modelc::ir {

Uses::Uses(const Graph& graph) : nodes(graph.values.size()), asked(graph.values.size(), false) {
  for (std::uint32_t n = 0; n < graph.nodes.size(); ++n) {
    for (const Operand& operand : graph.nodes[n].operands) {
      for_each_value(operand, [&](ValueId v) {
        if (nodes[v].empty() || nodes[v].back() != n) nodes[v].push_back(n);
      });
    }
  }
  for_each_root(graph, [&](const Operand& root) { for_each_value(root, [&](ValueId v) { asked[v] = true; }); });
}

std::vector<ValueId> first_states(const Graph& graph) {
  std::vector<ValueId> first(graph.values.size());
  for (ValueId v = 0; v < first.size(); ++v) first[v] = v;
  for (const Node& node : graph.nodes) {
    for (const ValueId r : node.results)
      if (graph.values[r].updates != kNone) first[r] = first[graph.values[r].updates];
  }
  return first;
}

namespace {

/// The symbols in whatever is needed: who measures one of them is needed for its size, though nobody reads its result.
class NeededSizes {
 public:
  explicit NeededSizes(const Graph& graph) : graph_(graph), any_(!measured_symbols(graph).empty()) {}

  void add(const Operand& root) {
    add(root.constant());
    for (const Operand& part : root.list()) add(part);
  }
  void add(const Node& node) {
    for (const Constant& attribute : node.attributes) add(attribute);
    for (const ValueId result : node.results)
      for (const types::Dim size : graph_.values[result].type.tensor.shape) add(size);
  }
  bool measured_by(const Node& node) const {
    if (!any_ || !op_of(node).has(ops::Trait::MeasuresSize)) return false;
    const auto is_needed = [&](types::Dim size) {
      const auto symbol = types::measured_symbol(size);
      return symbol && symbols_.count(*symbol) != 0;
    };
    return std::any_of(node.results.begin(), node.results.end(), [&](ValueId result) {
      const std::vector<types::Dim>& shape = graph_.values[result].type.tensor.shape;
      return std::any_of(shape.begin(), shape.end(), is_needed);
    });
  }

 private:
  void add(const Constant& constant) {
    if (constant.is_dim()) add(constant.as_dim());
    if (!constant.is_list()) return;
    for (const Constant& part : constant.as_list()) add(part);
  }
  void add(types::Dim size) {
    if (!any_ || size.is_constant()) return;
    for (const types::SymbolId symbol : size.symbols()) symbols_.insert(symbol);
  }

  const Graph& graph_;
  const bool any_;
  std::set<types::SymbolId> symbols_;
};

}  // namespace

Needed needed_for(const Graph& graph, const std::vector<Operand>& roots) {
  NeededSizes sizes(graph);
  for (const Operand& root : roots) sizes.add(root);
  Needed needed{std::vector<bool>(graph.nodes.size(), false), std::vector<bool>(graph.values.size(), false)};
  const auto mark = [&](ValueId v) { needed.values[v] = true; };
  for (const Operand& root : roots) for_each_value(root, mark);
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    const Node& node = graph.nodes[n];
    for (const ValueId r : node.results)
      if (needed.values[r] && graph.values[r].updates == kNone) needed.nodes[n] = true;
    if (sizes.measured_by(node)) needed.nodes[n] = true;
    if (needed.nodes[n]) {
      sizes.add(node);
      for (const Operand& operand : node.operands) for_each_value(operand, mark);
      continue;
    }
    for (const ValueId r : node.results) {
      if (!needed.values[r]) continue;
      needed.values[r] = false;
      mark(graph.values[r].updates);
    }
  }
  return needed;
}

Needed needed_for(const Graph& graph) {
  std::vector<Operand> roots;
  for_each_root(graph, [&](const Operand& root) { roots.push_back(root); });
  return needed_for(graph, roots);
}

}  // namespace modelc::ir
