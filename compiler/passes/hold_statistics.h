// A frozen normalisation takes its running statistics and does not move them, in training too: its calls are those of
// evaluation, and the new states they gave are gone.
#pragma once

#include "ir/graph.h"

namespace modelc::passes {

void hold_statistics(ir::Graph& graph, const ir::ModuleTree& tree);

}  // namespace modelc::passes
