#include <fmt/format.h>

#include <algorithm>

#include "elaborate/elaborator.h"
#include "support/glob.h"
#include "support/spelling.h"

namespace modelc::elaborate {

namespace {

bool is_glob(const std::string& path) { return path.find_first_of("*:") != std::string::npos; }

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

Span Instance::argument_span(std::string_view name) const {
  if (!definition || !definition->op) return definition ? definition->span : Span{};
  for (std::size_t i = 0; i < definition->op->args.size() && i < argument_spans.size(); ++i) {
    if (definition->op->args[i].name == name && argument_spans[i].valid()) return argument_spans[i];
  }
  return definition->span;
}

std::string Elaborator::type_at(const std::string& path) const {
  const ir::Module* module = program_.tree.find(path);
  return module ? module->type : std::string();
}

void Elaborator::register_edits(const ast::Component& component, const std::string& prefix, const LevelPtr& level) {
  for (const ast::TreeEdit& edit : component.edits) {
    if (edit.kind == ast::EditKind::Wrap) {
      sink_.report(edit.span, diag::NotSupportedYet, "`wrap`");
      continue;
    }
    Scope scope{level, level->active, nullptr};
    scope.is_static = true;
    guarded(edit.guards, scope, [&](const Scope& inner) {
      const std::string path = edit.inserted ? text_of(edit.inserted, inner).value_or("") : edit.path;
      edits_.push_back({&edit, path, inner.loops, prefix, level, false});
    });
  }
}

DefinitionPtr Elaborator::edited(DefinitionPtr definition, const std::string& path) {
  // Each file of an `extends` chain is a layer that sees the tree as the lower ones left it.
  std::set<int> layers;
  for (const PendingEdit& edit : edits_) layers.insert(edit.edit->layer);
  for (const int layer : layers) {
    PendingEdit* chosen = nullptr;
    for (PendingEdit& edit : edits_) {
      if (edit.edit->layer != layer) continue;
      const std::string full = edit.prefix.empty() ? edit.path : edit.prefix + "." + edit.path;
      if (!is_glob(full)) {
        if (full != path) continue;
        chosen = &edit;
        break;
      }
      // A glob passes over places that another edit names.
      const auto type = [&](std::string_view p) {
        return p == path && definition ? definition->type_name : type_at(std::string(p));
      };
      if (!chosen && support::matches_exactly(full, path, type)) chosen = &edit;
    }
    if (chosen) definition = apply_edit(*chosen, std::move(definition), path);
  }
  return definition;
}

DefinitionPtr Elaborator::apply_edit(PendingEdit& pending, DefinitionPtr definition, const std::string& path) {
  PendingEdit* const chosen = &pending;
  chosen->used = true;
  const ast::TreeEdit& edit = *chosen->edit;
  Scope scope{chosen->level, chosen->level ? chosen->level->active : nullptr, chosen->loops};
  scope.is_static = true;
  if (edit.kind == ast::EditKind::Remove) {
    auto identity = std::make_shared<Definition>();
    identity->kind = Definition::Operator;
    identity->op = ops::Catalogue::get().module("Identity");
    identity->type_name = "Identity";
    identity->span = edit.span;
    identity->from_edit = true;
    return identity;
  }
  const DefinitionPtr put = define_module(edit.definition, scope);
  if (!put) return nullptr;
  if (edit.kind == ast::EditKind::Replace) {
    auto copy = std::make_shared<Definition>(*put);
    copy->from_edit = true;
    if (definition && definition->signature && !copy->signature) copy->signature = definition->signature;
    return copy;
  }
  if (!definition || definition->kind != Definition::Sequential) {
    sink_.report(edit.span, diag::EditNeedsSequential, edit.kind == ast::EditKind::Append ? "append" : "prepend", path,
                 definition ? definition->type_name : "a faulty module");
    return definition;
  }
  // A list adds each of its items, anything else one; appended ones number on.
  auto copy = std::make_shared<Definition>(*definition);
  std::vector<std::pair<std::string, DefinitionPtr>> added;
  const bool is_list = edit.definition.kind == ast::ModuleKind::Sequential;
  if (is_list) added = put->items;
  else added.emplace_back("0", put);
  std::size_t position = 0;
  for (auto& [name, item] : added) {
    if (item) {
      auto fresh = std::make_shared<Definition>(*item);
      fresh->from_edit = true;
      item = fresh;
    }
    const bool numbered = name.find_first_not_of("0123456789") == std::string::npos;
    if (edit.kind == ast::EditKind::Append) {
      if (numbered) name = std::to_string(copy->items.size());
      copy->items.emplace_back(name, item);
      copy->item_spans.push_back(edit.span);
    } else {
      if (numbered) {
        sink_.report(edit.span, diag::PrependNeedsName, path).help("write `- name: Definition`");
        return definition;
      }
      copy->items.insert(copy->items.begin() + static_cast<std::ptrdiff_t>(position), {name, item});
      copy->item_spans.insert(copy->item_spans.begin() + static_cast<std::ptrdiff_t>(position), edit.span);
      ++position;
    }
  }
  return copy;
}

InstanceId Elaborator::instantiate(DefinitionPtr definition, const std::string& name, InstanceId parent, Span span) {
  const bool is_root = instances_.empty();
  std::string path = name;
  if (!is_root) {
    const std::string& above = module_of(parent).path;
    if (!above.empty()) path = above + "." + name;
    definition = edited(std::move(definition), path);
  }
  const auto id = static_cast<InstanceId>(instances_.size());
  const auto module_id = static_cast<ir::ModuleId>(program_.tree.modules.size());
  instances_.emplace_back();
  program_.tree.modules.emplace_back();
  instances_[id].module = module_id;
  {
    ir::Module& module = program_.tree.modules[module_id];
    module.name = name;
    module.path = path;
    module.span = span;
    module.parent = is_root ? ir::kNone : instances_[parent].module;
  }
  if (!is_root) {
    program_.tree.modules[instances_[parent].module].children.push_back(module_id);
    instances_[parent].children.emplace_back(name, id);
    if (!program_.tree.modules[instances_[parent].module].type.empty() && name.find('.') != std::string::npos) {
      sink_.report(span, diag::BadModuleName, name)
          .help("a dot separates levels; declare the outer module with a child");
      instances_[id].broken = true;
    }
  }
  if (!definition) {
    instances_[id].broken = true;
    auto empty = std::make_shared<Definition>();
    empty->kind = Definition::Component;
    empty->type_name = "?";
    instances_[id].definition = empty;
    return id;
  }
  instances_[id].definition = definition;
  program_.tree.modules[module_id].kind = module_kind(definition->kind);
  program_.tree.modules[module_id].type = definition->type_name;
  if (definition->from_edit) replaced_.push_back(path);
  if (instances_.size() > kInstanceLimit) {
    if (!exhausted_)
      sink_.report(span, diag::TooManyUnrolled, kInstanceLimit)
          .note(definition->span, "modules within modules multiply here");
    exhausted_ = true;
    instances_[id].broken = true;
    return id;
  }
  if (std::count(path.begin(), path.end(), '.') > kDepthLimit) {
    report_runaway(span, kDepthLimit, "components", definition->span,
                   fmt::format("the chain begins `{}…`", path.substr(0, 40)));
    instances_[id].broken = true;
    return id;
  }
  for (const PartOf& part : definition->parts_of) applied_.push_back({part.whole, path, part.path, nullptr});
  switch (definition->kind) {
    case Definition::Operator: {
      std::vector<GivenArgument> args = definition->arguments;
      const Bound bound = bind_parameters(*definition->op, definition->op->args, args, definition->span, true);
      Instance& instance = instances_[id];
      instance.arguments_ok = bound.ok && !bound.poisoned;
      instance.argument_given = bound.given;
      instance.argument_spans = bound.spans;
      for (const Value& v : bound.values) instance.arguments.push_back(to_constant(v).value_or(types::Constant()));
      break;
    }
    case Definition::Component: {
      const ast::Component& component = *definition->component;
      LevelPtr level = make_level(definition->component, file_of(component, definition->closure), definition->closure,
                                  definition->loops, definition->arguments, definition->variant, definition->span);
      instances_[id].level = level;
      if (program_.tree.modules[module_id].type == "inline") program_.tree.modules[module_id].type = name;
      register_edits(component, path, level);
      if (!component.weights.empty() || !component.init.empty() || !component.freeze.empty() ||
          !component.tie.empty() || !component.moved.empty()) {
        applied_.push_back({definition->component, path, "", level});
      }
      break;
    }
    default:
      for (std::size_t i = 0; i < definition->items.size(); ++i) {
        instantiate(definition->items[i].second, definition->items[i].first, id,
                    i < definition->item_spans.size() ? definition->item_spans[i] : definition->span);
      }
      instances_[id].built = true;
  }
  return id;
}

void Elaborator::build_component(InstanceId id, Frame& frame) {
  const LevelPtr level = instances_[id].level;
  const ast::Component& component = *instances_[id].definition->component;
  Scope scope{level, &frame, nullptr};  // the loop variables around the declaration come after the level's own names
  scope.is_static = true;
  evaluate_statics(level);
  bind_signature_symbols(id, frame);
  declare_tensors(component, id, frame);
  for (auto& [name, item] :
       define_items(component.layers_given ? component.layers : component.modules, scope, component.layers_given)) {
    for (const ir::Tensor& t : module_of(id).tensors) {
      if (t.name == name) sink_.report(item.second, diag::DuplicateModule, name).note(t.span, "a tensor has this name");
    }
    instantiate(item.first, name, id, item.second);
  }
  instances_[id].built = true;
}

std::optional<InstanceId> Elaborator::child(InstanceId parent, const std::string& name) const {
  if (parent >= instances_.size()) return std::nullopt;
  for (const auto& [n, id] : instances_[parent].children) {
    if (n == name) return id;
  }
  return std::nullopt;
}

std::optional<InstanceId> Elaborator::at_path(InstanceId base, const std::string& path) const {
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const auto next = child(base, path.substr(begin, dot - begin));
    if (!next) return std::nullopt;
    base = *next;
    begin = dot + 1;
  }
  return base;
}

}  // namespace modelc::elaborate
