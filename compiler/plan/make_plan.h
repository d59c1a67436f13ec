// From a graph to what is run.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"
#include "plan/plan.h"

namespace modelc::plan {

/// Something that is asked of a graph.
struct Root {
  std::string name;
  ir::Operand value;
};

enum class Asked { Outputs, Losses, Metrics };
/// The outputs, the terms of the loss, or the operands of the metrics one after the other.
std::vector<Root> roots_of(const ir::Graph& graph, Asked asked);

/// Runs what the roots need, in the graph's order. Needs the DimTable of the graph; the plan does not.
Plan make_plan(const ir::Graph& graph, const ir::ModuleTree& tree, const std::vector<Root>& roots);

}  // namespace modelc::plan
