// What is run: a graph as a list of calls over numbered slots, with everything decided that can be before tensors come.
// A plan is a value that stands alone: whoever runs it needs no graph, no module tree and no dimension algebra. It is
// made by make_plan.h, printed by print.h, run by machine.h.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "ops/op.h"
#include "plan/sizes.h"
#include "support/source.h"

namespace modelc::plan {

using support::Span;
using types::DType;
/// Where a value lies while the plan runs. All values of one state share a slot.
using Slot = std::uint32_t;

struct TensorType {
  DType dtype = DType::Float32;
  std::vector<Size> shape;
  std::size_t rank() const { return shape.size(); }
};

struct Attribute;
using AttributeList = std::vector<Attribute>;

/// A static argument: what types::Constant is, its sizes in the plan's registers.
struct Attribute {
  std::variant<std::monostate, bool, Size, double, std::string, DType, AttributeList> value;

  bool is_null() const { return std::holds_alternative<std::monostate>(value); }
  bool is_bool() const { return std::holds_alternative<bool>(value); }
  bool is_size() const { return std::holds_alternative<Size>(value); }
  bool is_int() const { return is_size() && std::get<Size>(value).is_constant(); }
  bool is_float() const { return std::holds_alternative<double>(value); }
  bool is_string() const { return std::holds_alternative<std::string>(value); }
  bool is_dtype() const { return std::holds_alternative<DType>(value); }
  bool is_list() const { return std::holds_alternative<AttributeList>(value); }
  bool as_bool() const { return std::get<bool>(value); }
  Size as_size() const { return std::get<Size>(value); }
  /// Throws std::logic_error for a size that is known only when inputs have come.
  std::int64_t as_int() const;
  /// A float or a known integer.
  double as_double() const { return is_float() ? std::get<double>(value) : static_cast<double>(as_int()); }
  const std::string& as_string() const { return std::get<std::string>(value); }
  DType as_dtype() const { return std::get<DType>(value); }
  const AttributeList& as_list() const { return std::get<AttributeList>(value); }
  bool operator==(const Attribute&) const = default;
};

/// What stands in one place of a call or a result: nothing, a slot, several, or a static value.
struct Argument {
  enum Kind { Absent, Slot, List, Static } kind = Absent;
  plan::Slot slot = kNone;
  std::vector<Argument> list;
  Attribute attribute;
};

/// `visit(slot)` for each slot in an argument.
template <class Visit>
void for_each_slot(const Argument& argument, Visit&& visit) {
  if (argument.kind == Argument::Slot) visit(argument.slot);
  for (const Argument& part : argument.list) for_each_slot(part, visit);
}

struct SlotInfo {
  std::string name;  // of the value in the graph; may be empty
  TensorType type;
};

struct Input {
  std::string name;
  Slot slot = kNone;    // none: nothing reads it
  bool tensor = true;   // false: it is never looked at
  bool needed = false;  // must be given; any other is checked where it is given
  bool target = false;
  TensorType type;
  std::string type_words;  // `float[B, 10]`
  Span span;
};

/// One size of one input: it must be `expected`, or fixes a symbol. In the order in which they are looked at.
struct SizeCheck {
  std::uint32_t input = 0, dimension = 0;
  Size expected;
  std::vector<Register> symbols;  // that it depends on
  Register solves = kNone;        // the symbol that it fixes where nothing before has
  /// The size is factor*symbol + offset; where it is not linear, the value is searched for.
  bool linear = true;
  Size factor = Size::of(1), offset;
};

/// What must hold of the sizes.
struct Condition {
  Size a, b;
  bool equal = false;  // else: a >= b
  std::vector<Register> symbols;
  std::string words;  // `H % 32 == 0`
  Span span;
};

/// A tensor of the module tree.
struct State {
  Slot slot = kNone;
  std::uint32_t module = kNone, index = 0;
  std::string name;  // within its module
  bool written = false;
};

/// A step that fixes a symbol: the size of one of its results.
struct Binding {
  Register symbol = kNone;
  std::uint32_t result = 0, dimension = 0;
};

/// The steps from `first` to `last` run once for each of `length` turns. What the first one gives lies where the last
/// one puts it for the next turn.
struct Loop {
  std::uint32_t first = 0, last = 0;
  Size length;
};

struct Step {
  ops::OpId op = ops::kNoOp;
  std::vector<Argument> arguments;  // one for each of Op::inputs, in its order, defaults filled in
  std::vector<Slot> results;        // those of the operator's rule
  std::vector<Slot> writes;         // states that are changed where they lie
  bool draws = false;               // from the random state
  std::vector<Slot> release;        // what nothing reads afterwards
  std::vector<Binding> binds;
  std::vector<Register> sizes;            // to be computed when the symbols are bound, in order
  std::vector<std::uint32_t> conditions;  // of Plan::conditions, to be checked then
  std::uint32_t node = 0;                 // of the graph
  std::uint32_t loop = kNone;             // of Plan::loops, that it opens or closes
  std::string what, path;  // for messages: the operator by the user's word, and the module path it stands in
  Span span;
};

struct Result {
  std::string name;
  Argument value;
};

struct Plan {
  SizeProgram sizes;
  std::vector<SlotInfo> slots;
  std::vector<Input> inputs;  // all of the graph's, in its order
  std::vector<SizeCheck> checks;
  std::vector<Condition> conditions;
  std::vector<State> states;
  std::vector<Step> steps;
  std::vector<Loop> loops;  // an outer one before those within it
  std::vector<Result> results;
  bool random = false;  // some step draws
};

/// `Linear at classifier`.
std::string place_of(const Step& step);

}  // namespace modelc::plan
