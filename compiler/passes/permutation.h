// Which dimension goes where.
#pragma once

#include <optional>
#include <vector>

#include "ir/graph.h"

namespace modelc::passes {

/// Of a call with the trait Permutes: order[i] is the dimension of the operand that dimension i of the result is. Asked
/// of the operator's rule, with an operand whose sizes all differ.
std::optional<std::vector<std::size_t>> permutation_of(const ir::Graph& graph, const ir::Node& node);

}  // namespace modelc::passes
