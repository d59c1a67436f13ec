#include "trace/names.h"

#include <fmt/format.h>

#include "eval/builtins.h"
#include "instantiate/definitions.h"
#include "instantiate/levels.h"
#include "instantiate/reparametrisation.h"
#include "resolve/qualifier.h"
#include "trace/tensors.h"
#include "trace/unknown.h"

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
      return instantiate::operator_named(t, name, span);
    case Place::DType:
      if (const auto dtype = types::parse_dtype(name); dtype && read) return Value::of(*dtype);
      return std::nullopt;
    case Place::Constant:
      if (const auto constant = resolve::constant_of(name); constant && read) return Value::of(*constant);
      return std::nullopt;
    case Place::FeedFunction:
      return std::nullopt;  // a feed calls its functions itself
    case Place::Function:
      if (is_builtin(name) || ops::Catalogue::get().function(name) || instantiate::reparametrisation_named(name))
        return Value::function(name);
      return std::nullopt;
  }
  return std::nullopt;
}

/// The first that stands under the name and is wanted, by the order of scopes.
std::optional<Standing> find(Tracer& t, const std::string& name, Span span, const Scope& scope, Wanted wanted) {
  std::optional<Standing> found;
  resolve::walk_scopes(view_of(scope), scope.level, around, [&](Place place, const LevelPtr& level) {
    if (place == Place::Static && wanted != Wanted::Words) {
      const auto define = level->defines.find(name);
      if (define != level->defines.end() && define->second.definition->is_function) {
        found = Standing{instantiate::function_of(level, name, span), &define->second, level};
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

}  // namespace

resolve::View view_of(const Scope& scope) {
  return {.is_static = scope.is_static, .in_call = scope.frame != nullptr, .in_feed = scope.feed};
}

LevelPtr around(const LevelPtr& level) { return level ? level->parent : nullptr; }

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
  } else if (found->value.kind == Value::Function && !found->value.definition) {
    result.kind = Callable::Function;
    result.op = ops::Catalogue::get().function(found->value.text);
  } else {
    result.kind = Callable::Module;
  }
  return result;
}

std::optional<Value> plain_value(Tracer& t, const std::string& name, const Scope& scope) {
  const auto found = find(t, name, {}, scope, Wanted::Words);
  return found ? std::optional(found->value) : std::nullopt;
}

bool is_known(Tracer& t, const std::string& name, const Scope& scope) {
  return find(t, name, {}, scope, Wanted::Words) || find(t, name, {}, scope, Wanted::Callable);
}

}  // namespace modelc::trace
