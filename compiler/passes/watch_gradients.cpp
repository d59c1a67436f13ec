#include "passes/watch_gradients.h"

#include <algorithm>
#include <set>

#include "ir/builder.h"

namespace modelc::passes {
namespace {

ops::OpId derivative() {
  static const ops::OpId id = ops::Catalogue::get().id("grad");
  return id;
}
ops::OpId watched() {
  static const ops::OpId id = ops::Catalogue::get().id("_watched");
  return id;
}

/// What derivatives are asked by and nothing watches yet. Parameters are watched by themselves.
std::set<ir::ValueId> unwatched(const ir::Graph& graph) {
  std::set<ir::ValueId> out;
  for (const ir::Node& node : graph.nodes) {
    if (node.op != derivative()) continue;
    const ir::Operand* by = ir::operand_of(node, "input");
    if (!by || by->kind != ir::Operand::Value) continue;
    const ir::ValueInfo& value = graph.values[by->value];
    const bool made = value.kind == ir::ValueKind::Result;
    if (made ? graph.nodes[value.source].op != watched() : value.kind == ir::ValueKind::Input) out.insert(by->value);
  }
  return out;
}

/// Whatever uses the value from here on uses what is watched.
void watch(ir::Graph& graph, ir::ValueId value) {
  const ir::ValueInfo& info = graph.values[value];
  const std::size_t at = info.kind == ir::ValueKind::Input ? 0 : info.source + std::size_t{1};
  ir::Node node = ir::call_of(watched());
  node.operands[0] = ir::Operand::of(value);
  node.span = info.span;
  const ir::Type type = info.type;
  const ir::ValueId made = ir::insert(graph, at, std::move(node), {type}).front();
  for (std::size_t n = at + 1; n < graph.nodes.size(); ++n)
    for (ir::Operand& operand : graph.nodes[n].operands)
      ir::for_each_value(operand, [&](ir::ValueId& used) { used = used == value ? made : used; });
}

}  // namespace

void watch_gradients(ir::Graph& graph, const ir::ModuleTree&) {
  const std::set<ir::ValueId> values = unwatched(graph);
  if (values.empty()) return;
  for (const ir::ValueId value : values) watch(graph, value);
  ir::tidy(graph);
}

}  // namespace modelc::passes
