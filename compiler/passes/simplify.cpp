#include "passes/simplify.h"

#include <cmath>

#include "ir/builder.h"
#include "passes/fills.h"
#include "passes/forwarding.h"
#include "passes/permutation.h"

namespace modelc::passes {

namespace {

using ir::Graph;
using ir::kNone;
using ir::Node;
using ir::Operand;
using ir::ValueId;
using ops::Trait;

/// The node that gives a value; null where none does.
const Node* source_of(const Graph& graph, ValueId value) {
  const ir::ValueInfo& info = graph.values[value];
  return info.kind == ir::ValueKind::Result ? &graph.nodes[info.source] : nullptr;
}

/// Passes its operand on: in evaluation, or with nothing to drop. (ATen's dropouts of p = 0 give their input before
/// they draw.)
bool drops_nothing(const Node& node) {
  if (!ir::op_of(node).has(Trait::IdentityInEvaluation)) return false;
  if (!ir::in_training(node)) return true;
  const types::Constant* p = ir::attribute_of(node, "p");
  return p && (p->is_float() || p->is_int()) && p->as_double() == 0;
}

/// Memory of its own and without gaps: what arithmetic on the value would have given too. Fed tensors and views have
/// any layout.
bool owns_memory(const Graph& graph, ValueId value) {
  if (graph.values[value].is_tensor_of_tree()) return true;
  const Node* source = source_of(graph, value);
  if (!source) return false;
  const ops::Op& op = ir::op_of(*source);
  return !op.has(Trait::View) && !op.has(Trait::Converts) && !op.has(Trait::IdentityInEvaluation);
}

/// Whether what is given for parameter `i` leaves the other operand as it is.
bool is_neutral(const Graph& graph, const Node& node, std::size_t i) {
  const types::DType dtype = graph.values[node.results[0]].type.tensor.dtype;
  std::optional<double> number;
  if (node.operands[i].kind == Operand::Value) number = filled_with(graph, node.operands[i].value);
  else if (!node.attributes[i].is_bool()) number = element(node.attributes[i], dtype);
  const double neutral = *ir::op_of(node).numbers.neutral;
  return number && *number == neutral && (!types::is_floating(dtype) || std::signbit(*number) == std::signbit(neutral));
}

/// The operand that the other one leaves as it is.
ValueId beside_neutral(const Graph& graph, const Node& node) {
  const ops::Op& op = ir::op_of(node);
  if (!op.numbers.neutral) return kNone;
  for (std::size_t i = 2; i < node.attributes.size(); ++i)
    if (node.attributes[i] != op.inputs[i].default_value) return kNone;
  for (const std::size_t i : {1, 0}) {
    if (i == 0 && !op.has(Trait::Commutative)) break;
    const Operand& other = node.operands[1 - i];
    if (other.kind == Operand::Value && is_neutral(graph, node, i) && owns_memory(graph, other.value))
      return other.value;
  }
  return kNone;
}

bool is_identity(const std::vector<std::size_t>& order) {
  for (std::size_t i = 0; i < order.size(); ++i)
    if (order[i] != i) return false;
  return true;
}

/// What stands before dimensions were exchanged and, here, exchanged back.
ValueId before_permutation(const Graph& graph, const Node& node) {
  const ValueId operand = node.operands[0].value;
  const auto order = permutation_of(graph, node);
  if (!order) return kNone;
  if (is_identity(*order)) return operand;
  const Node* source = source_of(graph, operand);
  if (!source || !ir::op_of(*source).has(Trait::Permutes)) return kNone;
  const auto before = permutation_of(graph, *source);
  if (!before) return kNone;
  std::vector<std::size_t> both;
  for (const std::size_t dim : *order) both.push_back((*before)[dim]);
  return is_identity(both) ? source->operands[0].value : kNone;
}

/// The value that the node gives as it is; kNone for one that computes.
ValueId passed_on(const Graph& graph, const Node& node) {
  if (ir::own_results(graph, node) != 1) return kNone;
  const ops::Op& op = ir::op_of(node);
  ValueId value = kNone;
  if (!node.operands.empty() && node.operands[0].kind == Operand::Value) {
    if (drops_nothing(node) || op.has(Trait::SameOrder) || op.has(Trait::Converts)) value = node.operands[0].value;
    else if (op.has(Trait::Permutes)) value = before_permutation(graph, node);
  }
  if (value == kNone) value = beside_neutral(graph, node);
  return value != kNone && graph.values[value].type == graph.values[node.results[0]].type ? value : kNone;
}

/// Two exchanges at once are left out where the first is for the second alone: else x gets its gradient in other parts.
bool is_alone(const Forwarding& forwarding, const Node& node, ValueId value) {
  const ValueId operand = node.operands[0].value;
  return node.operands[0].kind != Operand::Value || !ir::op_of(node).has(Trait::Permutes) || operand == value ||
         !forwarding.has_gradient(value) || forwarding.uses(operand) == 1;
}

}  // namespace

void simplify(Graph& graph, const ir::ModuleTree& tree) {
  Forwarding forwarding(graph, tree);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    Node& node = graph.nodes[n];
    forwarding.resolve(node);
    const ValueId value = passed_on(graph, node);
    if (value == kNone || !forwarding.allows(node.results[0], value) || !is_alone(forwarding, node, value)) continue;
    forwarding.drop(n);
    forwarding.put(node.results[0], value);
  }
  forwarding.finish();
}

}  // namespace modelc::passes
