// What the names of a level are, before anything of it is looked at.
#include <algorithm>

#include "resolve/walk.h"

namespace modelc::resolve {

namespace {

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789*") == std::string::npos;
}

/// Whether two texts with `*` in them may be the same.
bool may_equal(const std::string& a, const std::string& b) {
  std::vector<char> reached(b.size() + 1, 0), next(b.size() + 1, 0);
  reached[0] = 1;
  for (std::size_t j = 0; j < b.size() && b[j] == '*'; ++j) reached[j + 1] = 1;
  for (const char c : a) {
    next.assign(b.size() + 1, 0);
    next[0] = c == '*' ? reached[0] : 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      if (c == '*') next[j + 1] = reached[j + 1] || next[j];
      else if (b[j] == '*') next[j + 1] = reached[j + 1] || next[j] || reached[j];
      else next[j + 1] = reached[j] && b[j] == c;
    }
    reached.swap(next);
  }
  return reached[b.size()] != 0;
}

/// Entries of a block by name; loops are bound late, so that nothing is looked up before all is declared.
template <class T, class Entry>
void each_name(Walk& walk, const ast::Block<T>& block, const Scope& scope, const Entry& entry) {
  for (const ast::Item<T>& item : block) {
    if (item.kind == ast::ItemKind::Entry) {
      entry(item, scope);
      continue;
    }
    for (const auto& branch : item.branches) each_name(walk, branch.body, scope, entry);
    Scope inner = scope;
    for (std::size_t i = 0; i < item.variables.names.size(); ++i) {
      const ast::Variable& variable = item.variables.names[i];
      const DefinitionId id = define(walk, Kind::LoopVariable, variable.text, variable.span, item.span);
      walk.late.try_emplace(id, [&walk, &item, scope, i] {
        const Thing element = element_of(walk, expression(walk, item.iterable, scope));
        const std::vector<Thing> things = take_apart(walk, item.variables.nesting, element);
        return i < things.size() ? things[i] : Thing();
      });
      inner = inner.with_loop(variable.text, id);
    }
    each_name(walk, item.body, inner, entry);
  }
}

bool is_capital(const std::string& name) { return !name.empty() && name[0] >= 'A' && name[0] <= 'Z'; }

/// Symbols of a type; `bare`: only dimensions that are nothing else, which is where one is best shown.
class SymbolCollector {
 public:
  SymbolCollector(Walk& walk, const Scope& scope) : walk_(walk), scope_(scope), level_(*scope.level) {}

  void type(const ast::TypePtr& type, bool bare) {
    if (!type) return;
    for (const ast::ExprPtr& dim : type->dims) {
      if (!dim) continue;
      if (dim->kind == ast::ExprKind::Name) symbol(*dim);
      else if (!bare) expr(*dim);
    }
    for (const ast::TypePtr& part : type->parts) this->type(part, bare);
    this->type(type->result, bare);
  }

  void declaration(const ast::Declaration& d, bool bare) {
    type(d.declared.type, bare);
    each_name(walk_, d.list, scope_, [&](const auto& item, const Scope&) { type(item.value.type, bare); });
  }

 private:
  void expr(const ast::Expr& e) {
    if (e.kind == ast::ExprKind::Name) symbol(e);
    for (std::size_t i = e.kind == ast::ExprKind::Call ? 1 : 0; i < e.children.size(); ++i) {
      if (e.children[i]) expr(*e.children[i]);
    }
    for (const ast::Argument& a : e.args) {
      if (a.value) expr(*a.value);
    }
  }

  void symbol(const ast::Expr& name) {
    if (!is_capital(name.text) || level_.symbols.contains(name.text)) return;
    if (!level_.statics.find(name.text).empty()) return;
    const DefinitionId id = define(walk_, Kind::Symbol, name.text, name.span, name.span);
    walk_.things.try_emplace(id, Thing::of(Thing::Plain));
    level_.symbols.emplace(name.text, id);
  }

  Walk& walk_;
  const Scope& scope_;
  Level& level_;
};

