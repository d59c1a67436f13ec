// What an expression evaluates to: static values, run-time tensors (ids of the graph being built), module instances,
// and definitions of modules that are not yet instances.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ast/description.h"
#include "ir/ir.h"

namespace modelc::elaborate {

using support::Span;
using types::Dim;
using types::TensorType;
using types::Type;
using InstanceId = std::uint32_t;

struct ListValue;
struct Definition;
using DefinitionPtr = std::shared_ptr<const Definition>;

struct Value {
  enum Kind { Poison, Null, Bool, Int, Float, String, DType, Ellipsis, List, Tensor, Module, Def, Function, Choice };
  Kind kind = Poison;
  bool boolean = false;
  Dim dim;
  double number = 0;
  std::string text;  // String; Function: its name; Choice: the word this graph is for
  types::DType dtype = types::DType::Float32;
  std::shared_ptr<const ListValue> list;
  ir::ValueId tensor = ir::kNone;
  InstanceId instance = 0;
  DefinitionPtr definition;
  Span span;  // where it was written, for messages

  static Value poison() { return {}; }
  static Value null();
  static Value of(bool v);
  static Value of(Dim v);
  static Value of(double v);
  static Value of(std::string v);
  static Value of(types::DType v);
  static Value of_tensor(ir::ValueId id);
  static Value of_module(InstanceId id);
  static Value of(DefinitionPtr d);
  static Value of_list(std::vector<Value> items, bool tuple = false, std::vector<std::string> names = {});
  static Value function(std::string name);

  bool is_poison() const { return kind == Poison; }
  bool is_null() const { return kind == Null; }
  bool is_number() const { return kind == Int || kind == Float || kind == Bool; }
  bool is_static() const;  // no tensor, no module in it
  bool is_int() const { return kind == Int && dim.is_constant(); }
  /// Number of a constant Int, Float or Bool.
  double as_double() const;
  /// In words for a message: "the integer 3", "a tensor", "a list".
  std::string describe() const;
  /// As written in the language, for static values.
  std::string str() const;
};

struct ListValue {
  std::vector<Value> items;
  std::vector<std::string> names;  // a record: one per item
  bool tuple = false;
  // Of all that is in it, lists within lists written out: shared parts multiply without taking memory.
  std::size_t weight = 1;
  std::size_t depth = 1;
  bool is_static = true;
};

/// A static value as an operator's constant; nullopt for tensors, modules and definitions.
std::optional<types::Constant> to_constant(const Value& value);
Value from_constant(const types::Constant& constant);

/// An argument as given: evaluated, with its place.
struct GivenArgument {
  std::string name;  // empty: positional
  Value value;
  Span span;
  Span name_span;
};

struct Level;
using LevelPtr = std::shared_ptr<Level>;

/// Loop variables in force: a persistent list, innermost first.
struct LoopScope;
using Loops = std::shared_ptr<const LoopScope>;
struct LoopScope {
  std::string name;
  Value value;
  Loops outer;
};

/// Where the weights, freeze, init and tie of a component that was taken apart come from: `cnn.features`.
struct PartOf {
  std::shared_ptr<const ast::Component> whole;
  std::string path;  // of the part within it: "features"
};

/// A module that is described but not there yet.
struct Definition {
  enum Kind { Operator, Component, Sequential, List, Dict } kind = Operator;
  Span span;
  const ops::Op* op = nullptr;
  std::shared_ptr<const ast::Component> component;
  std::string variant;    // Component: an imported document's
  std::string type_name;  // for summaries
  LevelPtr closure;       // Component: the level it was declared in; null for a document
  Loops loops;            // the loop variables around its declaration
  std::vector<GivenArgument> arguments;
  std::vector<std::pair<std::string, DefinitionPtr>> items;
  std::vector<Span> item_spans;
  std::vector<PartOf> parts_of;
  bool incomplete = false;  // items are missing for a fault already reported
  bool from_edit = false;   // put there by `replace`
  /// A module parameter's signature, checked at its calls, and the level whose symbols it binds.
  ast::TypePtr signature;
};

}  // namespace modelc::elaborate
