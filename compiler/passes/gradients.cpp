#include "passes/gradients.h"

#include "ir/loops.h"

namespace modelc::passes {

std::vector<bool> with_gradient(const ir::Graph& graph, const ir::ModuleTree& tree) {
  std::vector<bool> with(graph.values.size(), false);
  if (!graph.training) return with;
  const auto may_have_one = [&](ir::ValueId v) {
    return types::is_floating(types::part_of(graph.values[v].type.tensor.dtype));
  };
  for (ir::ValueId v = 0; v < graph.values.size(); ++v) {
    const ir::ValueInfo& value = graph.values[v];
    if (value.kind == ir::ValueKind::Parameter)
      with[v] = tree.modules[value.source].tensors[value.index].trainable && may_have_one(v);
  }
  for (const ir::Node& node : graph.nodes) {
    if (ir::op_of(node).has(ops::Trait::StopsGradient)) continue;
    // A later turn begins with what an earlier one gave.
    bool any = ir::opens_loop(node);
    for (const ir::Operand& operand : node.operands)
      ir::for_each_value(operand, [&](ir::ValueId v) { any = any || with[v]; });
    if (!any) continue;
    for (const ir::ValueId result : node.results)
      if (graph.values[result].updates == ir::kNone) with[result] = may_have_one(result);
  }
  return with;
}

}  // namespace modelc::passes
