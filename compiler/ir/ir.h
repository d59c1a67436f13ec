// The typed intermediate representation: one module tree, and a graph (SSA) for each mode, set of optional inputs and
// choice that is used. Ids, no pointers; values, no names to look up. docs/architecture.md shows its text form.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "catalogue/ids.h"
#include "ir/weights.h"
#include "ops/op.h"
#include "types/conditions.h"
#include "types/constant.h"

namespace modelc::ir {

using support::Span;
using types::Constant;
using types::TensorType;
using types::Type;
using ModuleId = std::uint32_t;
using ValueId = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

/// A parameter or buffer of a module.
struct Tensor {
  std::string name;  // within its module; the state_dict key is path + "." + name
  TensorType type;   // all sizes are integers
  ops::Init init;
  /// A declared tensor's initial value as an expression graph (Init::Expression): index into Program::initial_graphs.
  std::uint32_t init_graph = kNone;
  bool buffer = false;
  bool saved = true;  // false: in no state_dict
  bool trainable = true;
  bool implied_new = false;  // put there by `replace`, so a weight file may lack it
  std::string tied_to;       // full key of the tensor it shares
  Span span;
};

enum class ModuleKind { Operator, Component, Sequential, List, Dict };

struct Module {
  std::string name;  // within its parent; empty for the root
  std::string path;  // "stream1.linear"; empty for the root
  std::string type;  // "Linear", "BasicBlock", "Sequential"
  ModuleKind kind = ModuleKind::Component;
  ModuleId parent = kNone;
  std::vector<ModuleId> children;                      // in order
  std::vector<Tensor> tensors;                         // in order
  std::vector<std::pair<std::string, Constant>> args;  // Operator: every constructor argument, inferred ones included
  Type output;                                         // of its first call
  types::Dim flops = 0;                                // of its own calls in one evaluation
  bool frozen = false;                                 // normalisation: statistics do not move
  bool called = false;
  std::vector<ops::Init> custom_inits;
  Span span;
};

struct ModuleTree {
  std::vector<Module> modules;  // [0] is the root; a parent stands before its children
  const Module* find(std::string_view path) const;
};

/// An argument of a node: nothing (null), a value, several, or a static constant.
struct Operand {
  enum Kind { None, Value, List, Static } kind = None;
  ValueId value = kNone;
  std::vector<Operand> list;
  Constant constant;

  static Operand of(ValueId v) {
    Operand o;
    o.kind = Value;
    o.value = v;
    return o;
  }
  static Operand of(Constant c) {
    Operand o;
    o.kind = c.is_null() ? None : Static;
    o.constant = std::move(c);
    return o;
  }
  static Operand of(std::vector<Operand> l) {
    Operand o;
    o.kind = List;
    o.list = std::move(l);
    return o;
  }
};

enum class ValueKind { Input, Tensor, Result };

struct ValueInfo {
  ValueKind kind = ValueKind::Result;
  Type type;                     // always a tensor type in a verified graph
  std::string name;              // for printing: a binding's, an input's name; may be empty
  std::uint32_t source = kNone;  // Input: index into Graph::inputs; Tensor: ModuleId; Result: index of the node
  std::uint32_t index = 0;       // Tensor: index into Module::tensors; Result: which result
  Span span;
};

struct Node {
  std::string op;                 // the operator's name in the catalogue
  ModuleId module = kNone;        // module operators: whose parameters and arguments
  std::vector<Operand> operands;  // one per parameter of Op::inputs, in its order; defaults filled in
  bool training = false;
  std::vector<ValueId> results;
  Span span;
  std::string path;  // the module path the call stands in, for messages
};

/// One tensor fed from outside. An input that is a tuple or list stands as several: `state.0`, `state.1`.
struct Input {
  std::string name;
  Type type;
  ValueId value = kNone;
  bool target = false;
  Span span;
};

/// A named result; nested operands for tuples, lists and records.
struct Output {
  std::string name;
  Operand value;
  Type type;
  Span span;
};

struct Metric {
  std::string name;
  catalogue::MetricId kind = catalogue::MetricId::Mean;  // Mean: the average of an expression over the rows
  std::vector<Operand> operands;
  /// Every argument that is no tensor, defaults filled in, and `class_dim`: the dimension of the prediction that holds
  /// a score for each class, null where prediction and target have one shape.
  std::vector<std::pair<std::string, Constant>> args;
  Span span;
};

struct Graph {
  bool training = false;
  std::vector<std::string> given;              // optional inputs that are given, sorted
  std::map<std::string, std::string> choices;  // choice inputs and the word this graph is for
  std::vector<Input> inputs;
  std::vector<ValueInfo> values;
  std::vector<Node> nodes;  // in order of evaluation
  std::vector<Output> outputs;
  std::vector<Output> losses;  // terms; the loss is their sum
  std::vector<Metric> metrics;
  types::Conditions conditions;
};

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

/// The graph as text, deterministic: one node per line.
std::string print(const Program& program);
std::string print(const ModuleTree& tree);
std::string print(const Graph& graph, const ModuleTree& tree);
std::string print(const ops::Init& init);

/// What is broken, or empty: every operand defined before use, types present, ids in range, parents before children.
std::vector<std::string> verify(const Program& program);

}  // namespace modelc::ir
