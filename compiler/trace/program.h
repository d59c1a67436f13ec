// Which graphs a description has: for each mode, each set of optional inputs that may be used and each word of a
// choice.
#pragma once

#include "trace/graph.h"

namespace modelc::trace {

/// The first is the evaluation with all optional inputs. `broken`: one of them has no outputs, for a fault that was
/// reported.
std::vector<ir::Graph> trace_graphs(const GraphContext& shared, const Model& model, const Losses& losses, bool& broken);

}  // namespace modelc::trace
