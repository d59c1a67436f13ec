#include "passes/order_modules.h"

#include <algorithm>

namespace modelc::passes {

void order_modules(ir::Program& program) {
  auto& modules = program.tree.modules;
  const std::vector<ir::ModuleId> order = ir::in_order(program.tree);
  if (std::is_sorted(order.begin(), order.end()) && order.size() == modules.size()) return;
  std::vector<ir::ModuleId> place(modules.size(), ir::kNone);
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<ir::ModuleId>(i);
  std::vector<ir::Module> sorted;
  sorted.reserve(modules.size());
  for (const ir::ModuleId id : order) {
    ir::Module m = std::move(modules[id]);
    if (m.parent != ir::kNone) m.parent = place[m.parent];
    for (ir::ModuleId& child : m.children) child = place[child];
    sorted.push_back(std::move(m));
  }
  modules = std::move(sorted);
  for (auto* graphs : {&program.graphs, &program.initial_graphs}) {
    for (ir::Graph& graph : *graphs) {
      for (ir::Node& node : graph.nodes)
        if (node.module != ir::kNone) node.module = place[node.module];
      for (ir::ValueInfo& value : graph.values)
        if (value.is_tensor_of_tree()) value.source = place[value.source];
    }
  }
}

}  // namespace modelc::passes
