// A level from top to bottom.
#include "resolve/walk.h"

namespace modelc::resolve {

namespace {

/// A value by its declared type: text stays text.
void declared_value(Walk& walk, const ast::TypePtr& type, const ast::ExprPtr& value, const Scope& scope) {
  if (!value) return;
  const bool is_text = type && takes_text(*type);
  if (is_text) return;
  const bool raw = value->kind == ast::ExprKind::Raw;
  if (raw && type && !value->children.empty()) expression(walk, value->children[0], scope);
  else expression(walk, value, scope);
}

void statics(Walk& walk, const ast::Component& c, const Scope& scope) {
  each_entry(walk, c.params, scope, [&](const ast::Item<ast::Declaration>& item, const Scope& inner) {
    const ast::Declared& d = item.value.declared;
    type(walk, d.type, inner);
    declared_value(walk, d.type, d.value, inner);
    if (d.original && d.original != d.value) declared_value(walk, d.type, d.original, inner);
  });
  each_entry(walk, c.defines, scope, [&](const ast::Item<ast::Definition>& item, const Scope& outer) {
    const ast::Definition& d = item.value;
    Scope inner = outer;
    for (std::size_t i = 0; i < d.arguments.size() && i < d.argument_spans.size(); ++i) {
      inner = inner.with_loop(d.arguments[i],
                              define(walk, Kind::Argument, d.arguments[i], d.argument_spans[i], d.argument_spans[i]));
    }
    expression(walk, d.value, inner);
  });
}

void inputs(Walk& walk, Level& level, const ast::Block<ast::Declaration>& block, const Named& names, const Scope& types,
            Flow* flow) {
  each_entry(walk, block, types, [&](const ast::Item<ast::Declaration>& item, const Scope& inner) {
    type(walk, item.value.declared.type, inner);
    each_entry(walk, item.value.list, inner,
               [&](const ast::Item<ast::Declared>& part, const Scope& s) { type(walk, part.value.type, s); });
    if (flow && !item.name.empty() && !item.value.deleted) flow->bind(item.name.text, names.find(item.name.text));
  });
  if (!flow) return;
  const Scope defaults{&level, nullptr, flow, {.is_static = false, .in_call = true}, false, nullptr};
  each_entry(walk, block, defaults, [&](const ast::Item<ast::Declaration>& item, const Scope& inner) {
    expression(walk, item.value.declared.value, inner);
  });
}

void tensors(Walk& walk, const ast::Block<ast::Declaration>& block, const Scope& scope) {
  each_entry(walk, block, scope, [&](const ast::Item<ast::Declaration>& item, const Scope& inner) {
    type(walk, item.value.declared.type, inner);
    catalogue_call(walk, item.value.declared.value, catalogue::Kind::Initialiser, inner);
  });
}

void modules(Walk& walk, const ast::Block<ast::ModuleDef>& block, const Scope& scope);

/// All that a definition holds, inline components and items of containers included.
void module(Walk& walk, const ast::ModuleDef& definition, const Scope& scope) {
  const Thing thing = thing_of(walk, definition, scope);
  if (definition.kind == ast::ModuleKind::Inline && thing.level) walk_level(walk, *thing.level);
  modules(walk, definition.items, scope);
}

void modules(Walk& walk, const ast::Block<ast::ModuleDef>& block, const Scope& scope) {
  each_entry(walk, block, scope,
             [&](const ast::Item<ast::ModuleDef>& item, const Scope& inner) { module(walk, item.value, inner); });
}

void edits(Walk& walk, Level& level, const Scope& scope) {
  for (const ast::TreeEdit& edit : level.component->by_path.edits) {
    const Scope inner = guarded(walk, edit.guards, scope);
    expression(walk, edit.inserted, inner);
    // Edits see the tree before any edit: the level's own entries, not what replaces them.
    Thing tree = Thing::of(Thing::Component);
    tree.level = &level;
    path(walk, edit.path, edit.span, tree, inner);
    if (edit.kind != ast::EditKind::Remove) module(walk, edit.definition, inner);
  }
}

void weights(Walk& walk, const ast::Component& c, const Scope& scope) {
  for (const ast::WeightsEntry& entry : c.by_path.weights) {
    const Scope inner = guarded(walk, entry.guards, scope);
    expression(walk, entry.inserted, inner);
    paths(walk, entry.created, inner);
    paths(walk, entry.resize, inner);
    // `only`, `except` and the left of `rename` name what is in the file.
    for (const auto* in_file : {&entry.only, &entry.except, &entry.rename}) {
      for (const ast::PathEntry& one : *in_file) expression(walk, one.inserted, guarded(walk, one.guards, inner));
    }
  }
}

void initial_values(Walk& walk, Level& level, const Scope& scope) {
  const ast::Component& c = *level.component;
  paths(walk, c.by_path.init, scope, true);
  paths(walk, c.by_path.freeze, scope);
  paths(walk, c.by_path.tie, scope);
  for (const auto* renamed : {&c.by_path.tie, &c.by_path.moved}) {
    for (const ast::PathEntry& entry : *renamed) {
      path(walk, entry.text, entry.text_span, tree_of(level), guarded(walk, entry.guards, scope));
    }
  }
  weights(walk, c, scope);
}

void imports(Walk& walk, const ast::Component& c, const Scope& scope) {
  for (const auto& [name, import] : c.imports) {
    guarded(walk, import.guards, scope);
    const std::size_t hash = import.file.rfind('#');
    if (import.file.empty()) continue;
    const Thing thing = imported(walk, import);
    if (hash == std::string::npos || thing.kind != Thing::Component || !thing.level) continue;
    // Written at the end of the text: `blocks.yaml#Attention`, perhaps in quotes.
    const std::string part = import.file.substr(hash + 1);
    Level* const document = thing.level->parent;
    const std::vector<DefinitionId> found = document ? document->components.find(part) : std::vector<DefinitionId>();
    Span span = import.span;
    if (import.name_span.valid() && span.end - span.begin > part.size()) {
      span.begin = span.end - static_cast<std::uint32_t>(part.size());
    }
    use(walk, span, part, found);
  }
}

}  // namespace

void walk_level(Walk& walk, Level& level) {
  if (level.walked) return;
  level.walked = true;
  const ast::Component& c = *level.component;
  const Scope fixed{&level, nullptr, nullptr, {.is_static = true, .in_call = true}, false, nullptr};
  Flow flow;
  imports(walk, c, fixed);
  statics(walk, c, fixed);
  inputs(walk, level, c.inputs.entries, level.interface.inputs, fixed, &flow);
  each_entry(walk, c.where, fixed, [&](const auto& item, const Scope& inner) { expression(walk, item.value, inner); });
  for (const auto& [name, component, guards] : c.components) {
    const Loops loops = guarded(walk, guards, fixed).loops;
    if (component) walk_level(walk, *level_of(walk, *component, &level, loops));
  }
  tensors(walk, c.tensors.parameters, fixed);
  tensors(walk, c.tensors.buffers, fixed);
  modules(walk, c.modules, fixed);
  modules(walk, c.body.layers.entries, fixed);
  edits(walk, level, fixed);
  if (level.implied_input) {
    flow.bind("input", {built_in(walk, "input", "input", "what a level with `layers` and no `inputs` is called with")});
  }
  const Scope running{&level, nullptr, &flow, {.is_static = false, .in_call = true}, false, nullptr};
  bindings(walk, c.body.forward.entries, running);
  if (c.body.layers.given) {
    flow.bind("output", {built_in(walk, "output", "binding", "what the last of the layers gives")});
  }
  each_entry(walk, c.body.outputs.entries, running, [&](const ast::Item<ast::Binding>& item, const Scope& inner) {
    expression(walk, item.value.value, inner);
  });
  initial_values(walk, level, fixed);
  const auto text = [&](const ast::Item<ast::Name>& item, const Scope& inner) {
    if (item.value.pattern) expression(walk, item.value.pattern, inner);
  };
  each_entry(walk, c.docs, fixed, text);
  if (!level.document) return;
  each_entry(walk, level.document->title.all, fixed, text);
  inputs(walk, level, level.document->targets, level.interface.targets, fixed, nullptr);
  for (const auto& [variant, declared] : level.document->variants) {
    for (const auto& [name, value] : declared.values) {
      use(walk, name.span, name.text, level.statics.find(name.text));
      ast::TypePtr type;
      for (const auto& item : c.params) {
        if (item.kind == ast::ItemKind::Entry && item.name.text == name.text) type = item.value.declared.type;
      }
      declared_value(walk, type, value, fixed);
    }
  }
  walk_recipe(walk, level, flow);
}

}  // namespace modelc::resolve
