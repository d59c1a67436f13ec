#include "passes/index_limits.h"

#include <fmt/format.h>

namespace modelc::passes {
namespace {

/// How many positions there are, and in which tensor of the tree, if any.
struct Count {
  types::Dim positions;
  std::string of;
};

std::int64_t dimension_of(const ir::Node& node, const ops::Indexes& indexes, std::size_t rank) {
  const types::Constant* named = ir::attribute_of(node, indexes.axis);
  if (named && named->is_int()) return named->as_int() + (named->as_int() < 0 ? static_cast<std::int64_t>(rank) : 0);
  return indexes.dimension < rank ? static_cast<std::int64_t>(indexes.dimension) : 0;
}

std::optional<Count> count_of(const ir::Graph& graph, const ir::ModuleTree& tree, const ir::Node& node,
                              const ops::Indexes& indexes) {
  const types::Constant* stated = ir::attribute_of(node, indexes.of);
  if (stated && stated->is_dim()) return Count{stated->as_dim(), ""};
  const ir::Operand* tensor = ir::operand_of(node, indexes.of);
  if (!tensor || tensor->kind != ir::Operand::Value) return std::nullopt;
  const ir::ValueInfo& value = graph.values[tensor->value];
  const std::vector<types::Dim>& shape = value.type.tensor.shape;
  if (shape.empty()) return std::nullopt;
  Count count{shape.at(static_cast<std::size_t>(dimension_of(node, indexes, shape.size()))), ""};
  if (value.is_tensor_of_tree()) {
    const ir::Module& module = tree.modules[value.source];
    count.of = fmt::format(" of `{}`", ir::key_of(module, module.tensors[value.index]));
  }
  return count;
}

std::optional<IndexLimit> limit_of(const ir::Graph& graph, const ir::ModuleTree& tree, const ir::Node& node,
                                   const ops::Indexes& indexes) {
  const std::optional<Count> count = count_of(graph, tree, node, indexes);
  if (!count || !count->positions.is_constant() || count->positions.constant() < 1) return std::nullopt;
  const std::int64_t positions = count->positions.constant();
  IndexLimit limit{positions - 1, {}, fmt::format("{} {}{}", positions, indexes.counted, count->of)};
  const types::Constant* spare = ir::attribute_of(node, indexes.spare);
  if (spare && spare->is_int()) limit.spare = spare->as_int();
  return limit;
}

/// The input that an operand is as it came, where it holds integers; else null.
const ir::Input* integers_of(const ir::Graph& graph, const ir::Operand* operand) {
  if (!operand || operand->kind != ir::Operand::Value) return nullptr;
  const ir::ValueInfo& value = graph.values[operand->value];
  if (value.kind != ir::ValueKind::Input || types::is_floating(value.type.tensor.dtype)) return nullptr;
  return &graph.inputs[value.source];
}

}  // namespace

std::map<std::string, IndexLimit> index_limits(const ir::Program& program) {
  std::map<std::string, IndexLimit> limits;
  for (const ir::Graph& graph : program.graphs) {
    for (const ir::Node& node : graph.nodes) {
      const std::optional<ops::Indexes>& indexes = ir::op_of(node).numbers.indexes;
      if (!indexes) continue;
      const ir::Input* input = integers_of(graph, ir::operand_of(node, indexes->input));
      if (!input) continue;
      const std::optional<IndexLimit> limit = limit_of(graph, program.tree, node, *indexes);
      if (!limit) continue;
      const auto [known, fresh] = limits.try_emplace(input->name, *limit);
      if (!fresh && limit->high < known->second.high) known->second = *limit;
    }
  }
  return limits;
}

}  // namespace modelc::passes
