// Modules are made in the order they are first called; in the finished program they stand in the order of the tree, as
// PyTorch's state_dict has them.
#include "elaborate/elaborator.h"

namespace modelc::elaborate {

void Elaborator::order_modules() {
  auto& modules = program_.tree.modules;
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
  for (Instance& instance : instances_) instance.module = place[instance.module];
  for (auto* graphs : {&program_.graphs, &program_.initial_graphs}) {
    for (ir::Graph& graph : *graphs) {
      for (ir::Node& node : graph.nodes)
        if (node.module != ir::kNone) node.module = place[node.module];
      for (ir::ValueInfo& value : graph.values)
        if (value.kind == ir::ValueKind::Tensor) value.source = place[value.source];
    }
  }
  tensor_values_.clear();
}

}  // namespace modelc::elaborate
