#include "elaborate/order.h"

namespace modelc::elaborate {

void order_modules(instantiate::Tree& tree, std::vector<ir::Graph>& graphs) {
  auto& modules = tree.ir.modules;
  if (modules.empty()) return;
  std::vector<ir::ModuleId> order, place(modules.size(), ir::kNone), open{0};
  while (!open.empty()) {
    const ir::ModuleId id = open.back();
    open.pop_back();
    place[id] = static_cast<ir::ModuleId>(order.size());
    order.push_back(id);
    for (auto child = modules[id].children.rbegin(); child != modules[id].children.rend(); ++child)
      open.push_back(*child);
  }
  std::vector<ir::Module> sorted;
  sorted.reserve(modules.size());
  for (const ir::ModuleId id : order) {
    ir::Module m = std::move(modules[id]);
    if (m.parent != ir::kNone) m.parent = place[m.parent];
    for (ir::ModuleId& child : m.children) child = place[child];
    sorted.push_back(std::move(m));
  }
  modules = std::move(sorted);
  for (instantiate::Instance& instance : tree.instances) instance.module = place[instance.module];
  for (auto* some : {&graphs, &tree.initial_graphs}) {
    for (ir::Graph& graph : *some) {
      for (ir::Node& node : graph.nodes)
        if (node.module != ir::kNone) node.module = place[node.module];
      for (ir::ValueInfo& value : graph.values)
        if (value.is_tensor_of_tree()) value.source = place[value.source];
    }
  }
}

}  // namespace modelc::elaborate
