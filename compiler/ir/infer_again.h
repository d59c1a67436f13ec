// The types of a node once more, from its operands and attributes alone: for the verifier, and for passes that ask what
// a node would give for other operands.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace modelc::ir {

/// What the rule of the operator gives, tensors in order; or what it refuses.
struct Inferred {
  std::vector<Type> types;
  std::string refused;
};
Inferred infer_again(const Graph& graph, const Node& node);

}  // namespace modelc::ir