void declare_symbols(Walk& walk, Level& level, const Scope& scope) {
  SymbolCollector symbols(walk, scope);
  const ast::Component& c = *level.component;
  for (const bool bare : {true, false}) {
    const auto of = [&](const ast::Item<ast::Declaration>& item, const Scope&) {
      symbols.declaration(item.value, bare);
    };
    each_name(walk, c.inputs.entries, scope, of);
    if (level.document) each_name(walk, level.document->targets, scope, of);
  }
  each_name(walk, c.params, scope, [&](const auto& item, const Scope&) {
    const ast::TypePtr& type = item.value.declared.type;
    if (type && type->kind == ast::TypeKind::Signature) symbols.type(type, false);
  });
  each_name(walk, c.body.forward.entries, scope,
            [&](const auto& item, const Scope&) { symbols.type(item.value.type, false); });
}

/// A param by what its type or default says; what is given from outside keeps to it.
Thing param_thing(Walk& walk, const ast::Declaration& d, const Scope& scope) {
  if (d.declared.type) {
    switch (d.declared.type->kind) {
      case ast::TypeKind::Module:
      case ast::TypeKind::Signature:
        return Thing::of(Thing::AnyModule);
      case ast::TypeKind::List:
        return d.declared.type->parts.empty()
                   ? Thing()
                   : Thing::list({d.declared.type->parts[0]->kind == ast::TypeKind::Module ||
                                          d.declared.type->parts[0]->kind == ast::TypeKind::Signature
                                      ? Thing::of(Thing::AnyModule)
                                      : Thing::of(Thing::Plain)},
                                 true);
      case ast::TypeKind::Any:
        return {};
      default:
        return Thing::of(Thing::Plain);
    }
  }
  const Thing given = expression(walk, d.declared.value, scope);
  if (given.is_module()) return Thing::of(Thing::AnyModule);
  return given.kind == Thing::List ? Thing::list({element_of(walk, given)}, true) : given;
}

void declare_tensors(Walk& walk, const ast::Block<ast::Declaration>& block, Kind kind, Named& into,
                     const Scope& scope) {
  each_name(walk, block, scope, [&](const ast::Item<ast::Declaration>& item, const Scope&) {
    if (item.value.deleted) return;
    const DefinitionId id = define(walk, kind, item.name.text, item.name.span, item.span);
    walk.things.try_emplace(id, Thing::of(Thing::Plain));
    into.add(item.name, id);
  });
}

void declare_document(Walk& walk, Level& level, const Scope& scope) {
  const ast::Description& document = *level.document;
  declare_tensors(walk, document.targets, Kind::Target, level.interface.targets, scope);
  for (const auto& [name, variant] : document.variants) {
    const Span span = variant.span;
    level.variants.add({name, span, nullptr}, define(walk, Kind::Variant, name, span, span));
  }
}

/// Where the one output stands that has no name of its own and is called `output`.
Span unnamed_output(const ast::Component& c) {
  const ast::Block<ast::Binding>& block = c.body.outputs.given ? c.body.outputs.entries : c.body.forward.entries;
  if (c.body.outputs.given && !c.body.outputs.single) return {};
  Span span = c.body.layers.given && !c.body.layers.entries.empty() ? c.body.layers.entries.back().span : Span{};
  for (const auto& item : block) {
    if (item.kind != ast::ItemKind::Entry) continue;
    const bool named = !item.value.targets.empty() ||
                       (c.body.outputs.given && item.value.value && item.value.value->kind == ast::ExprKind::Name);
    span = named ? Span{} : item.span;
  }
  return span;
}

/// Without `outputs` what the last binding gives.
void declare_last_bindings(Walk& walk, Level& level) {
  const ast::Item<ast::Binding>* last = nullptr;
  for (const auto& item : level.component->body.forward.entries) {
    if (item.kind == ast::ItemKind::Entry) last = &item;
  }
  if (!last) return;
  for (const ast::Name& target : last->value.targets)
    level.interface.outputs.add(target, define(walk, Kind::Binding, target.text, target.span, last->span));
}

