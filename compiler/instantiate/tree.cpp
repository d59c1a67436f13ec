#include "instantiate/tree.h"

#include <algorithm>

namespace modelc::instantiate {

Value value_of(DefinitionPtr definition) {
  std::string name = definition ? definition->type_name : std::string();
  return Value::of_definition(std::move(definition), std::move(name));
}

Span Instance::argument_span(std::string_view name) const {
  if (!definition || !definition->op) return definition ? definition->span : Span{};
  for (std::size_t i = 0; i < definition->op->args.size() && i < argument_spans.size(); ++i) {
    if (definition->op->args[i].name == name && argument_spans[i].valid()) return argument_spans[i];
  }
  return definition->span;
}

std::vector<std::string> module_paths(const Tree& tree) {
  std::vector<std::string> paths;
  for (const ir::ModuleId id : ir::in_order(tree.ir))
    if (!tree.ir.modules[id].path.empty()) paths.push_back(tree.ir.modules[id].path);
  return paths;
}

ir::Module& module_of(Tree& tree, InstanceId id) { return tree.ir.modules[tree.instances[id].module]; }

std::optional<InstanceId> child(const Tree& tree, InstanceId parent, const std::string& name) {
  if (parent >= tree.instances.size()) return std::nullopt;
  return tree.instances[parent].children.find(name);
}

std::optional<InstanceId> at_path(const Tree& tree, InstanceId base, const std::string& path) {
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const auto next = child(tree, base, path.substr(begin, dot - begin));
    if (!next) return std::nullopt;
    base = *next;
    begin = dot + 1;
  }
  return base;
}

std::string type_at(const Tree& tree, const std::string& path) {
  const ir::Module* module = tree.ir.find(path);
  return module ? module->type : std::string();
}

}  // namespace modelc::instantiate
