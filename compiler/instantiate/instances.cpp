#include "instantiate/instances.h"

#include <fmt/format.h>

#include <algorithm>

#include "instantiate/arguments.h"
#include "instantiate/edits.h"
#include "instantiate/levels.h"
#include "instantiate/written.h"

namespace modelc::instantiate {

namespace {

ir::ModuleKind module_kind(Definition::Kind kind) {
  switch (kind) {
    case Definition::Operator:
      return ir::ModuleKind::Operator;
    case Definition::Component:
      return ir::ModuleKind::Component;
    case Definition::Sequential:
      return ir::ModuleKind::Sequential;
    case Definition::List:
      return ir::ModuleKind::List;
    case Definition::Dict:
      return ir::ModuleKind::Dict;
  }
  return ir::ModuleKind::Component;
}

}  // namespace

InstanceId make_instance(Context& c, DefinitionPtr definition, const std::string& name, InstanceId parent, Span span) {
  const bool is_root = c.tree.instances.empty();
  std::string path = name;
  if (!is_root) {
    const std::string& above = module_of(c.tree, parent).path;
    if (!above.empty()) path = above + "." + name;
    definition = edited(c, std::move(definition), {parent, name});
  }
  const auto id = static_cast<InstanceId>(c.tree.instances.size());
  const auto module_id = static_cast<ir::ModuleId>(c.tree.ir.modules.size());
  c.tree.instances.emplace_back();
  c.tree.ir.modules.emplace_back();
  c.tree.instances[id].module = module_id;
  {
    ir::Module& module = c.tree.ir.modules[module_id];
    module.name = name;
    module.path = path;
    module.span = !is_root && c.sink.hides(span) ? module_of(c.tree, parent).span : span;
    module.parent = is_root ? ir::kNone : c.tree.instances[parent].module;
  }
  if (!is_root) {
    c.tree.ir.modules[c.tree.instances[parent].module].children.push_back(module_id);
    c.tree.instances[parent].children.add(name, id);
    if (!c.tree.ir.modules[c.tree.instances[parent].module].type.empty() && name.find('.') != std::string::npos) {
      c.fault(span, diag::BadModuleName, name).help("a dot separates levels; declare the outer module with a child");
      c.tree.instances[id].broken = true;
    }
  }
  if (!definition) {
    c.tree.instances[id].broken = true;
    auto empty = std::make_shared<Definition>();
    empty->kind = Definition::Component;
    empty->type_name = "?";
    c.tree.instances[id].definition = empty;
    return id;
  }
  c.tree.instances[id].definition = definition;
  c.tree.ir.modules[module_id].kind = module_kind(definition->kind);
  c.tree.ir.modules[module_id].type = definition->type_name;
  if (c.tree.instances.size() > kInstanceLimit) {
    if (!c.budget.exhausted)
      c.fault(span, diag::TooManyUnrolled, kInstanceLimit)
          .note(definition->span, "modules within modules multiply here");
    c.budget.exhausted = true;
    c.tree.instances[id].broken = true;
    return id;
  }
  // What recurs is a component, not the leaf that stands before it.
  if (definition->kind != Definition::Operator && std::count(path.begin(), path.end(), '.') > eval::kDepthLimit) {
    report_runaway(c, span, eval::kDepthLimit, "components", definition->span,
                   fmt::format("the chain begins `{}…`", path.substr(0, 40)));
    c.tree.instances[id].broken = true;
    return id;
  }
  for (const PartOf& part : definition->parts_of) c.tree.applied.push_back({part.whole, path, part.path, nullptr});
  switch (definition->kind) {
    case Definition::Operator: {
      Arguments args = definition->arguments;
      const Bound bound = bind_parameters(c.sink, *definition->op, definition->op->args, args, definition->span, true);
      Instance& instance = c.tree.instances[id];
      instance.arguments_ok = bound.ok && !bound.poisoned;
      c.whole &= instance.arguments_ok;
      instance.argument_given = bound.given;
      instance.argument_spans = bound.spans;
      for (const Value& v : bound.values) instance.arguments.push_back(to_constant(v).value_or(types::Constant()));
      break;
    }
    case Definition::Component: {
      const ast::Component& component = *definition->component;
      auto arguments = arguments_of(c, *definition);
      if (!arguments) {
        c.tree.instances[id].broken = true;
        break;
      }
      LevelPtr level =
          make_level(c, definition->component, file_of(c, component, definition->closure), definition->closure,
                     definition->loops, std::move(*arguments), definition->variant, definition->span);
      level->is_root = is_root;
      c.tree.instances[id].level = level;
      if (c.tree.ir.modules[module_id].type == "inline") c.tree.ir.modules[module_id].type = name;
      register_edits(c, component, path, level);
      if (!component.by_path.weights.empty() || !component.by_path.init.empty() || !component.by_path.freeze.empty() ||
          !component.by_path.tie.empty() || !component.by_path.moved.empty()) {
        c.tree.applied.push_back({definition->component, path, "", level});
      }
      break;
    }
    default:
      for (const Item& item : definition->items)
        make_instance(c, item.definition, item.name, id, item.span.valid() ? item.span : definition->span);
      c.tree.instances[id].built = true;
  }
  return id;
}

Tree tree_around(const Tree& tree, InstanceId id) {
  Tree copy;
  copy.edits = tree.edits;
  copy.formal_symbols = tree.formal_symbols;
  copy.instances.push_back(tree.instances[id]);
  copy.instances[0].module = 0;
  copy.instances[0].children.clear();
  copy.ir.modules.push_back(tree.ir.modules[tree.instances[id].module]);
  copy.ir.modules[0].children.clear();
  copy.ir.modules[0].parent = ir::kNone;
  return copy;
}

}  // namespace modelc::instantiate
