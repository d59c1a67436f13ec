#include "ir/node_context.h"

#include <fmt/format.h>

#include "ir/builder.h"

namespace modelc::ir {

using types::Dim;

const types::Constant& NodeContext::arg(std::string_view name) const {
  static const types::Constant null;
  const types::Constant* found = attribute_of(node_, name);
  return found ? *found : null;
}

bool NodeContext::has(std::string_view name) const {
  const Operand* operand = operand_of(node_, name);
  if (!operand) return false;
  if (operand->kind != Operand::None) return true;
  for (const auto& alternative : op_of(node_).find_input(name)->alternatives)
    if (alternative.kind == ops::Param::Number) return false;
  return !arg(name).is_null();
}

const TensorType& NodeContext::tensor(std::string_view name) const {
  static const TensorType none;
  const Operand* operand = operand_of(node_, name);
  return operand && operand->kind == Operand::Value ? graph_.values[operand->value].type.tensor : none;
}

std::vector<TensorType> NodeContext::tensors(std::string_view name) const {
  std::vector<TensorType> types;
  if (const Operand* operand = operand_of(node_, name))
    for_each_value(*operand, [&](ValueId v) { types.push_back(graph_.values[v].type.tensor); });
  return types;
}

namespace {

/// The type of what a parameter is given; static numbers have none.
Type type_of(const Graph& graph, const Operand& operand, const types::Constant& constant) {
  if (operand.kind == Operand::Value) return graph.values[operand.value].type;
  if (operand.kind == Operand::List) {
    std::vector<Type> parts;
    for (std::size_t i = 0; i < operand.list().size(); ++i) {
      const bool both = constant.is_list() && i < constant.as_list().size();
      parts.push_back(type_of(graph, operand.list()[i], both ? constant.as_list()[i] : types::Constant()));
    }
    return Type::list(std::move(parts));
  }
  if (constant.is_list()) {
    std::vector<Type> parts;
    for (const types::Constant& part : constant.as_list()) parts.push_back(type_of(graph, {}, part));
    return Type::list(std::move(parts));
  }
  return Type::none();
}

}  // namespace

Type NodeContext::type(std::string_view name) const {
  const Operand* operand = operand_of(node_, name);
  return operand ? type_of(graph_, *operand, arg(name)) : Type::none();
}

bool NodeContext::require(bool fails, ops::Reason what) {
  if (fails && refused_.empty()) refused_ = what.str();
  return !fails;
}

bool NodeContext::require_equal(Dim a, Dim b, ops::Reason what) {
  if (types::holds_plainly(a, types::Relation::Equal, b)) return true;
  const Dim difference = simplify(a - b);
  return require(difference.is_constant() && difference.constant() != 0, what);
}

bool NodeContext::require_at_least(Dim a, Dim least, ops::Reason what) {
  if (types::holds_plainly(a, types::Relation::AtLeast, least)) return true;
  const Dim difference = simplify(a - least);
  return require(difference.is_constant() && difference.constant() < 0, what);
}

bool NodeContext::require_divisible(Dim n, Dim d, ops::Reason what) {
  if (d.is_constant() && d.constant() == 0) return require(true, what);
  const Dim rest = simplify(types::floor_mod(n, d));
  return require(rest.is_constant() && rest.constant() != 0, what);
}

bool NodeContext::known_at_least(Dim a, std::int64_t least) const { return graph_.conditions.at_least(a, least); }

Type NodeContext::fault(const ops::Constraint&, const std::string& message, const std::string&, std::string_view) {
  require(true, message);
  return Type::poison();
}

Dim NodeContext::measured_size(std::size_t result, std::size_t dimension) {
  const std::vector<Dim>& shape = graph_.values[node_.results.at(result)].type.tensor.shape;
  // The symbol that the call was given when it was traced.
  if (dimension < shape.size() && types::measured_symbol(shape[dimension])) return shape[dimension];
  require(true, fmt::format("dimension {} of result {} has no symbol of its own", dimension, result));
  return Dim::poison();
}

bool NodeContext::training() const { return in_training(node_); }

}  // namespace modelc::ir
