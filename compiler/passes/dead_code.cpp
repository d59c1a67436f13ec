#include "passes/dead_code.h"

#include <algorithm>

#include "ir/builder.h"
#include "ir/uses.h"

namespace modelc::passes {

namespace {

/// What a call asks of sizes that data decide is checked when it runs: where no call is left at the place that asked,
/// nothing is.
void withdraw_conditions(ir::Graph& graph, const std::vector<bool>& dropped) {
  graph.conditions.withdraw([&](const types::Requirement& required) {
    bool asked = false;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      if (!(graph.nodes[n].span == required.origin.span)) continue;
      if (!dropped[n]) return false;
      asked = true;
    }
    return asked;
  });
}

}  // namespace

void dead_code(ir::Graph& graph, const ir::ModuleTree&) {
  std::vector<bool> dropped = ir::needed_for(graph).nodes;
  dropped.flip();
  if (std::none_of(dropped.begin(), dropped.end(), [](bool one) { return one; })) return;
  withdraw_conditions(graph, dropped);
  ir::erase(graph, dropped);
  ir::tidy(graph);
}

}  // namespace modelc::passes
