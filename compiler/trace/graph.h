// One evaluation of the outermost file as one graph: in one mode, with some of the optional inputs given, for one word
// of each choice. It has its own conditions, taps and budget.
#pragma once

#include "ir/program.h"
#include "trace/model.h"

namespace modelc::trace {

/// Which graph.
struct Asked {
  ir::Variant variant;
  bool counts_flops = false;
  const ir::Graph* like = nullptr;  // one of the same model, about as large
};

/// What a recipe makes of outputs and targets: loss terms and metrics of the graph. May be empty.
using Losses = std::function<void(Tracer&, Frame&, const Scope&, ir::Graph&)>;

/// What all graphs of a description share; `budget` is what this one may spend.
struct GraphContext {
  Sink& sink;
  const instantiate::Document& document;
  Tree& tree;
  const SpecialCall& special;
  eval::Budget budget;
};

struct Traced {
  ir::Graph graph;
  eval::Budget budget;  // what is left
  bool broken = false;  // no outputs, for a fault that was reported
  bool whole = true;    // and nothing else is missing or wrong
};

Traced trace_graph(const GraphContext& context, const Model& model, const Asked& asked, const Losses& losses);

}  // namespace modelc::trace
