// What evaluation asks of the rooms above: what names mean, what a call does, what a run-time operation makes. With it
// expressions are evaluated without knowing of graphs or module trees (tests/unit/eval has an environment of its own).
#pragma once

#include <optional>

#include "ast/expr.h"
#include "eval/budget.h"
#include "eval/scope.h"
#include "types/conditions.h"

namespace modelc::eval {

using diagnostics::Sink;

/// What a module or the definition of one consists of.
struct Parts {
  bool known = true;       // false: parts are missing for a fault already reported
  bool container = false;  // a list, a dict or a sequence, whose parts are its elements
  bool broken = false;
  std::size_t count = 0;
};

class Environment {
 public:
  Environment(Sink& where_faults_go, bool& all_is_there, Budget& to_spend, types::Conditions* known)
      : sink(where_faults_go), whole(all_is_there), budget(to_spend), conditions(known) {}
  Environment(const Environment&) = default;
  virtual ~Environment() = default;

  Sink& sink;
  /// Of what is made with the values: false once one of them is poison, a part is missing or a check has failed.
  bool& whole;
  Budget& budget;
  types::Conditions* conditions;  // what is known of sizes; null where symbols are only names

  /// Reports a failed check, which no value tells of.
  template <diagnostics::TypedRow R, class... Args>
  diagnostics::Report fault(Span span, const R& row, Args&&... args) {
    whole = false;
    return sink.report(span, row, std::forward<Args>(args)...);
  }

  virtual Value name(const std::string& name, Span span, const Scope& scope) = 0;
  /// `outputs.x`, `modules["x"]`; nullopt: the expression is no such.
  virtual std::optional<Value> qualified(const ast::Expr& expr, const Scope& scope) = 0;
  virtual Value call(const ast::Expr& call, const Scope& scope) = 0;
  virtual Value call_value(const Value& callee, Arguments args, Span span, const Scope& scope) = 0;
  virtual Value pipe(const ast::Expr& pipe, const Scope& scope) = 0;
  /// `definition@variant`, perhaps with arguments.
  virtual Value variant(const Value& definition, const ast::Expr& variant, Span span, const Scope& scope) = 0;
  /// A scalar of the long form of a call, which the declared type of its parameter reads.
  virtual Value long_form(const ast::Expr& call, const ast::Argument& argument, const Scope& scope) = 0;

  /// The member of a module or a definition.
  virtual Value member_of(const Value& module, const std::string& name, Span span, const Scope& scope) = 0;
  virtual Parts parts_of(const Value& module) const = 0;
  /// The part at a position below the count.
  virtual Value part(const Value& module, std::size_t position) const = 0;

  /// A run-time operation by its name in the catalogue.
  virtual Value operate(std::string_view function, Arguments args, Span span) = 0;
  virtual bool has_function(std::string_view name) const = 0;
  /// A step that is called for each position of a dimension of tensors.
  virtual Value scan(Arguments args, Span span, const Scope& scope) = 0;
  virtual Type type_of(const Value& value) const = 0;

  /// Names of the scope's level are missing for a fault already reported.
  virtual void mark_incomplete(const Scope& scope) = 0;
};

}  // namespace modelc::eval
