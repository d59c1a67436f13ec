// A tensor by which `grad` derives is watched from where it is made: what is computed from it then leads back to it,
// also in evaluation and where nothing in it is trained.
#pragma once

#include "ir/graph.h"

namespace modelc::passes {

void watch_gradients(ir::Graph& graph, const ir::ModuleTree& tree);

}  // namespace modelc::passes
