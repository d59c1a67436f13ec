#include "trace/names.h"

#include <fmt/format.h>

#include "eval/builtins.h"
#include "instantiate/definitions.h"
#include "instantiate/levels.h"
#include "support/spelling.h"
#include "trace/tensors.h"

namespace modelc::trace {

using eval::is_builtin;

namespace {

bool can_be_called(const Value& v) {
  return v.kind == Value::Module || v.kind == Value::Def || v.kind == Value::Function || v.is_poison();
}

}  // namespace

Value lookup(Tracer& t, const std::string& name, Span span, const Scope& scope) {
  if (name == "training") {
    if (scope.is_static) {
      t.sink.report(span, diag::TrainingUnderModules)
          .help("decide in `forward`, where both modes have their own graph");
      return Value::poison();
    }
    return Value::of(t.training);
  }
  if (const LoopScope* loop = find_loop(scope.loops, name)) return loop->value;
  if (!scope.is_static && scope.frame) {
    const auto binding = scope.frame->bindings.find(name);
    if (binding != scope.frame->bindings.end()) {
      if (scope.frame->ambiguous.count(name)) {
        t.sink.report(span, diag::AmbiguousName, name).help("write `outputs." + name + "` or `targets." + name + "`");
        return Value::poison();
      }
      return binding->second;
    }
    if (!scope.frame->loss && !scope.feed && scope.frame->instance != kNoInstance) {
      const ir::Module& module = module_of(t.tree, scope.frame->instance);
      for (std::uint32_t i = 0; i < module.tensors.size(); ++i) {
        if (module.tensors[i].name == name) return tensor_reference(t, scope.frame->instance, i);
      }
    }
    if (!scope.feed) {
      if (const auto id = child(t.tree, scope.frame->instance, name)) return Value::of_module(*id);
    }
  }
  if (scope.feed && t.feed) {
    if (const auto column = t.feed->name(t, name, span)) return *column;
  }
  if (const auto value = own_static(t, scope.level, name, span)) return *value;
  if (scope.frame) {
    const auto symbol = scope.frame->symbols.find(name);
    if (symbol != scope.frame->symbols.end()) {
      if (scope.is_static && !scope.in_type) scope.level->symbols_read.emplace(name, symbol->second);
      return Value::of(t.conditions ? t.conditions->simplify(symbol->second) : symbol->second);
    }
  }
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (const LoopScope* loop = find_loop(level->outer_loops, name)) return loop->value;
    if (level->parent) {
      if (const auto value = own_static(t, level->parent, name, span)) return *value;
    }
  }
  if (const auto definition = lookup_definition(t, name, span, scope.level)) return *definition;
  if (const auto dtype = types::parse_dtype(name)) return Value::of(*dtype);
  if (name == "pi") return Value::of(3.141592653589793);
  if (is_builtin(name) || ops::Catalogue::get().function(name)) return Value::function(name);
  report_unknown(t, name, span, scope, false);
  return Value::poison();
}

Callable lookup_callable(Tracer& t, const std::string& name, Span span, const Scope& scope) {
  Callable result;
  const auto take = [&](const Value& v) {
    result.kind = v.is_poison() ? Callable::Poisoned : Callable::Module;
    result.value = v;
    if (v.kind == Value::Function) {
      result.kind = Callable::Function;
      result.op = ops::Catalogue::get().function(v.text);
    }
  };
  const auto take_static = [&](const LevelPtr& level) {
    const auto define = level->defines.find(name);
    if (define != level->defines.end()) {
      if (define->second.definition->is_function) {
        result.kind = Callable::DefineFunction;
        result.define = &define->second;
        result.level = level;
        return true;
      }
    }
    if (level->params.count(name) || define != level->defines.end()) {
      // A size named like a function does not hide it: `max: 5` and `max(a, b)`.
      if (const auto value = own_static(t, level, name, span)) {
        if (can_be_called(*value)) {
          take(*value);
          return true;
        }
      }
    }
    return false;
  };
  if (const LoopScope* loop = find_loop(scope.loops, name); loop && can_be_called(loop->value)) {
    take(loop->value);
    return result;
  }
  if (!scope.is_static && scope.frame) {
    const auto binding = scope.frame->bindings.find(name);
    if (binding != scope.frame->bindings.end() && can_be_called(binding->second) && !binding->second.is_poison()) {
      take(binding->second);
      return result;
    }
    if (const auto id = child(t.tree, scope.frame->instance, name); id && !scope.feed) {
      take(Value::of_module(*id));
      return result;
    }
  }
  if (take_static(scope.level)) return result;
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (const LoopScope* loop = find_loop(level->outer_loops, name); loop && can_be_called(loop->value)) {
      take(loop->value);
      return result;
    }
    if (level->parent && take_static(level->parent)) return result;
  }
  if (const auto definition = lookup_definition(t, name, span, scope.level)) {
    take(*definition);
    return result;
  }
  if (is_builtin(name) || ops::Catalogue::get().function(name)) {
    result.kind = Callable::Function;
    result.op = ops::Catalogue::get().function(name);
  }
  return result;
}

