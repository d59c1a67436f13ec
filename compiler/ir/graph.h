// One forward pass in static single assignment form, saying all that it reads and writes: parameters, buffers and the
// random state are values beside inputs and results, and a node that changes one of them gives its new value as a
// further result. Ids, no pointers. What makes and changes graphs is in builder.h, what uses a value in uses.h.
//
// State has one line of values: a buffer's first value is of kind Buffer, each later one is the result of the node that
// wrote it, and names its predecessor in ValueInfo::updates. Nothing reads a value after the node that replaces it.
// What no requested output needs is not run: a node that only its new states would keep alive is dropped, and who reads
// such a state reads the one before it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/ids.h"
#include "ir/module_tree.h"
#include "support/boxed.h"
#include "types/conditions.h"

namespace modelc::ir {

/// What stands in one place of a call or an output: nothing, a value, several, or, in outputs alone, a constant.
struct Operand {
  enum Kind { None, Value, List, Static } kind = None;
  ValueId value = kNone;

  static Operand of(ValueId v);
  static Operand of(Constant c);
  static Operand of(std::vector<Operand> l);
  const std::vector<Operand>& list() const;
  const Constant& constant() const;
  /// To be changed; null where there is none.
  std::vector<Operand>* made_list();
  bool operator==(const Operand&) const = default;

 private:
  struct Rest;
  support::Boxed<Rest> rest_;  // of all but values, and those are many
};

struct Operand::Rest {
  std::vector<Operand> list;
  Constant constant;
  bool operator==(const Rest&) const = default;
};

inline Operand Operand::of(ValueId v) {
  Operand o;
  o.kind = Value;
  o.value = v;
  return o;
}
inline Operand Operand::of(Constant c) {
  Operand o;
  if (c.is_null()) return o;
  o.kind = Static;
  o.rest_.make().constant = std::move(c);
  return o;
}
inline Operand Operand::of(std::vector<Operand> l) {
  Operand o;
  o.kind = List;
  o.rest_.make().list = std::move(l);
  return o;
}
inline const std::vector<Operand>& Operand::list() const { return rest_.get().list; }
inline const Constant& Operand::constant() const { return rest_.get().constant; }
inline std::vector<Operand>* Operand::made_list() { return rest_.made() ? &rest_.made()->list : nullptr; }

/// `visit(value)` for each value in an operand.
template <class Visit>
void for_each_value(const Operand& operand, Visit&& visit) {
  if (operand.kind == Operand::Value) visit(operand.value);
  if (operand.kind != Operand::List) return;
  for (const Operand& part : operand.list()) for_each_value(part, visit);
}
/// The ids may be changed.
template <class Visit>
void for_each_value(Operand& operand, Visit&& visit) {
  if (operand.kind == Operand::Value) visit(operand.value);
  if (operand.kind != Operand::List) return;
  for (Operand& part : *operand.made_list()) for_each_value(part, visit);
}

enum class ValueKind { Input, Parameter, Buffer, Random, Result };

struct ValueInfo {
  ValueKind kind = ValueKind::Result;
  Type type;         // a tensor type; none for a random state
  std::string name;  // for printing: a binding's, an input's name; may be empty
  std::uint32_t source =
      kNone;                // Input: index into Graph::inputs; Parameter, Buffer: ModuleId; Result: index of the node
  std::uint32_t index = 0;  // Parameter, Buffer: index into Module::tensors; Result: which result
  ValueId updates = kNone;  // Result: the state whose new value it is
  Span span;

  bool is_tensor_of_tree() const { return kind == ValueKind::Parameter || kind == ValueKind::Buffer; }
};

/// A call of an operator. `operands` and `attributes` have one entry for each of Op::inputs, in its order, defaults
/// filled in: what is known at run time stands in the one, what is known now in the other. Of a list with both
/// (an index) each has the items that are its own, at their places. One operand more, the last, is the random state of
/// a node that draws.
struct Node {
  ops::OpId op = ops::kNoOp;
  std::vector<Operand> operands;
  std::vector<Constant> attributes;
  std::vector<ValueId> results;  // those of the operator's rule, then new states
  ModuleId module = kNone;       // the module whose call it is: for messages and costs only
  std::string path;              // the module path the call stands in, for messages
  Span span;
};

/// One tensor fed from outside. An input that is a tuple or list stands as several: `state.0`, `state.1`.
struct Input {
  std::string name;
  Type type;
  ValueId value = kNone;
  bool target = false;
  Span span;
};

/// Inputs that the training itself gives, of one number each: the step, from 1, and the epoch, from 0.
inline constexpr std::string_view kStepInput = "train.step", kEpochInput = "train.epoch";
inline bool is_counter(const Input& input) { return input.name == kStepInput || input.name == kEpochInput; }

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

/// A state and the value it has at the end.
struct StateUpdate {
  ValueId state = kNone, value = kNone;
  bool operator==(const StateUpdate&) const = default;
};

/// Which graph of a model: in a mode, with some of the optional inputs given (sorted), for a word of each choice.
struct Variant {
  bool training = false;
  std::vector<std::string> given;
  std::map<std::string, std::string> choices;  // by choice input
  bool generates = false;                      // puts out what `predict.generate` appends, and nothing else
  bool operator==(const Variant&) const = default;
};

struct Graph : Variant {
  const Variant& variant() const { return *this; }
  std::vector<Input> inputs;
  std::vector<ValueInfo> values;
  std::vector<Node> nodes;  // in order of evaluation
  std::vector<Output> outputs;
  std::vector<Output> losses;  // terms; the loss is their sum
  std::vector<Metric> metrics;
  std::vector<StateUpdate> updates;  // of the states that change; made by tidy()
  types::Conditions conditions;
};

inline const ops::Op& op_of(const Node& node) { return ops::Catalogue::get().op(node.op); }
/// The operand or attribute of a parameter; null where the operator has none of that name.
const Operand* operand_of(const Node& node, std::string_view parameter);
const Constant* attribute_of(const Node& node, std::string_view parameter);
/// The random state that a node takes; kNone for one that draws nothing.
ValueId random_of(const Node& node);
/// How many results are those of the operator's rule; the rest are new states.
std::size_t own_results(const Graph& graph, const Node& node);

/// Symbols of sizes that data decide, in the order in which nodes give them (ops::Trait::MeasuresSize).
std::vector<types::SymbolId> measured_symbols(const Graph& graph);

/// `visit(operand)` for all that is asked of a graph: outputs, losses, metrics.
template <class G, class Visit>
void for_each_root(G& graph, Visit&& visit) {
  for (auto& output : graph.outputs) visit(output.value);
  for (auto& loss : graph.losses) visit(loss.value);
  for (auto& metric : graph.metrics)
    for (auto& operand : metric.operands) visit(operand);
}

}  // namespace modelc::ir
