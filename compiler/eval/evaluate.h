// Expressions to values (LANGUAGE §3). What is wrong is reported and gives poison, which stays quiet afterwards.
#pragma once

#include <functional>

#include "ast/description.h"
#include "eval/environment.h"

namespace modelc::eval {

Value evaluate(Environment& env, const ast::ExprPtr& expr, const Scope& scope);
/// A condition that must be decidable; nullopt after reporting (or if poisoned).
std::optional<bool> decide(Environment& env, const ast::ExprPtr& expr, const Scope& scope);
std::optional<bool> truth(Environment& env, const Value& value, Span span);
/// A string with what stands in its `${…}`; nullopt after reporting.
std::optional<std::string> text_of(Environment& env, const ast::ExprPtr& pattern, const Scope& scope,
                                   bool in_dict_index = false);
std::string name_text(Environment& env, const ast::Name& name, const Scope& scope);
/// The arguments of a call, spread ones in their places; nullopt after reporting.
std::optional<Arguments> evaluate_arguments(Environment& env, const ast::Expr& call, const Scope& scope);

/// The same with the faulty ones among them, by which the others may still be judged.
struct Evaluated {
  Arguments arguments;
  bool complete = true;  // none is left out for a fault that was reported
  bool sound = true;     // none is faulty
};
Evaluated evaluate_all_arguments(Environment& env, const ast::Expr& call, const Scope& scope);
/// The loop variables up to those of `outer`, in words: "in the turn `i = 2`"; of values that are not static, the turn.
std::string turn_words(const Loops& loops, const Loops& outer, std::size_t turn = 0);
/// Told how many elements were due and how many there are.
using WrongCount = std::function<void(std::size_t due, std::size_t found)>;
/// The values of the names that take `value` apart, in their order; nullopt after reporting, with `wrong_count` where
/// a part has another number of elements than names.
std::optional<std::vector<Value>> take_apart(Environment& env, const ast::Nesting& nesting, const Value& value,
                                             Span span, const std::string& what, const WrongCount& wrong_count);
/// The loop variables of one turn of a `for` over what stands at `rows` bound to `row`; nullopt after reporting, a row
/// of the wrong length at `unequal`.
std::optional<Scope> bind_loop(Environment& env, const ast::LoopVariables& variables, const Value& row, Span rows,
                               Span unequal, const Scope& scope);

}  // namespace modelc::eval
