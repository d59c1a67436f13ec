// Nodes, and states, that no output, loss or metric needs are gone. Draws of random numbers too: what nobody asked for
// was never run (ir/graph.h), so the numbers that the rest draws are those of today. PyTorch would draw here; whoever
// wants its stream asks for the value.
#pragma once

#include "ir/graph.h"

namespace modelc::passes {

void dead_code(ir::Graph& graph, const ir::ModuleTree& tree);

}  // namespace modelc::passes
