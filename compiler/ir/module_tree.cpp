#include "ir/module_tree.h"

#include <algorithm>

namespace modelc::ir {

const Module* ModuleTree::find(std::string_view path) const {
  if (modules.empty()) return nullptr;
  ModuleId at = 0;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view name = path.substr(0, dot);
    ModuleId next = kNone;
    for (const ModuleId child : modules[at].children) {
      if (modules[child].name == name) next = child;
    }
    if (next == kNone) return nullptr;
    at = next;
    path = dot < path.size() ? path.substr(dot + 1) : std::string_view();
  }
  return &modules[at];
}

std::vector<ModuleId> in_order(const ModuleTree& tree) {
  std::vector<ModuleId> order, open;
  if (!tree.modules.empty()) open.push_back(0);
  while (!open.empty()) {
    const ModuleId id = open.back();
    open.pop_back();
    order.push_back(id);
    const std::vector<ModuleId>& children = tree.modules[id].children;
    open.insert(open.end(), children.rbegin(), children.rend());
  }
  return order;
}

std::string key_of(const Module& module, const Tensor& tensor) {
  return module.path.empty() ? tensor.name : module.path + "." + tensor.name;
}

}  // namespace modelc::ir
