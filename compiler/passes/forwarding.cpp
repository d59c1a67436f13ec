#include "passes/forwarding.h"

#include "ir/builder.h"
#include "ir/uses.h"
#include "passes/gradients.h"

namespace modelc::passes {

using ir::ValueId;

Forwarding::Forwarding(ir::Graph& graph, const ir::ModuleTree& tree)
    : graph_(graph),
      place_(graph.values.size()),
      gradient_(with_gradient(graph, tree)),
      asked_(graph.values.size(), false),
      replaced_(graph.values.size(), false),
      dropped_(graph.nodes.size(), false),
      uses_(graph.values.size(), 0) {
  for (ValueId v = 0; v < place_.size(); ++v) {
    place_[v] = v;
    if (graph.values[v].updates != ir::kNone) replaced_[graph.values[v].updates] = true;
  }
  for (const ir::Node& node : graph.nodes)
    for (const ir::Operand& operand : node.operands) ir::for_each_value(operand, [&](ValueId v) { ++uses_[v]; });
  ir::for_each_root(graph, [&](const ir::Operand& root) {
    ir::for_each_value(root, [&](ValueId v) {
      ++uses_[v];
      asked_[v] = true;
    });
  });
}

bool Forwarding::allows(ValueId from, ValueId to) const {
  if (replaced_[to]) return false;
  if (asked_[from] && graph_.values[to].is_tensor_of_tree()) return false;
  if (!gradient_[to]) return true;
  // One of the uses of `to` is the node that gives `from`. Two parts of a gradient may be added in either order.
  const std::uint32_t others = uses_[to] - 1;
  return others == 0 || uses_[from] == 0 || (others == 1 && uses_[from] == 1);
}

void Forwarding::put(ValueId from, ValueId to) {
  any_ = true;
  place_[from] = to;
  uses_[to] += uses_[from];
  asked_[to] = asked_[to] || asked_[from];
  ir::ValueInfo& stays = graph_.values[to];
  if (stays.kind == ir::ValueKind::Result && stays.name.empty()) stays.name = graph_.values[from].name;
}

void Forwarding::resolve(ir::Node& node) const {
  for (ir::Operand& operand : node.operands) ir::for_each_value(operand, [&](ValueId& v) { v = place_[v]; });
}

void Forwarding::drop(std::size_t node) {
  dropped_[node] = true;
  for (const ir::Operand& operand : graph_.nodes[node].operands)
    ir::for_each_value(operand, [&](ValueId v) { --uses_[v]; });
}

void Forwarding::finish() {
  if (!any_) return;
  ir::replace_uses(graph_, place_);
  ir::erase(graph_, dropped_);
  ir::tidy(graph_);
}

}  // namespace modelc::passes
