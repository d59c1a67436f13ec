// Which graphs a description has: for each mode, each set of optional inputs that may be used and each word of a
// choice.
#pragma once

#include "trace/graph.h"

namespace modelc::trace {

struct Graphs {
  std::vector<ir::Graph> all;  // the first is the evaluation with all optional inputs
  bool broken = false;         // one of them has no outputs, for a fault that was reported
};
Graphs trace_graphs(const GraphContext& shared, const Model& model, const Losses& losses);

}  // namespace modelc::trace
