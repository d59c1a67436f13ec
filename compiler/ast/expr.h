// Expressions and types of the language as written (LANGUAGE §3, §5): immutable trees, every node with its place in the
// file. Made by compiler/syntax/expression; evaluated by compiler/elaborate.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/operator.h"
#include "support/source.h"

namespace modelc::diagnostics {
struct Diagnostic;
}

namespace modelc::ast {

using support::Span;

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

enum class ExprKind {
  Int,     // `int_value`
  Float,   // `float_value`
  String,  // `text`, decoded; with `${…}` inside: `parts` (see below), `text` as written
  Bool,    // `bool_value`
  Null,
  Name,           // `text`
  Ellipsis,       // `...` as an index or a dimension
  List,           // `children`
  Tuple,          // `children` (a parenthesised expression alone is no tuple)
  Comprehension,  // children: [element, iterable] or [element, iterable, condition]; `variables`: of the loop
  Call,           // children[0] the callee, `args`
  Member,         // children[0], `text` the member, digits allowed (`layer4.1`)
  Index,          // children[0], then one child per index (each perhaps a Slice or Ellipsis); `x[]` has none
  Slice,          // children: start, stop, step, each perhaps nullptr
  Unary,          // `op`, children[0]
  Binary,         // `op`, children: left, right
  Compare,        // `operators`, all comparisons; children: one more than operators
  Conditional,    // children: value, condition, otherwise (`a if c else b`)
  Pipe,           // children: left, right (`a -> f(y)`); left-associative
  Raw,            // a scalar whose declared type decides what it is (§3): `text` as written without its YAML quotes,
        // `quoted` whether YAML quoted it, children[0] its expression, or nullptr and `fault` says why there is none
  Spread,  // `*list` among the items of a List or Tuple, or as the element of a Comprehension: children[0]
  Hole,    // what could not be read, which was reported: evaluates to nothing, silently, so that its name still holds
};

/// How names on the left take a value apart: one without parts takes it whole, else there is one part for each of its
/// elements. The names stand beside it, in the order in which they are written.
struct Nesting {
  std::vector<Nesting> parts;
  bool whole() const { return parts.empty(); }
};

/// A variable of a loop.
struct Variable {
  std::string text;
  Span span;
};

/// `k, (a, b)` of `for k, (a, b) in rows`.
struct LoopVariables {
  std::vector<Variable> names;
  Nesting nesting;
};

/// A `for` or one branch of an `if` around an entry of a list that is kept flat. A `for`: `variables` and `iterable`;
/// else `condition` must come out as `expected` (earlier branches of an `if` stand before with `expected` false).
struct Guard {
  LoopVariables variables;
  ExprPtr iterable;
  ExprPtr condition;
  bool expected = true;
};

struct Argument {
  std::string name;  // empty: positional
  Span name_span;
  ExprPtr value;
  bool spread = false;             // `*list`
  ExprPtr inserted = nullptr;      // the name as a String with parts, where it holds `${…}` (long form)
  std::vector<Guard> guards = {};  // outermost first (long form)
};

struct Expr {
  ExprKind kind = ExprKind::Null;
  Span span;
  std::string text;
  std::int64_t int_value = 0;
  double float_value = 0;
  bool bool_value = false;
  bool quoted = false;
  Span name_span;  // Member: the member's own name; Call and Binary: the operator or callee's end
  std::vector<ExprPtr> children;
  std::vector<Argument> args;       // Call
  LoopVariables variables;          // Comprehension
  Operator op = Operator::Add;      // Unary, Binary
  std::vector<Operator> operators;  // Compare
  /// String with `${…}`: literal pieces (expression null) and inserted expressions (text empty), in order.
  std::vector<std::pair<std::string, ExprPtr>> parts;
  std::shared_ptr<const diagnostics::Diagnostic> fault;  // Raw: reported where an expression is due
};

/// The names that the language keeps for itself: whether the graph is one of training, and what is not kept.
inline constexpr std::string_view kTraining = "training", kUnkept = "_";

/// Stands for an expression that could not be read.
ExprPtr hole(Span span);

struct TypeExpr;
using TypePtr = std::shared_ptr<const TypeExpr>;

enum class TypeKind {
  Tensor,     // `word` the dtype, `dims`
  Scalar,     // `word`: int float bool str; perhaps a range `low..high` (either side may be missing)
  Choice,     // `words`
  List,       // `parts[0]`, or none: anything
  Tuple,      // `parts`
  Signature,  // `parts` the inputs, `result`
  Module,
  Any,
};

enum class ScalarKind { Int, Float, Bool, Str };

struct TypeExpr {
  TypeKind kind = TypeKind::Any;
  Span span;
  std::string word;
  ScalarKind scalar = ScalarKind::Int;  // Scalar
  std::vector<ExprPtr> dims;            // an Ellipsis expression for `...`
  std::vector<TypePtr> parts;
  std::vector<std::pair<std::string, Span>> words;
  ExprPtr low, high;
  TypePtr result;
  bool optional = false;  // `T?`
};

/// A scalar of this type is the text itself: a word of a choice, a string.
bool takes_text(const TypeExpr& type);

/// `name: TYPE`, `name: TYPE = VALUE` or `name: VALUE` (§4): what stands after the colon.
struct Declared {
  TypePtr type;   // may be null
  ExprPtr value;  // may be null
  /// The value's text as written and its place, for declared types under which the scalar is the text itself.
  std::string value_text;
  Span value_span;
  bool quoted = false;
  /// What `value` was before a file that extends this one, a variant or the command line gave another: without `type`,
  /// the type follows from it.
  ExprPtr original;
};

}  // namespace modelc::ast
