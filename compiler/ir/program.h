// A whole compiled model: its inputs, the module tree, and a graph for each mode, set of optional inputs and choice
// that was asked for.
#pragma once

#include <memory>

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

/// Makes graphs that no one asked for when the model was checked; the description's tracer, behind a wall.
class GraphSource {
 public:
  virtual ~GraphSource() = default;
  /// Stays where it is for as long as the source; null after reporting. `tree` is that of the program.
  virtual const Graph* graph(const ModuleTree& tree, const Variant& variant) = 0;
};

struct Program {
  std::string name, doc;  // as the description says
  ModuleTree tree;
  std::vector<Signature> inputs;        // declared inputs and targets, in order
  std::vector<Graph> graphs;            // those that a check looks at; first: evaluation with all optional inputs
  std::shared_ptr<GraphSource> source;  // of any others; null where the description is not at hand
  /// The symbols of the inputs, in order of declaration.
  std::vector<types::SymbolId> symbols;
  std::vector<Graph> initial_graphs;                       // for Init::Expression: no inputs, one output
  std::vector<WeightSource> weights;                       // in order; a later one wins where two give one tensor
  std::vector<std::pair<std::string, std::string>> moved;  // old path -> new path, for older checkpoints
  std::string device;  // where the description wants it computed; empty: wherever is best
  Span device_span;
  Span freeze_span;  // of the last thing that is said to be frozen; none where nothing is
};

/// The graph of a variant, made now where none is at hand; words of what is no choice of the model are passed over.
/// Null where a choice has no word, or after reporting what the tracer found.
const Graph* find_graph(const Program& program, const Variant& variant);

}  // namespace modelc::ir
