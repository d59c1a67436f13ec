// Which graphs of a description are made to check it, and how the rest are made when they are used.
#pragma once

#include "trace/graph.h"

namespace modelc::trace {

/// What all graphs of one model agree about: by output, mode and inputs, the type under the first word of a choice.
using ChoiceTypes = std::map<std::string, std::pair<Type, Span>>;

struct Graphs {
  std::vector<ir::Graph> all;  // the first is the evaluation with all optional inputs
  ChoiceTypes choice_types;
  bool broken = false;  // one of them has no outputs, for a fault that was reported
  bool whole = true;    // nothing is missing from any of them, or wrong with it
};

/// In both modes: with all optional inputs, with each alone, with none; with all of them each word of each choice
/// alone, the other choices at their first. A module that none of these calls is looked for in the other combinations.
Graphs trace_graphs(const GraphContext& shared, const Model& model, const Losses& losses);

/// All variants that a run-time choice selects agree on the types of the results; false after reporting.
bool check_choice_types(Sink& sink, const ir::Graph& graph, ChoiceTypes& types);

}  // namespace modelc::trace
