#include "passes/permutation.h"

#include "ir/builder.h"
#include "ir/infer_again.h"

namespace modelc::passes {

std::optional<std::vector<std::size_t>> permutation_of(const ir::Graph& graph, const ir::Node& node) {
  types::TensorType probe = graph.values[node.operands[0].value].type.tensor;
  for (std::size_t i = 0; i < probe.rank(); ++i) probe.shape[i] = static_cast<std::int64_t>(i) + 2;
  ir::Graph one;
  ir::Node same = node;
  same.operands[0] = ir::Operand::of(ir::add_input(one, "x", probe));
  const ir::Inferred inferred = ir::infer_again(one, same);
  if (!inferred.refused.empty() || inferred.types.size() != 1) return std::nullopt;
  std::vector<std::size_t> order;
  for (const types::Dim size : inferred.types[0].tensor.shape)
    order.push_back(static_cast<std::size_t>(size.constant() - 2));
  return order;
}

}  // namespace modelc::passes
