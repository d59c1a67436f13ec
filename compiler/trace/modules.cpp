#include "trace/modules.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/evaluate.h"
#include "instantiate/levels.h"
#include "ops/twins.h"
#include "trace/build.h"
#include "trace/forward.h"
#include "trace/inputs.h"
#include "trace/lists.h"
#include "trace/op_call.h"
#include "trace/stated.h"
#include "trace/types.h"

namespace modelc::trace {

using ops::Op;

namespace {

bool overflows(const Type& type) {
  for (const Dim& d : type.tensor.shape)
    if (d.is_poison()) return true;
  return std::any_of(type.parts().begin(), type.parts().end(), overflows);
}

/// The module in whose body a function is called now.
ir::Module& calling_module(Tracer& t) {
  const Call* call = t.calls;
  while (call && (call->instance == kNoInstance || call->tree != &t.tree)) call = call->outer;
  return module_of(t.tree, call ? call->instance : 0);
}

void count_flops(Tracer& t, const Op& op, OpCall& rule, const Type& result, ir::Module& module) {
  if (!t.counts_flops || !op.flops) return;
  const Dim once = op.flops(rule, result);
  module.flops = module.flops + (t.scanning ? once * t.scanning->turns : once);
}

}  // namespace

Value component_as_function(Tracer& t, const DefinitionPtr& definition, Arguments& args, Span span) {
  for (const GivenArgument& a : args) {
    if (a.value.is_poison()) return Value::poison();
  }
  if (definition->kind == Definition::Operator) {
    // `ReLU` has no parameters, but PyTorch's way to write it in `forward` is the function.
    auto report = t.fault(span, diag::OperatorInForward, definition->type_name);
    const std::string function = ops::function_twin(*definition->op);
    if (!function.empty())
      report.help(
          fmt::format("the function is `{}`; or declare the module under `modules` and call it by its name", function));
    else
      report.help(
          fmt::format("declare it under `modules` (`name: {}(…)`) and call it by its name", definition->type_name));
    return Value::poison();
  }
  if (definition->kind != Definition::Component || !definition->component->tensors.parameters.empty() ||
      !definition->component->tensors.buffers.empty() || !definition->component->modules.empty() ||
      definition->component->body.layers.given) {
    t.fault(span, diag::OperatorInForward, definition->type_name)
        .help("declare it under `modules` and call it by its name");
    return Value::poison();
  }
  // Params by name, everything else is an input: no place in the tree is needed.
  const ast::Component& component = *definition->component;
  Arguments params = definition->arguments, inputs;
  std::set<std::string> param_names;
  for (const auto& item : component.params) param_names.insert(item.name.text);
  for (GivenArgument& a : args) {
    (!a.name.empty() && param_names.count(a.name) ? params : inputs).push_back(std::move(a));
  }
  if (inputs.empty() && component.inputs.given && params.size() > definition->arguments.size()) {
    // With its params alone it is the function that `map` is handed: `map(Permute(dims=[1, 0]), xs)`.
    auto copy = std::make_shared<Definition>(*definition);
    copy->arguments = std::move(params);
    return value_of(copy);
  }
  const eval::Deeper deeper(t.budget.depth);
  if (t.budget.depth > eval::kDepthLimit) {
    report_runaway(t, span, eval::kDepthLimit, "components called as functions");
    return Value::poison();
  }
  const LevelPtr level = make_level(t, definition->component, file_of(t, component, definition->closure),
                                    definition->closure, definition->loops, params, definition->variant, span);
  Frame frame;
  frame.instance = kNoInstance;  // the caller's modules are not seen from inside
  Call call = t.calls ? *t.calls : Call{};
  call.outer = t.calls;
  call.instance = kNoInstance;
  call.level = level.get();
  call.frame = &frame;
  Tracer inside = t;
  inside.calls = &call;
  if (!bind_inputs(inside, component, level, inputs, frame, span, definition->type_name)) return Value::poison();
  const diagnostics::Step step(t.sink, span, [&] { return fmt::format("`{}` is called here", definition->type_name); });
  evaluate_statics(inside, level);
  Scope scope;
  scope.level = level;
  scope.frame = &frame;
  return run_body(inside, component, scope, kNoInstance).value;
}

void mark_called(Tracer& t, InstanceId id) {
  // Below a faulty value nothing is sized; that is no fault of the modules that wait for it.
  module_of(t.tree, id).called = true;
  t.tree.instances[id].broken_input = true;
  for (const auto& [name, child_id] : t.tree.instances[id].children) mark_called(t, child_id);
}

namespace {

Value call_operator(Tracer& t, InstanceId id, Arguments& args, Span span) {
  if (!t.tree.instances[id].arguments_ok) return Value::poison();
  const Op& op = *t.tree.instances[id].definition->op;
  lists_as_tensors(t, op, args);
  Bound bound = instantiate::bind_parameters(t.sink, op, op.inputs, args, span, false);
  if (!bound.ok || bound.poisoned) {
    mark_called(t, id);
    return Value::poison();
  }
  OpCall rule(t, op, bound, span, id);
  const Type result = op.infer(rule);
  if (result.is_poison() || rule.failed()) {
    t.tree.instances[id].broken_input = true;
    return Value::poison();
  }
  if (overflows(result)) {
    t.fault(span, diag::OperatorRule, fmt::format("a size of `{}` does not fit 64 bits", module_of(t.tree, id).path))
        .constraint(ops::common::kOverflow.id);
    t.tree.instances[id].broken_input = true;
    return Value::poison();
  }
  if (!settle_tensors(t, id)) return Value::poison();
  count_flops(t, op, rule, result, module_of(t.tree, id));
  return add_module_call(t, id, bound, result, span);
}

/// The result of a component, and what its body binds, for `tap`.
struct Called {
  Value value;
  std::map<std::string, Value> bindings;
};

/// A path that runs away is cut.
std::string called_as(const std::string& path) {
  constexpr std::size_t kShown = 60;
  if (path.empty()) return "called here";
  return fmt::format("called here as `{}{}`", path.substr(0, kShown), path.size() > kShown ? "…" : "");
}

Called call_component(Tracer& t, InstanceId id, Arguments& args, Span span) {
  const DefinitionPtr definition = t.tree.instances[id].definition;
  const LevelPtr level = t.tree.instances[id].level;
  const ast::Component& component = *definition->component;
  const std::string path = module_of(t.tree, id).path;
  const int depth = t.calls ? t.calls->depth : 0;
  if (depth > eval::kDepthLimit || (t.calls && t.calls->is_active(t.tree, id))) {
    report_runaway(t, span, eval::kDepthLimit, "components that call each other", depth > 0 ? t.calls->at : Span{},
                   depth > 0 ? called_as(t.calls->path) : std::string());
    return {};
  }
  Frame frame;
  frame.instance = id;
  frame.began = t.trace->taps.size();
  const Call call{t.calls, &t.tree, id, level.get(), &frame, path, span, depth + 1};
  Tracer inside = t;
  inside.calls = &call;
  if (!bind_inputs(inside, component, level, args, frame, span, path.empty() ? module_of(t.tree, id).type : path)) {
    mark_called(t, id);
    return {};
  }
  const diagnostics::Step step(t.sink, span, [&] { return called_as(path); });
  Value result = Value::poison();
  bool ok = true;
  if (!t.tree.instances[id].built) {
    build_component(inside, id, frame);
  } else {
    for (const auto& [name, meant] : level->symbols_read) {
      const auto now = frame.symbols.find(name);
      if (now == frame.symbols.end() || now->second == meant) continue;
      if (t.conditions->require(now->second, types::Relation::Equal, meant, {span, path}).ok()) continue;
      t.fault(span, diag::SecondCallDiffers, path, name, now->second.str(), meant.str())
          .note(t.tree.instances[id].first_call, fmt::format("the first call fixed `{} = {}`", name, meant.str()));
      ok = false;
    }
  }
  if (!t.tree.instances[id].first_call.valid()) t.tree.instances[id].first_call = span;
  if (ok) {
    Scope scope;
    scope.level = level;
    scope.frame = &frame;
    result = run_body(inside, component, scope, id).value;
  }
  if (result.is_poison()) mark_called(t, id);
  return {result, std::move(frame.bindings)};
}

}  // namespace

Value call_function(Tracer& t, const Op& op, Arguments& args, Span span) {
  if (!t.graph) {
    auto report = t.fault(span, diag::TensorWhereStatic, op.name);
    if (const std::string module = ops::module_twin(op); !module.empty())
      report.help(fmt::format("the module is `{}`", module));
    return Value::poison();
  }
  lists_as_tensors(t, op, args);
  Bound bound = instantiate::bind_parameters(t.sink, op, op.inputs, args, span, false);
  if (!bound.ok || bound.poisoned) return Value::poison();
  OpCall rule(t, op, bound, span, kNoInstance);
  const Type result = op.infer(rule);
  if (result.is_poison() || rule.failed()) return Value::poison();
  if (overflows(result)) {
    t.fault(span, diag::OperatorRule, fmt::format("a size of `{}` does not fit 64 bits", op.name))
        .constraint(ops::common::kOverflow.id);
    return Value::poison();
  }
  count_flops(t, op, rule, result, calling_module(t));
  return add_function_call(t, op, bound, result, span);
}

Value call_instance(Tracer& t, InstanceId id, Arguments args, Span span, const Scope& scope) {
  if (scope.is_static) {
    t.fault(span, diag::NotCallable, module_of(t.tree, id).path, "a module; modules are called in `forward`");
    return Value::poison();
  }
  for (const GivenArgument& a : args) {
    if (a.value.is_poison()) {
      t.tree.ir.modules[t.tree.instances[id].module].called = true;
      mark_called(t, id);
      return Value::poison();
    }
  }
  if (t.tree.instances[id].broken) return Value::poison();
  const DefinitionPtr definition = t.tree.instances[id].definition;
  const auto turn_words = [&] { return eval::turn_words(definition->loops, nullptr); };
  std::optional<diagnostics::Step<decltype(turn_words)>> turn;
  if (definition->loops) turn.emplace(t.sink, definition->span, turn_words);
  module_of(t.tree, id).called = true;
  if (definition->signature && scope.frame) {
    const ast::TypeExpr& signature = *definition->signature;
    for (std::size_t i = 0; i < signature.parts.size() && i < args.size(); ++i) {
      if (!match_type(t, *signature.parts[i], args[i].value, scope, scope.frame->symbols, args[i].span,
                      fmt::format("`{}`", module_of(t.tree, id).path), signature.parts[i]->span)) {
        return Value::poison();
      }
    }
  }
  Value result = Value::poison();
  Tap tap;
  switch (definition->kind) {
    case Definition::Operator:
      result = call_operator(t, id, args, span);
      break;
    case Definition::Component: {
      Called called = call_component(t, id, args, span);
      result = std::move(called.value);
      if (!called.bindings.empty())
        tap.bindings = std::make_shared<const std::map<std::string, Value>>(std::move(called.bindings));
      break;
    }
    case Definition::Sequential: {
      if (args.size() != 1 && !t.tree.instances[id].children.empty()) {
        t.fault(span, diag::WrongArgumentCount, module_of(t.tree, id).path, "one input", args.size());
        return Value::poison();
      }
      if (args.empty()) return Value::poison();
      result = args[0].value;
      for (const auto& [name, child_id] : t.tree.instances[id].children) {
        Arguments one;
        one.push_back({"", std::move(result), args[0].span, {}});
        result =
            call_instance(t, child_id, std::move(one),
                          module_of(t.tree, child_id).span.valid() ? module_of(t.tree, child_id).span : span, scope);
        if (result.is_poison()) {
          mark_called(t, id);
          break;
        }
      }
      break;
    }
    default:
      t.fault(span, diag::ContainerNotCallable, module_of(t.tree, id).path, definition->type_name)
          .help("index it (`x[0](h)`), or write `for m in modules_list:` in `forward`");
      return Value::poison();
  }
  if (!t.tree.instances[id].first_call.valid()) t.tree.instances[id].first_call = span;
  if (result.is_poison()) return result;
  ir::Module& module = module_of(t.tree, id);
  if (module.output.is_poison()) module.output = type_of(t, result);
  tap.value = result;
  tap.in_scan = t.scanning != nullptr;
  t.trace->tap(id, std::move(tap));
  if (definition->signature && definition->signature->result && scope.frame) {
    if (!match_type(t, *definition->signature->result, result, scope, scope.frame->symbols, span,
                    fmt::format("the result of `{}`", module.path), definition->signature->result->span)) {
      return Value::poison();
    }
  }
  return result;
}

}  // namespace modelc::trace
