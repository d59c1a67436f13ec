#include "ir/graph.h"

namespace modelc::ir {

namespace {

std::size_t place_of(const ops::Op& op, std::string_view parameter) {
  std::size_t i = 0;
  while (i < op.inputs.size() && op.inputs[i].name != parameter) ++i;
  return i;
}

}  // namespace

const Operand* operand_of(const Node& node, std::string_view parameter) {
  const std::size_t i = place_of(op_of(node), parameter);
  return i < op_of(node).inputs.size() && i < node.operands.size() ? &node.operands[i] : nullptr;
}

const Constant* attribute_of(const Node& node, std::string_view parameter) {
  const std::size_t i = place_of(op_of(node), parameter);
  return i < node.attributes.size() ? &node.attributes[i] : nullptr;
}

ValueId random_of(const Node& node) {
  const std::size_t parameters = op_of(node).inputs.size();
  return node.operands.size() > parameters ? node.operands.back().value : kNone;
}

std::size_t own_results(const Graph& graph, const Node& node) {
  std::size_t count = 0;
  while (count < node.results.size() && graph.values[node.results[count]].updates == kNone) ++count;
  return count;
}

}  // namespace modelc::ir
