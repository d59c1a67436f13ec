// A whole compiled model: its inputs, the module tree, and a graph for each mode, set of optional inputs and choice
// that was asked for.
#pragma once

#include "ir/graph.h"
#include "ir/weights.h"

namespace modelc::ir {

/// An input as the user declared it.
struct Signature {
  std::string name;
  Type type;
  bool optional = false;
  bool target = false;
  Span span;
};

struct Program {
  std::string name;
  ModuleTree tree;
  std::vector<Signature> inputs;  // declared inputs and targets, in order
  std::vector<Graph> graphs;      // first: evaluation with all optional inputs
  /// The symbols of the inputs, in order of declaration.
  std::vector<types::SymbolId> symbols;
  std::vector<Graph> initial_graphs;                       // for Init::Expression: no inputs, one output
  std::vector<WeightSource> weights;                       // in order; a later one wins where two give one tensor
  std::vector<std::pair<std::string, std::string>> moved;  // old path -> new path, for older checkpoints
  std::string device;  // where the description wants it computed; empty: wherever is best
  Span device_span;
};

}  // namespace modelc::ir
