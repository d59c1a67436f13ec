#include "ir/loops.h"

namespace modelc::ir {

namespace {

/// The first tensor that a loop takes apart.
const TensorType* taken_apart(const Graph& graph, const Node& opens) {
  const Operand* xs = operand_of(opens, "xs");
  if (!xs || xs->kind != Operand::List || xs->list().empty()) return nullptr;
  return &graph.values[xs->list()[0].value].type.tensor;
}

/// Whether the closing node takes the first part that the other one gives.
bool belong(const Node& opens, const Node& closes) {
  const Operand* part = operand_of(closes, "part");
  return part && part->kind == Operand::Value && !opens.results.empty() && part->value == opens.results[0];
}

}  // namespace

Loops loops_of(const Graph& graph) {
  Loops loops;
  std::vector<std::size_t> open;
  for (std::uint32_t n = 0; n < graph.nodes.size(); ++n) {
    if (opens_loop(graph.nodes[n])) {
      open.push_back(loops.all.size());
      loops.all.push_back({n, kNone});
    } else if (closes_loop(graph.nodes[n])) {
      if (open.empty() || !belong(graph.nodes[loops.all[open.back()].first], graph.nodes[n])) {
        loops.nested = false;
        return loops;
      }
      loops.all[open.back()].last = n;
      open.pop_back();
    }
  }
  loops.nested = open.empty();
  return loops;
}

types::Dim turns_of(const Graph& graph, const Node& opens) {
  const TensorType* whole = taken_apart(graph, opens);
  const Constant* dim = attribute_of(opens, "dim");
  if (!whole || !dim || !dim->is_int()) return types::Dim::poison();
  const std::int64_t rank = static_cast<std::int64_t>(whole->rank());
  const std::int64_t at = dim->as_int() < 0 ? dim->as_int() + rank : dim->as_int();
  return at >= 0 && at < rank ? whole->shape[static_cast<std::size_t>(at)] : types::Dim::poison();
}

}  // namespace modelc::ir
