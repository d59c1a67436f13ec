#include "trace/names.h"

#include <fmt/format.h>

#include "eval/builtins.h"
#include "instantiate/definitions.h"
#include "instantiate/levels.h"
#include "resolve/qualifier.h"
#include "resolve/scope_order.h"
#include "trace/tensors.h"

namespace modelc::trace {

using eval::is_builtin;

namespace {

using resolve::Place;

/// Why a name is looked for.
enum class Wanted {
  Value,     // what it means; faults are reported
  Callable,  // what of this name can be called
  Words,     // what of this name cannot be called, for a message
};

/// What stands under a name in one place.
struct Standing {
  Value value;
  const Level::Define* function = nullptr;  // of `define`; without a value
  LevelPtr level;
};

resolve::View view_of(const Scope& scope) {
  return {.is_static = scope.is_static, .in_call = scope.frame != nullptr, .in_feed = scope.feed};
}

LevelPtr around(const LevelPtr& level) { return level ? level->parent : nullptr; }

bool can_be_called(const Value& v) {
  return v.kind == Value::Module || v.kind == Value::Def || v.kind == Value::Function || v.is_poison();
}

std::optional<Value> bound(Tracer& t, const std::string& name, Span span, const Scope& scope, Wanted wanted) {
  const auto binding = scope.frame->bindings.find(name);
  if (binding == scope.frame->bindings.end()) return std::nullopt;
  if (wanted == Wanted::Callable && binding->second.is_poison()) return std::nullopt;
  if (wanted != Wanted::Value || scope.frame->ambiguous.count(name) == 0) return binding->second;
  t.fault(span, diag::AmbiguousName, name).help("write `outputs." + name + "` or `targets." + name + "`");
  return Value::poison();
}

std::optional<Value> own_tensor(Tracer& t, const std::string& name, const Scope& scope) {
  if (scope.frame->loss || scope.frame->instance == kNoInstance) return std::nullopt;
  const ir::Module& module = module_of(t.tree, scope.frame->instance);
  for (std::uint32_t i = 0; i < module.tensors.size(); ++i) {
    if (module.tensors[i].name == name) return tensor_reference(t, scope.frame->instance, i);
  }
  return std::nullopt;
}

std::optional<Value> symbol(Tracer& t, const std::string& name, const Scope& scope, Wanted wanted) {
  const auto found = scope.frame->symbols.find(name);
  if (found == scope.frame->symbols.end()) return std::nullopt;
  if (wanted != Wanted::Value) return Value::of(found->second);
  if (scope.is_static && !scope.in_type) scope.level->symbols_read.emplace(name, found->second);
  return Value::of(t.conditions ? t.conditions->simplify(found->second) : found->second);
}

std::optional<Value> loop_value(const Loops& loops, const std::string& name) {
  const LoopScope* loop = find_loop(loops, name);
  return loop ? std::optional(loop->value) : std::nullopt;
}

std::optional<Value> training(Tracer& t, const std::string& name, Span span, const Scope& scope) {
  if (name != ast::kTraining) return std::nullopt;
  if (!scope.is_static) return Value::of(t.training);
  t.fault(span, diag::TrainingUnderModules).help("decide in `forward`, where both modes have their own graph");
  return Value::poison();
}

/// The value in one place; a place that only gives tensors and numbers is not asked for what is called.
std::optional<Value> standing_value(Tracer& t, Place place, const LevelPtr& level, const std::string& name, Span span,
                                    const Scope& scope, Wanted wanted) {
  const bool read = wanted == Wanted::Value;
  switch (place) {
    case Place::Word:
      return read ? training(t, name, span, scope) : std::nullopt;
    case Place::Loop:
      return loop_value(scope.loops, name);
    case Place::OuterLoop:
      return loop_value(level->outer_loops, name);
    case Place::Binding:
      return bound(t, name, span, scope, wanted);
    case Place::Tensor:
      return read ? own_tensor(t, name, scope) : std::nullopt;
    case Place::Module:
      if (const auto id = child(t.tree, scope.frame->instance, name)) return Value::of_module(*id);
      return std::nullopt;
    case Place::Column:
      return read && t.feed ? t.feed->name(t, name, span) : std::nullopt;
    case Place::Static:
      return own_static(t, level, name, span);
    case Place::Symbol:
      return wanted == Wanted::Callable ? std::nullopt : symbol(t, name, scope, wanted);
    case Place::Component:
      return component_named(t, level, name, span);
    case Place::Import:
      return import_named(t, level, name, span);
    case Place::Operator:
      return instantiate::operator_named(name, span);
    case Place::DType:
      if (const auto dtype = types::parse_dtype(name); dtype && read) return Value::of(*dtype);
      return std::nullopt;
    case Place::Constant:
      if (const auto constant = resolve::constant_of(name); constant && read) return Value::of(*constant);
      return std::nullopt;
    case Place::FeedFunction:
      return std::nullopt;  // a feed calls its functions itself
    case Place::Function:
      if (is_builtin(name) || ops::Catalogue::get().function(name)) return Value::function(name);
      return std::nullopt;
  }
  return std::nullopt;
}

/// The first that stands under the name and is wanted, by the order of scopes.
std::optional<Standing> find(Tracer& t, const std::string& name, Span span, const Scope& scope, Wanted wanted) {
  std::optional<Standing> found;
  resolve::walk_scopes(view_of(scope), scope.level, around, [&](Place place, const LevelPtr& level) {
    if (place == Place::Static && wanted == Wanted::Callable) {
      const auto define = level->defines.find(name);
      if (define != level->defines.end() && define->second.definition->is_function) {
        found = Standing{{}, &define->second, level};
        return true;
      }
    }
    const auto value = standing_value(t, place, level, name, span, scope, wanted);
    // A size named like a function does not hide it: `max: 5` and `max(a, b)`.
    if (!value || (wanted == Wanted::Callable && !can_be_called(*value)) ||
        (wanted == Wanted::Words && can_be_called(*value) && !value->is_poison())) {
      return false;
    }
    found = Standing{*value, nullptr, level};
    return true;
  });
  return found;
}

/// Names of one place, for "did you mean".
void list(Tracer& t, Place place, const LevelPtr& level, const Scope& scope, std::vector<std::string>& names) {
  const auto add = [&](const auto& named) {
    for (const auto& entry : named) names.push_back(entry.first);
  };
  const auto add_loops = [&](const Loops& loops) {
    for (const LoopScope* l = loops.get(); l; l = l->outer.get()) names.push_back(l->name);
  };
  switch (place) {
    case Place::Loop:
      add_loops(scope.loops);
      break;
    case Place::OuterLoop:
      add_loops(level->outer_loops);
      break;
    case Place::Binding:
      add(scope.frame->bindings);
      break;
    case Place::Module:
      if (scope.frame->instance != kNoInstance) add(t.tree.instances[scope.frame->instance].children);
      break;
    case Place::Tensor:
      if (scope.frame->instance == kNoInstance) break;
      for (const auto& tensor : module_of(t.tree, scope.frame->instance).tensors) names.push_back(tensor.name);
      break;
    case Place::Column:
      if (!t.feed) break;
      for (std::string& column : t.feed->known()) names.push_back(std::move(column));
      break;
    case Place::Static:
      add(level->params);
      add(level->defines);
      break;
    case Place::Symbol:
      add(scope.frame->symbols);
      break;
    case Place::Component:
      for (const ast::LocalComponent& local : level->component->components) names.push_back(local.name.text);
      break;
    case Place::Import:
      add(level->component->imports);
      break;
    default:
      break;
  }
}

std::vector<std::string> known_names(Tracer& t, const Scope& scope) {
  std::vector<std::string> names;
  resolve::walk_scopes(view_of(scope), scope.level, around, [&](Place place, const LevelPtr& level) {
    list(t, place, level, scope, names);
    return false;
  });
  return names;
}

}  // namespace

Value lookup(Tracer& t, const std::string& name, Span span, const Scope& scope) {
  if (auto found = find(t, name, span, scope, Wanted::Value)) return std::move(found->value);
  report_unknown(t, name, span, scope, false);
  return Value::poison();
}

Callable lookup_callable(Tracer& t, const std::string& name, Span span, const Scope& scope) {
  Callable result;
  const auto found = find(t, name, span, scope, Wanted::Callable);
  if (!found) return result;
  result.value = found->value;
  result.level = found->level;
  result.define = found->function;
  if (found->function) {
    result.kind = Callable::DefineFunction;
  } else if (found->value.is_poison()) {
    result.kind = Callable::Poisoned;
  } else if (found->value.kind == Value::Function) {
    result.kind = Callable::Function;
    result.op = ops::Catalogue::get().function(found->value.text);
  } else {
    result.kind = Callable::Module;
  }
  return result;
}

namespace {

/// What the language writes for a word that YAML 1.1 has for a truth value; empty for any other name.
std::string_view word_of_yaml(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"yes", "true"}, {"no", "false"}, {"on", "true"}, {"off", "false"}};
  for (const auto& [theirs, ours] : kWords)
    if (name == theirs) return ours;
  return {};
}

}  // namespace

