// The order in which the sizes of inputs are looked at. Internal to make_plan.
#pragma once

#include "ir/graph.h"
#include "plan/plan.h"
#include "plan/size_compiler.h"

namespace modelc::plan {

/// Symbols that stand alone first, then whatever has one unknown left; needed inputs before those that may be missing.
std::vector<SizeCheck> input_checks(const ir::Graph& graph, const Plan& plan, SizeCompiler& sizes);

}  // namespace modelc::plan