void declare_outputs(Walk& walk, Level& level, const Scope& scope) {
  const ast::Component& c = *level.component;
  each_name(walk, c.body.outputs.entries, scope, [&](const ast::Item<ast::Binding>& item, const Scope&) {
    const ast::Binding& b = item.value;
    ast::Name name;
    if (!b.targets.empty()) name = b.targets[0];
    else if (b.value && b.value->kind == ast::ExprKind::Name) name = {b.value->text, b.value->span, nullptr};
    if (name.empty()) return;
    level.interface.outputs.add(name, define(walk, Kind::Output, name.text, name.span, item.span));
  });
  if (const Span output = unnamed_output(c); output.valid()) {
    level.interface.outputs.add({"output", {}, nullptr}, define(walk, Kind::Output, "output", {}, output));
  } else if (!c.body.outputs.given) {
    declare_last_bindings(walk, level);
  }
}

void declare_names(Walk& walk, Level& level) {
  const ast::Component& c = *level.component;
  const Scope scope{&level, nullptr, nullptr, {.is_static = true, .in_call = true}, false, nullptr};
  each_name(walk, c.params, scope, [&](const ast::Item<ast::Declaration>& item, const Scope& inner) {
    if (item.value.deleted) return;
    const DefinitionId id = define(walk, Kind::Param, item.name.text, item.name.span, item.span);
    const ast::Declaration* declaration = &item.value;
    walk.late.try_emplace(id, [&walk, declaration, inner] { return param_thing(walk, *declaration, inner); });
    level.statics.add(item.name, id);
  });
  each_name(walk, c.defines, scope, [&](const ast::Item<ast::Definition>& item, const Scope& inner) {
    if (!item.value.value) return;  // deleted by an inheriting file
    const Kind kind = item.value.is_function ? Kind::Function : Kind::Define;
    const DefinitionId id = define(walk, kind, item.name.text, item.name.span, item.span);
    const ast::Definition* definition = &item.value;
    walk.late.try_emplace(id, [&walk, definition, inner] {
      if (!definition->is_function) return expression(walk, definition->value, inner);
      Thing thing = Thing::of(Thing::Function);
      thing.define = definition;
      return thing;
    });
    level.statics.add(item.name, id);
  });
  declare_tensors(walk, c.inputs.entries, Kind::Input, level.interface.inputs, scope);
  declare_tensors(walk, c.tensors.parameters, Kind::Parameter, level.tensors, scope);
  declare_tensors(walk, c.tensors.buffers, Kind::Buffer, level.tensors, scope);
  for (const auto& [name, component, guards] : c.components) {
    if (!component) continue;
    const DefinitionId id = define(walk, Kind::Component, name.text, name.span, component->span);
    const ast::Component* inside = component.get();
    Level* around = &level;
    const std::vector<ast::Guard>* loops = &guards;
    walk.late.try_emplace(id, [&walk, inside, around, loops, scope] {
      return tree_of(*level_of(walk, *inside, around, guarded(walk, *loops, scope).loops));
    });
    level.components.add(name, id);
  }
  for (const auto& [name, import] : c.imports) {
    if (import.file.empty()) continue;
    const DefinitionId id = define(walk, Kind::Import, name, import.name_span, import.name_span.to(import.span));
    const ast::Import* given = &import;
    walk.late.try_emplace(id, [&walk, given] { return imported(walk, *given); });
    level.imports.add({name, import.name_span, import.inserted}, id);
  }
  level.modules = declare(walk, c.body.layers.given ? c.body.layers.entries : c.modules, scope, c.body.layers.given);
  declare_outputs(walk, level, scope);
  level.implied_input = c.body.layers.given && !c.inputs.given;
  for (const ast::TreeEdit& edit : c.by_path.edits) level.edits[edit.path].push_back(&edit);
  if (level.document) declare_document(walk, level, scope);
  declare_symbols(walk, level, scope);
}

