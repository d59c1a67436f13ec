// Which values of a graph a gradient may come to. A pass that moves the places where gradients are added up, or the
// order in which they are, changes their last bits.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace modelc::passes {

/// By value. Nothing in evaluation; in training whatever a trainable parameter has a part in. Nobody asks for gradients
/// of inputs.
std::vector<bool> with_gradient(const ir::Graph& graph, const ir::ModuleTree& tree);

}  // namespace modelc::passes
