// Where the loops of a graph are. A loop is a stretch of its nodes: one that opens it (Trait::OpensLoop) takes tensors
// apart along a dimension and gives the parts of a turn and the state that the turn begins with; one that closes it
// (Trait::ClosesLoop) keeps what each turn gives and hands the state on. Loops nest. What a node between the two gives
// is read within the loop alone, new values of states aside: those are the same state for every reader.
#pragma once

#include <vector>

#include "ir/graph.h"

namespace modelc::ir {

struct Loop {
  std::uint32_t first = 0, last = 0;  // nodes
  bool contains(std::size_t node) const { return first <= node && node <= last; }
};

struct Loops {
  std::vector<Loop> all;  // by `first`: an outer one before those within it
  bool nested = true;     // false: one is never closed, or closed by a node that means another
};

Loops loops_of(const Graph& graph);
/// How many turns the loop has that a node opens.
types::Dim turns_of(const Graph& graph, const Node& opens);
inline bool opens_loop(const Node& node) { return op_of(node).has(ops::Trait::OpensLoop); }
inline bool closes_loop(const Node& node) { return op_of(node).has(ops::Trait::ClosesLoop); }

}  // namespace modelc::ir
