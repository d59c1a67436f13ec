#include "trace/nodes.h"

#include <span>

#include "catalogue/bind.h"
#include "instantiate/reparametrisation.h"
#include "ir/builder.h"
#include "trace/tensors.h"

namespace modelc::trace {

ir::Operand operand(const Value& value) {
  if (value.kind == Value::Tensor) return ir::Operand::of(value.tensor);
  if (value.kind == Value::List) {
    if (const auto constant = to_constant(value)) return ir::Operand::of(*constant);
    std::vector<ir::Operand> list;
    for (const Value& item : value.list->items) list.push_back(operand(item));
    return ir::Operand::of(std::move(list));
  }
  return ir::Operand::of(to_constant(value).value_or(types::Constant()));
}

namespace {

Value add_node(Tracer& t, ir::Node node, const Type& result, Span span);

/// The tensor of a module by its name; null where it owns none.
std::optional<Value> own_tensor(Tracer& t, InstanceId id, const std::string& name) {
  const std::vector<ir::Tensor>& tensors = module_of(t.tree, id).tensors;
  for (std::uint32_t i = 0; i < tensors.size(); ++i)
    if (tensors[i].name == name) return tensor_reference(t, id, i);
  return std::nullopt;
}

/// A tensor that is computed from others each time the module is called.
Value computed_tensor(Tracer& t, InstanceId id, const instantiate::Reparametrisation& one, const Type& type,
                      Span span) {
  const bool length = instantiate::keeps_length(one);
  const ops::Op& function = *ops::Catalogue::get().function(length ? "_weight_norm" : "_spectral_norm");
  const std::string& name = one.argument("name").as_string();
  ir::Node node = ir::call_of(function.id);
  node.path = module_of(t.tree, id).path;
  std::vector<ir::Operand> operands;
  static constexpr std::string_view kLength[] = {"_v", "_g"}, kSingular[] = {"_orig", "_u", "_v"};
  for (const std::string_view suffix : length ? std::span(kLength) : std::span<const std::string_view>(kSingular))
    operands.push_back(operand(own_tensor(t, id, name + std::string(suffix)).value_or(Value::null())));
  const ops::Op& op = *t.tree.instances[id].definition->op;
  operands.push_back(ir::Operand::of(types::Constant(instantiate::dimension_of(one, op))));
  if (!length) {
    operands.push_back(ir::Operand::of(one.argument("n_power_iterations")));
    operands.push_back(ir::Operand::of(one.argument("eps")));
    operands.push_back(ir::Operand::of(types::Constant(t.training)));
  }
  for (std::size_t i = 0; i < operands.size(); ++i) ir::give(node, i, std::move(operands[i]));
  return add_node(t, std::move(node), type, span);
}

/// A tensor that the module's rule declared, under the name it has there.
ir::Operand declared_operand(Tracer& t, InstanceId id, const std::string& name, Span span) {
  const Instance& instance = t.tree.instances[id];
  for (const instantiate::Reparametrisation& one : instance.definition->reparametrised) {
    if (one.argument("name").as_string() != name) continue;
    for (const ops::OwnedTensor& owned : instance.declared)
      if (owned.name == name) return operand(computed_tensor(t, id, one, Type::of(owned.type), span));
  }
  const auto tensor = own_tensor(t, id, name);
  return tensor ? operand(*tensor) : ir::Operand();
}

/// What a parameter of the function gets that a module becomes.
ir::Operand source_operand(Tracer& t, const ops::Source& source, const ops::Param& param, InstanceId id,
                           const Bound& bound, Span span) {
  const ops::Op& op = *t.tree.instances[id].definition->op;
  switch (source.kind) {
    case ops::Source::Input:
      for (std::size_t i = 0; i < op.inputs.size(); ++i)
        if (op.inputs[i].name == source.name) return operand(bound.values[i]);
      return {};
    case ops::Source::Argument:
      for (std::size_t i = 0; i < op.args.size(); ++i)
        if (op.args[i].name == source.name) {
          const types::Constant& argument = t.tree.instances[id].arguments[i];
          return ir::Operand::of(catalogue::fitted(param, argument).value_or(argument));
        }
      return {};
    case ops::Source::Owned:
      return declared_operand(t, id, source.name, span);
    case ops::Source::AllOwned: {
      std::vector<ir::Operand> all;
      const Instance& instance = t.tree.instances[id];
      const std::size_t owned = module_of(t.tree, id).tensors.size();
      for (const ops::OwnedTensor& tensor : instance.declared)
        all.push_back(declared_operand(t, id, tensor.name, span));
      for (std::uint32_t i = 0; instance.declared.empty() && i < owned; ++i)
        all.push_back(operand(tensor_reference(t, id, i)));
      return ir::Operand::of(std::move(all));
    }
    case ops::Source::Fixed:
      return ir::Operand::of(source.value);
    case ops::Source::Mode:
      return ir::Operand::of(types::Constant(t.training));
    case ops::Source::Default:
      break;
  }
  return ir::Operand::of(param.default_value);
}

/// What a parameter of the function gets of which another function is a form.
ir::Operand form_operand(const ops::Op& form, const ops::Source& source, const ops::Param& param, const Bound& bound) {
  if (source.kind == ops::Source::Fixed) return ir::Operand::of(source.value);
  for (std::size_t i = 0; i < form.inputs.size() && source.kind == ops::Source::Input; ++i)
    if (form.inputs[i].name == source.name) return operand(bound.values[i]);
  return ir::Operand::of(param.default_value);
}

void flatten(const Type& type, std::vector<Type>& tensors) {
  if (type.is_tensor()) tensors.push_back(type);
  for (const Type& part : type.parts()) flatten(part, tensors);
}

/// A tuple is several results; nested ones are flattened in order and put together again as a value.
Value assembled(const Type& type, std::vector<ir::ValueId>::const_iterator& next, Span span) {
  if (type.is_tensor()) {
    Value v = Value::of_tensor(*next++);
    v.span = span;
    return v;
  }
  if (type.kind == types::TypeKind::None) return Value::null();
  std::vector<Value> items;
  for (const Type& part : type.parts()) items.push_back(assembled(part, next, span));
  return Value::of_list(std::move(items), type.kind == types::TypeKind::Tuple, type.names());
}

Value add_node(Tracer& t, ir::Node node, const Type& result, Span span) {
  node.span = span;
  std::vector<Type> tensors;
  flatten(result, tensors);
  const std::size_t own = tensors.size();
  const std::vector<ir::ValueId> made = ir::append(*t.graph, std::move(node), std::move(tensors));
  // Whoever reads a state from here on reads its new value.
  for (std::size_t i = own; i < made.size(); ++i) {
    if (!t.graph->values[made[i]].type.is_tensor()) continue;
    ir::ValueId state = made[i];
    while (t.graph->values[state].updates != ir::kNone) state = t.graph->values[state].updates;
    const ir::ValueInfo& info = t.graph->values[state];
    if (info.is_tensor_of_tree()) t.trace->tensor_value(info.source, info.index) = made[i];
  }
  auto next = made.begin();
  return assembled(result, next, span);
}

}  // namespace

Value add_module_call(Tracer& t, InstanceId id, const Bound& bound, const Type& result, Span span) {
  const ops::Op& op = *t.tree.instances[id].definition->op;
  const ops::Op& function = *ops::Catalogue::get().function_of(op);
  ir::Node node = ir::call_of(function.id);
  node.module = t.tree.instances[id].module;
  node.path = module_of(t.tree, id).path;
  for (std::size_t i = 0; i < function.inputs.size(); ++i)
    ir::give(node, i, source_operand(t, op.becomes.sources[i], function.inputs[i], id, bound, span));
  return add_node(t, std::move(node), result, span);
}

Value add_function_call(Tracer& t, const ops::Op& called, const Bound& bound, const Type& result, Span span) {
  const ops::Op* other = ops::Catalogue::get().function_of(called);
  const ops::Op& op = other ? *other : called;
  ir::Node node = ir::call_of(op.id);
  if (t.calls) node.path = t.calls->path;
  for (std::size_t i = 0; i < op.inputs.size(); ++i)
    ir::give(node, i,
             other ? form_operand(called, called.becomes.sources[i], op.inputs[i], bound) : operand(bound.values[i]));
  // The mode of the graph, unless the call states one. (A flag of another name says it of the call alone.)
  static const std::string kFlag = ops::Writes().mode;
  for (std::size_t i = 0; i < op.inputs.size() && op.has(ops::Trait::FollowsMode); ++i) {
    types::Constant& mode = node.attributes[i];
    if (op.inputs[i].name == kFlag) mode = mode.is_null() ? t.training : mode.as_bool();
  }
  return add_node(t, std::move(node), result, span);
}

}  // namespace modelc::trace
