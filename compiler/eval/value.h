// What an expression evaluates to: static values; run-time tensors, instances of modules and definitions of modules
// that are not yet instances, which stand here as handles that only the rooms above can open.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/source.h"
#include "types/constant.h"
#include "types/type.h"

namespace modelc::instantiate {
struct Definition;
}

namespace modelc::eval {

using support::Span;
using types::Dim;
using types::TensorType;
using types::Type;
using InstanceId = std::uint32_t;
using TensorId = std::uint32_t;  // a value of the graph that is being traced
inline constexpr std::uint32_t kNothing = 0xFFFFFFFF;

struct ListValue;
using DefinitionPtr = std::shared_ptr<const instantiate::Definition>;

struct Value {
  enum Kind { Poison, Null, Bool, Int, Float, String, DType, Ellipsis, List, Tensor, Module, Def, Function, Choice };
  Kind kind = Poison;
  bool boolean = false;
  Dim dim;
  double number = 0;
  std::string text;  // String; Function: its name; Choice: the word this graph is for; Def: the name of its type
  types::DType dtype = types::DType::Float32;
  std::shared_ptr<const ListValue> list;
  TensorId tensor = kNothing;
  InstanceId instance = 0;
  DefinitionPtr definition;  // Def; of a function of `define`: the name, and the level that it stands in
  Span span;                 // where it was written, for messages

  static Value poison() { return {}; }
  static Value null();
  static Value of(bool v);
  static Value of(Dim v);
  static Value of(double v);
  static Value of(std::string v);
  static Value of(types::DType v);
  static Value of_tensor(TensorId id);
  static Value of_module(InstanceId id);
  static Value of_definition(DefinitionPtr definition, std::string type_name);
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
using Arguments = std::vector<GivenArgument>;

}  // namespace modelc::eval
