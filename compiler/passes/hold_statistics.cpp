#include "passes/hold_statistics.h"

#include "ir/builder.h"

namespace modelc::passes {

void hold_statistics(ir::Graph& graph, const ir::ModuleTree& tree) {
  std::vector<ir::ValueId> place(graph.values.size());
  for (ir::ValueId v = 0; v < place.size(); ++v) place[v] = v;
  bool any = false;
  for (ir::Node& node : graph.nodes) {
    if (node.module == ir::kNone || !tree.modules[node.module].frozen || !ir::writes_state(node)) continue;
    const std::size_t own = ir::own_results(graph, node);
    if (own == node.results.size()) continue;  // without running statistics those of the batch are all there is
    for (std::size_t r = own; r < node.results.size(); ++r)
      place[node.results[r]] = place[graph.values[node.results[r]].updates];
    node.results.resize(own);
    const ops::Op& op = ir::op_of(node);
    for (std::size_t i = 0; i < op.inputs.size(); ++i)
      if (op.inputs[i].name == op.writes.mode) node.attributes[i] = false;
    any = true;
  }
  if (!any) return;
  ir::replace_uses(graph, place);
  ir::tidy(graph);
}

}  // namespace modelc::passes
