#include "passes/dead_code.h"

#include <algorithm>

#include "ir/builder.h"
#include "ir/uses.h"

namespace modelc::passes {

void dead_code(ir::Graph& graph, const ir::ModuleTree&) {
  std::vector<bool> dropped = ir::needed_for(graph).nodes;
  dropped.flip();
  if (std::none_of(dropped.begin(), dropped.end(), [](bool one) { return one; })) return;
  ir::erase(graph, dropped);
  ir::tidy(graph);
}

}  // namespace modelc::passes