std::vector<std::string> known_names(Tracer& t, const Scope& scope) {
  std::vector<std::string> names;
  for (const LoopScope* l = scope.loops.get(); l; l = l->outer.get()) names.push_back(l->name);
  if (scope.frame && !scope.is_static) {
    for (const auto& [n, v] : scope.frame->bindings) names.push_back(n);
    if (!scope.feed && scope.frame->instance != kNoInstance) {
      for (const auto& [n, id] : t.tree.instances[scope.frame->instance].children) names.push_back(n);
      for (const auto& tensor : module_of(t.tree, scope.frame->instance).tensors) names.push_back(tensor.name);
    }
  }
  if (scope.frame) {
    for (const auto& [n, d] : scope.frame->symbols) names.push_back(n);
  }
  for (LevelPtr level = scope.level; level; level = level->parent) {
    for (const auto& [n, p] : level->params) names.push_back(n);
    for (const auto& [n, d] : level->defines) names.push_back(n);
    for (const auto& [n, c] : level->component->components) names.push_back(n.text);
    for (const auto& [n, i] : level->component->imports) names.push_back(n);
  }
  return names;
}

void report_unknown(Tracer& t, const std::string& name, Span span, const Scope& scope, bool called) {
  if (scope.frame) {
    const auto untaken = scope.frame->untaken.find(name);
    if (untaken != scope.frame->untaken.end()) {
      t.sink.report(span, diag::OnlyInUntakenBranch, name)
          .note(untaken->second, "this branch binds it, and its condition is false here");
      return;
    }
  }
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (level->symbols_missing && !name.empty() && name[0] >= 'A' && name[0] <= 'Z') return;
    if (level->incomplete || t.document.names_missing) return;  // what would bind it is faulty, and was reported
  }
  if (called && (name == "weight_norm" || name == "spectral_norm")) {
    t.sink.report(span, diag::NotSupportedYet, fmt::format("`{}`", name));
    return;
  }
  std::vector<std::string> known = known_names(t, scope);
  if (scope.feed && t.feed) {
    for (std::string& column : t.feed->known()) known.push_back(std::move(column));
  }
  const auto& catalogue = ops::Catalogue::get();
  if (called) {
    for (auto& n : catalogue.function_names()) {
      if (!n.starts_with("_") && !scope.is_static) known.push_back(std::move(n));
    }
    for (auto& n : catalogue.module_names()) known.push_back(std::move(n));
  }
  auto report =
      called ? t.sink.report(span, diag::UnknownFunction, name) : t.sink.report(span, diag::UnknownName, name);
  if (scope.is_static && scope.frame && !called) {
    const auto hidden = scope.frame->bindings.find(name);
    if (hidden != scope.frame->bindings.end()) {
      report.help("it is known only at run time; here only params, `define`s, symbols and loop variables are seen");
      return;
    }
  }
  if (const auto near = support::nearest(name, known)) {
    report.help("did you mean `" + *near + "`?").fix(span, *near);
  } else if (!called) {
    if (const ops::Op* op = catalogue.module(name); op)
      report.help("`" + name + "` is an operator; call it under `modules`");
    else report.help("a string needs quotes of its own: `\"" + name + "\"`");
  }
}

std::optional<Value> plain_value(Tracer& t, const std::string& name, const Scope& scope) {
  if (scope.frame && !scope.is_static) {
    const auto binding = scope.frame->bindings.find(name);
    if (binding != scope.frame->bindings.end()) return binding->second;
  }
  if (scope.frame && scope.frame->symbols.count(name)) return Value::of(scope.frame->symbols.at(name));
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (level->params.count(name) || level->defines.count(name)) return own_static(t, level, name, {});
  }
  return std::nullopt;
}

}  // namespace modelc::trace
