#include "passes/fold_constants.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/builder.h"
#include "passes/fills.h"

namespace modelc::passes {

namespace {

using ir::Graph;
using ir::Node;
using ir::Operand;
using types::DType;
using types::TensorType;

/// An operand or number as an element of the result's dtype: PyTorch converts before it computes.
std::optional<double> operand_element(const Graph& graph, const Node& node, std::size_t i, DType dtype) {
  if (node.operands[i].kind == Operand::None) return element(node.attributes[i], dtype);
  if (node.operands[i].kind != Operand::Value) return std::nullopt;
  const auto filled = filled_with(graph, node.operands[i].value);
  return filled ? element(*filled, dtype) : std::nullopt;
}

/// Arguments beside the two operands are as they are by default.
bool is_plain(const Node& node) {
  for (std::size_t i = 2; i < node.attributes.size(); ++i)
    if (node.operands[i].kind != Operand::None || node.attributes[i] != ir::op_of(node).inputs[i].default_value)
      return false;
  return true;
}

std::optional<double> computed(const Graph& graph, const Node& node, DType dtype) {
  if (dtype == DType::Bool || !is_plain(node)) return std::nullopt;
  const auto a = operand_element(graph, node, 0, dtype), b = operand_element(graph, node, 1, dtype);
  if (!a || !b) return std::nullopt;
  const double exact = ir::op_of(node).numbers.arithmetic(*a, *b);
  const auto result = element(exact, dtype);
  // Of two roundings, to double and then to float, the first shows only where the mantissa is cut short.
  if (dtype == DType::Float32 && exact != 0 && std::abs(*result) < std::numeric_limits<float>::min())
    return std::nullopt;
  return result;
}

/// `ones_like(x)`: the shape is x's, the order of its memory too.
bool may_forget_operand(const Graph& graph, const Node& node, const TensorType& type) {
  const Operand& like = node.operands[0];
  if (like.kind == Operand::Value && filled_with(graph, like.value)) return true;
  return type.rank() <= 1 &&
         std::all_of(type.shape.begin(), type.shape.end(), [](types::Dim size) { return size.is_constant(); });
}

/// What every element of the result is, where the node computes it from tensors.
std::optional<double> folded(const Graph& graph, const Node& node) {
  const ops::Op& op = ir::op_of(node);
  if (!op.has(ops::Trait::Pure) || node.results.size() != 1) return std::nullopt;
  if (std::none_of(node.operands.begin(), node.operands.end(),
                   [](const Operand& o) { return o.kind != Operand::None; }))
    return std::nullopt;
  const TensorType& type = graph.values[node.results[0]].type.tensor;
  if (!op.numbers.fills.is_null())
    return may_forget_operand(graph, node, type) ? filled_with(graph, node.results[0]) : std::nullopt;
  if (op.numbers.arithmetic) return computed(graph, node, type.dtype);
  if (op.has(ops::Trait::SameOrder) || op.has(ops::Trait::Converts)) return operand_element(graph, node, 0, type.dtype);
  return std::nullopt;
}

}  // namespace

void fold_constants(Graph& graph, const ir::ModuleTree&) {
  bool any = false;
  for (Node& node : graph.nodes) {
    const auto number = folded(graph, node);
    if (!number) continue;
    Node filled = fill(graph.values[node.results[0]].type.tensor, *number);
    node.op = filled.op;
    node.operands = std::move(filled.operands);
    node.attributes = std::move(filled.attributes);
    any = true;
  }
  if (any) ir::tidy(graph);
}

}  // namespace modelc::passes
