#include <fmt/format.h>

#include <algorithm>

#include "elaborate/elaborator.h"
#include "elaborate/op_call.h"
#include "support/spelling.h"

namespace modelc::elaborate {

using ops::Op;
using ops::Param;

namespace {

bool overflows(const Type& type) {
  for (const Dim& d : type.tensor.shape)
    if (d.is_poison()) return true;
  return std::any_of(type.parts.begin(), type.parts.end(), overflows);
}

}  // namespace

ir::Operand Elaborator::operand(const Value& value) {
  if (value.kind == Value::Tensor) return ir::Operand::of(value.tensor);
  if (value.kind == Value::List) {
    if (const auto constant = to_constant(value)) return ir::Operand::of(*constant);
    std::vector<ir::Operand> list;
    for (const Value& item : value.list->items) list.push_back(operand(item));
    return ir::Operand::of(std::move(list));
  }
  return ir::Operand::of(to_constant(value).value_or(types::Constant()));
}

Value Elaborator::add_node(const Op& op, ir::ModuleId module, const Bound& bound, const Type& result, Span span) {
  ir::Node node;
  node.op = op.name;
  node.module = module;
  node.span = span;
  node.training = training_ && op.has(ops::Trait::FollowsMode);
  if (module != ir::kNone) node.path = program_.tree.modules[module].path;
  else if (!call_chain_.empty()) node.path = call_chain_.back().first;
  for (const Value& v : bound.values) node.operands.push_back(operand(v));
  const auto index = static_cast<std::uint32_t>(graph_->nodes.size());
  // A tuple is several results; nested ones are flattened in order and put together again as a value.
  std::function<Value(const Type&)> place = [&](const Type& type) -> Value {
    if (type.is_tensor()) {
      ir::ValueInfo info;
      info.kind = ir::ValueKind::Result;
      info.type = type;
      info.source = index;
      info.index = static_cast<std::uint32_t>(node.results.size());
      info.span = span;
      const auto id = static_cast<ir::ValueId>(graph_->values.size());
      graph_->values.push_back(std::move(info));
      node.results.push_back(id);
      Value v = Value::of_tensor(id);
      v.span = span;
      return v;
    }
    if (type.kind == types::TypeKind::None) return Value::null();
    std::vector<Value> items;
    for (const Type& part : type.parts) items.push_back(place(part));
    return Value::of_list(std::move(items), type.kind == types::TypeKind::Tuple, type.names);
  };
  Value value = place(result);
  graph_->nodes.push_back(std::move(node));
  return value;
}

Value Elaborator::call_value(const Value& callee, std::vector<GivenArgument> args, Span span, const Scope& scope) {
  switch (callee.kind) {
    case Value::Poison:
      return callee;
    case Value::Module:
      return call_instance(callee.instance, std::move(args), span, scope);
    case Value::Def: {
      if (scope.is_static) {
        const DefinitionPtr def = with_arguments(callee.definition, std::move(args), span);
        return def ? Value::of(def) : Value::poison();
      }
      return component_as_function(callee.definition, args, span, scope);
    }
    case Value::Function: {
      if (auto v = builtin(callee.text, args, span, scope)) return *v;
      if (const Op* op = ops::Catalogue::get().function(callee.text)) return call_function(*op, args, span, scope);
      [[fallthrough]];
    }
    default:
      sink_.report(span, diag::NotCallable, std::string("this"), callee.describe());
      return Value::poison();
  }
}

Value Elaborator::component_as_function(const DefinitionPtr& definition, std::vector<GivenArgument>& args, Span span,
                                        const Scope&) {
  for (const GivenArgument& a : args) {
    if (a.value.is_poison()) return Value::poison();
  }
  if (definition->kind == Definition::Operator) {
    // `ReLU` has no parameters, but PyTorch's way to write it in `forward` is the function.
    sink_.report(span, diag::OperatorInForward, definition->type_name)
        .help(fmt::format("declare it under `modules` (`name: {}(…)`) and call it by its name", definition->type_name));
    return Value::poison();
  }
  if (definition->kind != Definition::Component || !definition->component->parameters.empty() ||
      !definition->component->buffers.empty() || !definition->component->modules.empty() ||
      definition->component->layers_given) {
    sink_.report(span, diag::OperatorInForward, definition->type_name)
        .help("declare it under `modules` and call it by its name");
    return Value::poison();
  }
  // Params by name, everything else is an input: no place in the tree is needed.
  const ast::Component& component = *definition->component;
  std::vector<GivenArgument> params = definition->arguments, inputs;
  std::set<std::string> param_names;
  for (const auto& item : component.params) param_names.insert(item.name.text);
  for (GivenArgument& a : args) {
    (!a.name.empty() && param_names.count(a.name) ? params : inputs).push_back(std::move(a));
  }
  if (inputs.empty() && component.inputs_given && params.size() > definition->arguments.size()) {
    // With its params alone it is the function that `map` is handed: `map(Permute(dims=[1, 0]), xs)`.
    auto copy = std::make_shared<Definition>(*definition);
    copy->arguments = std::move(params);
    return Value::of(DefinitionPtr(copy));
  }
  if (++depth_ > kDepthLimit) {
    --depth_;
    report_runaway(span, kDepthLimit, "components called as functions");
    return Value::poison();
  }
  LevelPtr level = make_level(definition->component, file_of(component, definition->closure), definition->closure,
                              definition->loops, params, definition->variant, span);
  Frame frame;
  frame.instance = kNoInstance;  // the caller's modules are not seen from inside
  level->active = &frame;
  Value result = Value::poison();
  if (bind_inputs(component, level, inputs, frame, span, definition->type_name)) {
    evaluate_statics(level);
    Scope inner{level, &frame, nullptr};
    result = run_body(component, inner, kNoInstance);
  }
  --depth_;
  return result;
}

Value Elaborator::call_instance(InstanceId id, std::vector<GivenArgument> args, Span span, const Scope& scope) {
  if (scope.is_static) {
    sink_.report(span, diag::NotCallable, module_of(id).path, "a module; modules are called in `forward`");
    return Value::poison();
  }
  for (const GivenArgument& a : args) {
    if (a.value.is_poison()) {
      program_.tree.modules[instances_[id].module].called = true;
      mark_called(id);
      return Value::poison();
    }
  }
  if (instances_[id].broken) return Value::poison();
  const DefinitionPtr definition = instances_[id].definition;
  module_of(id).called = true;
  if (definition->signature && scope.frame) {
    const ast::TypeExpr& signature = *definition->signature;
    for (std::size_t i = 0; i < signature.parts.size() && i < args.size(); ++i) {
      if (!match_type(*signature.parts[i], args[i].value, scope, scope.frame->symbols, args[i].span,
                      fmt::format("`{}`", module_of(id).path), signature.parts[i]->span)) {
        return Value::poison();
      }
    }
  }
  Value result = Value::poison();
  switch (definition->kind) {
    case Definition::Operator:
      result = call_operator(id, args, span, scope);
      break;
    case Definition::Component:
      result = call_component(id, args, span, scope);
      break;
    case Definition::Sequential: {
      if (args.size() != 1 && !instances_[id].children.empty()) {
        sink_.report(span, diag::WrongArgumentCount, module_of(id).path, "one input", args.size());
        return Value::poison();
      }
      if (args.empty()) return Value::poison();
      result = args[0].value;
      const auto children = instances_[id].children;
      for (const auto& [name, child_id] : children) {
        std::vector<GivenArgument> one{{"", result, args[0].span, {}}};
        result = call_instance(child_id, std::move(one),
                               module_of(child_id).span.valid() ? module_of(child_id).span : span, scope);
        if (result.is_poison()) {
          mark_called(id);
          break;
        }
      }
      break;
    }
    default:
      sink_.report(span, diag::ContainerNotCallable, module_of(id).path, definition->type_name)
          .help("index it (`x[0](h)`), or write `for m in modules_list:` in `forward`");
      return Value::poison();
  }
  if (!instances_[id].first_call.valid()) instances_[id].first_call = span;
  if (result.is_poison()) return result;
  ir::Module& module = module_of(id);
  if (module.output.is_poison()) module.output = type_of(result);
  Tap tap{tap_clock_++, result, {}};
  if (definition->kind == Definition::Component) tap.bindings = std::move(last_bindings_);
  taps_[id].push_back(std::move(tap));
  if (definition->signature && definition->signature->result && scope.frame) {
    if (!match_type(*definition->signature->result, result, scope, scope.frame->symbols, span,
                    fmt::format("the result of `{}`", module.path), definition->signature->result->span)) {
      return Value::poison();
    }
  }
  return result;
}

void Elaborator::mark_called(InstanceId id) {
  // Below a faulty value nothing is sized; that is no fault of the modules that wait for it.
  module_of(id).called = true;
  instances_[id].broken_input = true;
  for (const auto& [name, child_id] : instances_[id].children) mark_called(child_id);
}

Value Elaborator::call_operator(InstanceId id, std::vector<GivenArgument>& args, Span span, const Scope&) {
  if (!instances_[id].arguments_ok) return Value::poison();
  const Op& op = *instances_[id].definition->op;
  Bound bound = bind_parameters(op, op.inputs, args, span, false);
  if (!bound.ok || bound.poisoned) {
    mark_called(id);
    return Value::poison();
  }
  OpCall call(*this, op, bound, span, id);
  const Type result = op.infer(call);
  if (result.is_poison() || call.failed()) {
    instances_[id].broken_input = true;
    return Value::poison();
  }
  if (overflows(result)) {
    sink_.report(span, diag::SizeOverflow, module_of(id).path);
    instances_[id].broken_input = true;
    return Value::poison();
  }
  Instance& instance = instances_[id];
  ir::Module& module = module_of(id);
  if (!instance.owned) {
    instance.owned = true;
    for (std::size_t i = 0; i < op.args.size(); ++i) module.args.emplace_back(op.args[i].name, instance.arguments[i]);
  }
  if (graph_ == first_graph_ && op.flops) module.flops = module.flops + op.flops(call, result);
  return add_node(op, instance.module, bound, result, span);
}

Value Elaborator::call_function(const Op& op, std::vector<GivenArgument>& args, Span span, const Scope&) {
  for (const GivenArgument& a : args) {
    if (a.value.is_poison()) return Value::poison();
  }
  Bound bound = bind_parameters(op, op.inputs, args, span, false);
  if (!bound.ok || bound.poisoned) return Value::poison();
  if (!graph_) {
    sink_.report(span, diag::TensorWhereStatic, op.name);
    return Value::poison();
  }
  OpCall call(*this, op, bound, span, kNoInstance);
  const Type result = op.infer(call);
  if (result.is_poison() || call.failed()) return Value::poison();
  if (overflows(result)) {
    sink_.report(span, diag::SizeOverflow, op.name);
    return Value::poison();
  }
  return add_node(op, ir::kNone, bound, result, span);
}

Value Elaborator::call_component(InstanceId id, std::vector<GivenArgument>& args, Span span, const Scope&) {
  const DefinitionPtr definition = instances_[id].definition;
  const LevelPtr level = instances_[id].level;
  const ast::Component& component = *definition->component;
  const std::string path = module_of(id).path;
  if (instances_[id].active_calls > 0 || static_cast<int>(call_chain_.size()) > kDepthLimit) {
    const bool known = !call_chain_.empty();
    report_runaway(span, kDepthLimit, "components that call each other", known ? call_chain_.back().second : Span{},
                   known ? fmt::format("called here as `{}`", call_chain_.back().first) : std::string());
    return Value::poison();
  }
  Frame frame;
  frame.instance = id;
  frame.began = tap_clock_;
  Frame* before = level->active;
  level->active = &frame;
  if (!bind_inputs(component, level, args, frame, span, path.empty() ? module_of(id).type : path)) {
    level->active = before;
    mark_called(id);
    return Value::poison();
  }
  ++instances_[id].active_calls;
  call_chain_.emplace_back(path, span);
  Value result = Value::poison();
  bool ok = true;
  if (!instances_[id].built) {
    build_component(id, frame);
  } else {
    for (const auto& [name, meant] : level->symbols_read) {
      const auto now = frame.symbols.find(name);
      if (now == frame.symbols.end() || now->second == meant) continue;
      if (conditions_->require(now->second, types::Relation::Equal, meant, {span, path}).ok()) continue;
      sink_.report(span, diag::SecondCallDiffers, path, name, now->second.str(), meant.str())
          .note(instances_[id].first_call, fmt::format("the first call fixed `{} = {}`", name, meant.str()));
      ok = false;
    }
  }
  if (!instances_[id].first_call.valid()) instances_[id].first_call = span;
  if (ok) {
    Scope scope{level, &frame, nullptr};
    result = run_body(component, scope, id);
  }
  if (result.is_poison()) mark_called(id);
  last_bindings_ = std::move(frame.bindings);
  call_chain_.pop_back();
  --instances_[id].active_calls;
  level->active = before;
  return result;
}

}  // namespace modelc::elaborate
