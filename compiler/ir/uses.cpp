#include "ir/uses.h"

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

Needed needed_for(const Graph& graph, const std::vector<Operand>& roots) {
  Needed needed{std::vector<bool>(graph.nodes.size(), false), std::vector<bool>(graph.values.size(), false)};
  const auto mark = [&](ValueId v) { needed.values[v] = true; };
  for (const Operand& root : roots) for_each_value(root, mark);
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    const Node& node = graph.nodes[n];
    for (const ValueId r : node.results)
      if (needed.values[r] && graph.values[r].updates == kNone) needed.nodes[n] = true;
    if (needed.nodes[n]) {
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
