#include "ir/graph.h"

#include <algorithm>

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

std::vector<types::SymbolId> measured_symbols(const Graph& graph) {
  std::vector<types::SymbolId> symbols;
  for (const Node& node : graph.nodes) {
    if (!op_of(node).has(ops::Trait::MeasuresSize)) continue;
    for (const ValueId value : node.results)
      for (const types::Dim size : graph.values[value].type.tensor.shape)
        if (const auto symbol = types::measured_symbol(size);
            symbol && std::find(symbols.begin(), symbols.end(), *symbol) == symbols.end())
          symbols.push_back(*symbol);
  }
  return symbols;
}

}  // namespace modelc::ir
