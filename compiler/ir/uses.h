// Who reads each value of a graph.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace modelc::ir {

struct Uses {
  std::vector<std::vector<std::uint32_t>> nodes;  // by value: the nodes that read it, each once, in order
  std::vector<bool> asked;                        // by value: an output, loss or metric
  explicit Uses(const Graph& graph);
  bool unused(ValueId value) const { return nodes[value].empty() && !asked[value]; }
};

/// By value: the first of its line of states; itself where it is no new value of one.
std::vector<ValueId> first_states(const Graph& graph);

/// The nodes that the given roots need, for values or for sizes that they measure, new states aside (graph.h); and by
/// value whether it is read by one of them or asked for.
struct Needed {
  std::vector<bool> nodes, values;
};
Needed needed_for(const Graph& graph, const std::vector<Operand>& roots);
/// For all that is asked of the graph.
Needed needed_for(const Graph& graph);

}  // namespace modelc::ir
