#include "ir/program.h"

#include <algorithm>

namespace modelc::ir {

const Graph* find_graph(const Program& program, const Variant& variant) {
  for (const Graph& graph : program.graphs) {
    if (graph.training != variant.training || graph.given != variant.given || graph.generates != variant.generates)
      continue;
    const bool chosen = std::all_of(graph.choices.begin(), graph.choices.end(), [&](const auto& choice) {
      const auto it = variant.choices.find(choice.first);
      return it != variant.choices.end() && it->second == choice.second;
    });
    if (chosen) return &graph;
  }
  return program.source ? program.source->graph(program.tree, variant) : nullptr;
}

}  // namespace modelc::ir