void report_unknown(Tracer& t, const std::string& name, Span span, const Scope& scope, bool called) {
  if (scope.frame) {
    const auto untaken = scope.frame->untaken.find(name);
    if (untaken != scope.frame->untaken.end()) {
      t.fault(span, diag::OnlyInUntakenBranch, name)
          .note(untaken->second, "this branch binds it, and its condition is false here");
      return;
    }
  }
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (level->symbols_missing && !name.empty() && name[0] >= 'A' && name[0] <= 'Z') return;
    if (level->incomplete || t.document.names_missing) return;  // what would bind it is faulty, and was reported
  }
  if (called && (name == "weight_norm" || name == "spectral_norm")) {
    t.fault(span, diag::NotSupportedYet, fmt::format("`{}`", name));
    return;
  }
  std::vector<std::string> known = known_names(t, scope);
  const auto& catalogue = ops::Catalogue::get();
  if (called) {
    for (auto& n : catalogue.function_names()) {
      if (!n.starts_with("_") && !scope.is_static) known.push_back(std::move(n));
    }
    for (auto& n : catalogue.module_names()) known.push_back(std::move(n));
  }
  auto report = called ? t.fault(span, diag::UnknownFunction, name) : t.fault(span, diag::UnknownName, name);
  if (scope.is_static && scope.frame && !called) {
    const auto hidden = scope.frame->bindings.find(name);
    if (hidden != scope.frame->bindings.end()) {
      report.help("it is known only at run time; here only params, `define`s, symbols and loop variables are seen");
      return;
    }
  }
  if (!report.did_you_mean(name, known, span) && !called) {
    if (const ops::Op* op = catalogue.module(name); op)
      report.help("`" + name + "` is an operator; call it under `modules`");
    else if (const std::string_view word = word_of_yaml(name); !word.empty())
      report.help(fmt::format("the word is `{}`", word)).fix(span, std::string(word));
    else if (scope.in_type) report.help("a symbol begins with a capital letter, a parameter stands under `params`");
    else report.help("a string needs quotes of its own: `\"" + name + "\"`");
  }
}

std::optional<Value> plain_value(Tracer& t, const std::string& name, const Scope& scope) {
  const auto found = find(t, name, {}, scope, Wanted::Words);
  return found ? std::optional(found->value) : std::nullopt;
}

}  // namespace modelc::trace