void declare_items(Walk& walk, const ast::Block<ast::ModuleDef>& block, const Scope& scope, bool numbered, Items& out) {
  // Loops and conditions nest through each_name, which tells entries only: what stands in one is no longer numbered.
  std::size_t before_control = 0;
  for (const auto& item : block) {
    if (item.kind != ast::ItemKind::Entry) out.fixed = false;
    if (out.fixed && item.value.kind != ast::ModuleKind::Deleted) ++before_control;
  }
  std::size_t position = 0;
  each_name(walk, block, scope, [&](const ast::Item<ast::ModuleDef>& item, const Scope& inner) {
    if (item.value.kind == ast::ModuleKind::Deleted) return;
    const bool placed = position < before_control;
    const std::string number = placed ? std::to_string(position) : "*";
    ++position;
    if (item.name.empty() && !numbered) return;
    const DefinitionId id =
        define(walk, Kind::Module, item.name.empty() ? number : item.name.text, item.name.span, item.span);
    const ast::ModuleDef* module = &item.value;
    walk.late.try_emplace(id, [&walk, module, inner] { return thing_of(walk, *module, inner); });
    if (!item.name.empty()) out.named.add(item.name, id);
    else if (placed) out.named.plain[number].push_back(id);
    else out.named.patterns.push_back({"*", true, id});
    out.order.push_back(id);
  });
}

}  // namespace

void type(Walk& walk, const ast::TypePtr& given, const Scope& scope) {
  if (!given) return;
  for (const ast::ExprPtr& dim : given->dims) expression(walk, dim, scope);
  for (const ast::TypePtr& part : given->parts) type(walk, part, scope);
  expression(walk, given->low, scope);
  expression(walk, given->high, scope);
  type(walk, given->result, scope);
}

std::string skeleton(const ast::Expr& pattern) {
  std::string text;
  for (const auto& [literal, inserted] : pattern.parts) text += inserted ? "*" : literal;
  return text;
}

void Named::add(const ast::Name& name, DefinitionId id) {
  if (name.pattern && !name.pattern->parts.empty()) patterns.push_back({skeleton(*name.pattern), false, id});
  else plain[name.text].push_back(id);
}

std::vector<DefinitionId> Named::find(const std::string& text) const {
  std::vector<DefinitionId> found;
  if (text.find('*') == std::string::npos) {
    if (const auto written = plain.find(text); written != plain.end()) return written->second;
  } else {
    for (const auto& [name, ids] : plain) {
      if (may_equal(name, text)) found.insert(found.end(), ids.begin(), ids.end());
    }
  }
  for (const Pattern& pattern : patterns) {
    if (pattern.number ? is_number(text) : may_equal(pattern.text, text)) found.push_back(pattern.id);
  }
  return found;
}

Items declare(Walk& walk, const ast::Block<ast::ModuleDef>& block, const Scope& scope, bool numbered) {
  Items out;
  declare_items(walk, block, scope, numbered, out);
  return out;
}

Level* level_of(Walk& walk, const ast::Component& component, Level* parent, const Loops& loops) {
  const auto [known, fresh] = walk.level_at.try_emplace({&component, parent}, nullptr);
  if (!fresh) return known->second;
  Level& level = walk.levels.emplace_back();
  known->second = &level;
  level.component = &component;
  level.document = component.file.is_document ? static_cast<const ast::Description*>(&component) : nullptr;
  level.parent = parent;
  level.outer = loops;
  declare_names(walk, level);
  return &level;
}

Thing imported(Walk& walk, const ast::Import& import) {
  const std::size_t hash = import.file.rfind('#');
  const auto file = walk.files.find(import.file.substr(0, hash));
  if (file == walk.files.end() || !file->second) return Thing::of(Thing::AnyModule);
  Level* const document = level_of(walk, *file->second, nullptr, nullptr);
  if (hash == std::string::npos) return tree_of(*document);
  const std::vector<DefinitionId> found = document->components.find(import.file.substr(hash + 1));
  return found.empty() ? Thing::of(Thing::AnyModule) : thing_of(walk, found[0]);
}

}  // namespace modelc::resolve
