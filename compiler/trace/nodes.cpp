#include "trace/nodes.h"

#include <functional>

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

Value add_node(Tracer& t, const ops::Op& op, ir::ModuleId module, const Bound& bound, const Type& result, Span span) {
  ir::Node node;
  node.op = op.name;
  node.module = module;
  node.span = span;
  node.training = t.training && op.has(ops::Trait::FollowsMode);
  if (module != ir::kNone) node.path = t.tree.ir.modules[module].path;
  else if (t.calls) node.path = t.calls->path;
  for (const Value& v : bound.values) node.operands.push_back(operand(v));
  const auto index = static_cast<std::uint32_t>(t.graph->nodes.size());
  // A tuple is several results; nested ones are flattened in order and put together again as a value.
  std::function<Value(const Type&)> place = [&](const Type& type) -> Value {
    if (type.is_tensor()) {
      ir::ValueInfo info;
      info.kind = ir::ValueKind::Result;
      info.type = type;
      info.source = index;
      info.index = static_cast<std::uint32_t>(node.results.size());
      info.span = span;
      const auto id = static_cast<ir::ValueId>(t.graph->values.size());
      t.graph->values.push_back(std::move(info));
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
  t.graph->nodes.push_back(std::move(node));
  return value;
}

}  // namespace modelc::trace
