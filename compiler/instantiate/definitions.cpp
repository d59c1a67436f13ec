#include "instantiate/definitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "eval/unroll.h"
#include "instantiate/levels.h"
#include "instantiate/reparametrisation.h"
#include "instantiate/written.h"
#include "ops/twins.h"
#include "support/counted.h"

namespace modelc::instantiate {

DefinitionPtr as_definition(Context& c, const Value& value, Span span) {
  if (value.is_poison()) return nullptr;
  if (value.kind == Value::Def) return value.definition;
  auto report = c.fault(span, diag::NotADefinition, value.describe());
  if (value.kind == Value::Function)
    report.help("functions are called in `forward`; only modules stand under `modules` and `layers`");
  return nullptr;
}

DefinitionPtr with_arguments(Context& c, const DefinitionPtr& base, Arguments args, Span span) {
  if (!base) return nullptr;
  if (args.empty()) return base;
  if (base->kind != Definition::Operator && base->kind != Definition::Component) {
    c.fault(args[0].span, diag::TooManyArguments, base->type_name, support::counted(0, "argument"), args.size());
    return nullptr;
  }
  auto copy = std::make_shared<Definition>(*base);
  copy->span = span;
  // Positional ones follow those it has; a name stated again wins.
  for (GivenArgument& arg : args) {
    if (!arg.name.empty()) {
      std::erase_if(copy->arguments, [&](const GivenArgument& old) { return old.name == arg.name; });
    }
    copy->arguments.push_back(std::move(arg));
  }
  std::stable_partition(copy->arguments.begin(), copy->arguments.end(),
                        [](const GivenArgument& a) { return a.name.empty(); });
  return copy;
}

namespace {

/// A call under `modules` whose head is a function of tensors: reported, with the module that says the same.
bool calls_function(Context& c, const ast::ExprPtr& call, const Scope& scope) {
  if (!call || call->kind != ast::ExprKind::Call || call->children[0]->kind != ast::ExprKind::Name) return false;
  const std::string& name = call->children[0]->text;
  const ops::Op* op = ops::Catalogue::get().function(name);
  if (!op || reparametrisation_named(name)) return false;
  const std::string module = ops::module_twin(*op);
  if (module.empty()) return false;
  const Value head = evaluate(c, call->children[0], scope);
  if (head.kind != Value::Function || head.definition) return false;
  c.fault(call->span, diag::NotADefinition, head.describe()).help(fmt::format("the module is `{}`", module));
  return true;
}

}  // namespace

DefinitionPtr define_module(Context& c, const ast::ModuleDef& def, const Scope& outer) {
  const Scope scope = outer.as_static();
  switch (def.kind) {
    case ast::ModuleKind::Deleted:
      return nullptr;
    case ast::ModuleKind::Call: {
      if (calls_function(c, def.call, scope)) return nullptr;
      const Value value = evaluate(c, def.call, scope);
      const DefinitionPtr found = as_definition(c, value, def.call ? def.call->span : def.span);
      if (!found) return nullptr;
      auto copy = std::make_shared<Definition>(*found);
      copy->span = def.call->span;
      if (copy->kind == Definition::Operator) copy->loops = scope.loops;
      return copy;
    }
    case ast::ModuleKind::Inline: {
      auto d = std::make_shared<Definition>();
      d->kind = Definition::Component;
      d->span = def.span;
      d->component = def.component;
      d->closure = scope.level;
      d->loops = scope.loops;
      d->type_name = "inline";
      return d;
    }
    default:
      break;
  }
  auto d = std::make_shared<Definition>();
  d->kind = def.kind == ast::ModuleKind::Sequential ? Definition::Sequential
            : def.kind == ast::ModuleKind::List     ? Definition::List
                                                    : Definition::Dict;
  d->type_name = d->kind == Definition::Sequential ? "Sequential"
                 : d->kind == Definition::List     ? "ModuleList"
                                                   : "ModuleDict";
  d->span = def.span;
  Items items = define_items(c, def.items, scope, true);
  d->items = std::move(items.all);
  d->incomplete = !items.complete;
  return d;
}

Items define_items(Context& c, const ast::Block<ast::ModuleDef>& block, const Scope& scope, bool numbered) {
  Items items;
  std::map<std::string, Span> seen;
  const bool complete =
      unroll(c, block, scope.as_static(),
             [&](const ast::Item<ast::ModuleDef>& item, const std::string& given, const Scope& inner) {
               if (item.value.kind == ast::ModuleKind::Deleted) return;
               std::string name = given;
               if (name.empty()) {
                 if (!item.name.empty() || !numbered) {
                   items.complete = false;  // a faulty pattern, reported
                   return;
                 }
                 name = std::to_string(items.all.size());
               }
               const auto [at, fresh] = seen.emplace(name, item.name.span.valid() ? item.name.span : item.span);
               if (!fresh) {
                 c.fault(item.name.span.valid() ? item.name.span : item.span, diag::DuplicateModule, name)
                     .note(at->second, "it is here the first time");
                 items.complete = false;
                 return;
               }
               const DefinitionPtr made = define_module(c, item.value, inner);
               items.complete &= made && !made->incomplete;
               items.all.push_back({name, made, item.span});
             });
  items.complete &= complete;
  return items;
}

DefinitionPtr part_of(Context& c, const DefinitionPtr& whole, const std::string& name, Span span) {
  std::vector<std::string> known;
  if (whole->kind == Definition::Component) {
    const ast::Component& component = *whole->component;
    auto arguments = arguments_of(c, *whole);
    if (!arguments) return nullptr;
    LevelPtr level = make_level(c, whole->component, file_of(c, component, whole->closure), whole->closure,
                                whole->loops, std::move(*arguments), whole->variant, whole->span);
    const Items items = define_items(c, component.body.layers.given ? component.body.layers.entries : component.modules,
                                     static_scope(level), true);
    for (const Item& item : items.all) {
      known.push_back(item.name);
      if (item.name != name) continue;
      if (!item.definition) return nullptr;
      auto copy = std::make_shared<Definition>(*item.definition);
      copy->span = span;
      for (PartOf p : whole->parts_of) {
        p.path += "." + name;
        copy->parts_of.push_back(std::move(p));
      }
      copy->parts_of.push_back({whole->component, name});
      return copy;
    }
  } else {
    for (const auto& [n, item, place] : whole->items) {
      known.push_back(n);
      if (n != name) continue;
      if (!item) return nullptr;
      auto copy = std::make_shared<Definition>(*item);
      copy->span = span;
      for (PartOf p : whole->parts_of) {
        p.path += "." + name;
        copy->parts_of.push_back(std::move(p));
      }
      return copy;
    }
  }
  auto report = c.fault(span, diag::NoMember, fmt::format("the module `{}`", whole->type_name), name);
  report.did_you_mean(name, known);
  return nullptr;
}

namespace {

/// One of the components or imports of a name: where it is declared, in which turn of the loops around it.
template <class T>
struct Chosen {
  const T* entry = nullptr;
  Span at;
  Loops loops;
  bool faulty = false;  // conditions around entries of this name cannot be decided, which was reported
};

/// The entry that stands under a name once loops and conditions are decided, of several files the outermost's.
template <class T, class Entries, class NameOf, class SpanOf>
Chosen<T> choose(Context& c, const LevelPtr& level, const Entries& entries, const std::string& name,
                 const NameOf& name_of, const SpanOf& span_of) {
  Chosen<T> chosen;
  const Scope scope = static_scope(level, frame_of(c, level));
  for (const T& entry : entries) {
    const bool whole = guarded(c, entry.guards, scope, [&](const Scope& inner) {
      if (name_of(entry, inner) != name) return;
      if (!chosen.entry) {
        chosen = {&entry, span_of(entry), inner.loops, chosen.faulty};
      } else if (chosen.at.file == span_of(entry).file) {
        c.fault(span_of(entry), diag::DuplicateModule, name).note(chosen.at, "it is here the first time");
      }
    });
    chosen.faulty |= !whole;
  }
  return chosen;
}

}  // namespace

std::optional<Value> component_named(Context& c, const LevelPtr& level, const std::string& name, Span span) {
  std::vector<std::reference_wrapper<const ast::LocalComponent>> named;
  for (const ast::LocalComponent& local : level->component->components) {
    if (local.component && (local.name.pattern || local.name.text == name)) named.emplace_back(local);
  }
  if (named.empty()) return std::nullopt;
  const auto chosen = choose<ast::LocalComponent>(
      c, level, named, name,
      [&](const ast::LocalComponent& local, const Scope& inner) { return name_text(c, local.name, inner); },
      [](const ast::LocalComponent& local) { return local.name.span; });
  if (!chosen.entry) return chosen.faulty ? std::optional(Value::poison()) : std::nullopt;
  auto def = std::make_shared<Definition>();
  def->kind = Definition::Component;
  def->span = span;
  def->component = chosen.entry->component;
  def->type_name = name;
  def->closure = level;
  def->loops = chosen.loops;
  return value_of(def);
}

Value function_of(const LevelPtr& level, const std::string& name, Span span) {
  auto definition = std::make_shared<Definition>();
  definition->closure = level;
  definition->type_name = name;
  definition->span = span;
  Value function = Value::function(name);
  function.definition = std::move(definition);
  return function;
}

std::optional<Value> import_named(Context& c, const LevelPtr& level, const std::string& name, Span span) {
  std::vector<std::reference_wrapper<const ast::Import>> named;
  for (const auto& [written, import] : level->component->imports) {
    if (!import.file.empty() && (import.inserted || written == name)) named.emplace_back(import);
  }
  if (named.empty()) return std::nullopt;
  const auto chosen = choose<ast::Import>(
      c, level, named, name,
      [&](const ast::Import& import, const Scope& inner) {
        return import.inserted ? text_of(c, import.inserted, inner).value_or(std::string()) : name;
      },
      [](const ast::Import& import) { return import.name_span.valid() ? import.name_span : import.span; });
  if (!chosen.entry) return chosen.faulty ? std::optional(Value::poison()) : std::nullopt;
  const ast::Import& import = *chosen.entry;
  std::string file = import.file, part;
  if (const auto hash = file.rfind('#'); hash != std::string::npos) {
    part = file.substr(hash + 1);
    file = file.substr(0, hash);
  }
  const auto found = c.document.composition.files.find(compose::resolve_path(level->component->file.folder, file));
  if (found == c.document.composition.files.end() || !found->second)
    return Value::poison();  // reported when it was loaded
  const ast::DescriptionPtr& document = found->second;
  if (!part.empty()) {
    LevelPtr& inner = level->import_levels[found->first];
    if (!inner) inner = make_level(c, document, document.get(), nullptr, nullptr, {}, "", import.span);
    // One that is not there was reported when the file was imported.
    if (auto component = component_named(c, inner, part, span)) return component;
    const auto define = inner->defines.find(part);
    if (define == inner->defines.end()) return Value::poison();
    return define->second.definition->is_function ? function_of(inner, part, span) : define_value(c, inner, part, span);
  }
  auto def = std::make_shared<Definition>();
  def->kind = Definition::Component;
  def->span = span;
  def->component = document;
  def->type_name = name;
  return value_of(def);
}

std::optional<Value> operator_named(const Context& c, const std::string& name, Span span) {
  const ops::Op* op = ops::Catalogue::get().module(name);
  if (!op) return std::nullopt;
  auto def = std::make_shared<Definition>();
  def->span = span;
  def->op = op;
  def->type_name = op->name;
  if (op->becomes.is_written()) {
    def->kind = Definition::Component;
    const auto& library = c.document.composition.library;
    const auto body = library.find(name);
    if (body == library.end()) return std::nullopt;  // no text names it
    def->component = body->second;
  }
  return value_of(def);
}

DefinitionPtr with_variant(Context& c, const DefinitionPtr& base, const ast::Expr& variant, Span span,
                           const Scope& scope) {
  const bool called = variant.kind == ast::ExprKind::Call;
  const ast::Expr& name = called ? *variant.children[0] : variant;
  if (name.kind != ast::ExprKind::Name) {
    c.fault(variant.span, diag::BadVariantName);
    return nullptr;
  }
  auto copy = std::make_shared<Definition>(*base);
  copy->variant = name.text;
  if (!called) return copy;
  auto args = evaluate_arguments(c, variant, scope);
  return args ? with_arguments(c, copy, std::move(*args), span) : nullptr;
}

}  // namespace modelc::instantiate
