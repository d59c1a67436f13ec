// Reverse-mode differentiation on the IR: the gradients of the loss as further calls in the same graph, by the rules
// that are declared beside the operators (ops/derivative.h).
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace modelc::passes {

/// Before the key of a parameter, the name of the output that is its gradient.
inline constexpr const char* kGradientPrefix = "gradient.";

/// What came of it: the gradients are there, or the operator that has no rule for its arguments.
struct Differentiation {
  bool done = false;
  std::string without_rule;
};

/// Appends to a training graph the gradient of the sum of its loss terms (those of `terms`, all where it is empty) by
/// every trainable parameter that they reach, as outputs `gradient.KEY`. Calls whose derivative needs more than their
/// results become the forms that save it: the same results, draws and new states. Where a rule is lacking the graph
/// stays as it is. Needs the DimTable of the graph.
Differentiation differentiate_terms(ir::Graph& graph, const ir::ModuleTree& tree,
                                    const std::vector<std::string>& terms = {});

/// The pass: all terms of a training graph; any other graph stays as it is.
void differentiate(ir::Graph& graph, const ir::ModuleTree& tree);

}  // namespace modelc::passes
