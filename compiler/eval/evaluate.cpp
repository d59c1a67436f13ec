#include "eval/evaluate.h"

#include <fmt/format.h>

#include "ast/raw.h"
#include "eval/access.h"
#include "eval/operators.h"
#include "support/counted.h"

namespace modelc::eval {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;

Value evaluate(Environment& env, const ExprPtr& pointer, const Scope& scope) {
  if (!pointer || env.budget.exhausted) return Value::poison();
  const Expr& e = *pointer;
  if (++env.budget.steps > kStepLimit) {
    env.budget.exhausted = true;
    env.sink.report(e.span, diag::TooManyUnrolled, kStepLimit)
        .help("a function or component that calls itself twice doubles its work at every level");
    return Value::poison();
  }
  const Deeper deeper(env.budget.expression_depth);
  if (env.budget.expression_depth > kExpressionDepthLimit) {
    report_runaway(env.budget, env.sink, e.span, kExpressionDepthLimit, "expressions within expressions");
    return Value::poison();
  }
  Value result = Value::poison();
  switch (e.kind) {
    case ExprKind::Int:
      result = Value::of(Dim(e.int_value));
      if (result.is_poison()) env.sink.report(e.span, diag::IntegerOverflow, e.int_value);
      break;
    case ExprKind::Float:
      result = Value::of(e.float_value);
      break;
    case ExprKind::Bool:
      result = Value::of(e.bool_value);
      break;
    case ExprKind::Null:
      result = Value::null();
      break;
    case ExprKind::Ellipsis:
      result.kind = Value::Ellipsis;
      break;
    case ExprKind::String: {
      if (e.parts.empty()) {
        result = Value::of(e.text);
      } else if (auto text = text_of(env, pointer, scope)) {
        result = Value::of(std::move(*text));
      }
      break;
    }
    case ExprKind::Name:
      result = env.name(e.text, e.span, scope);
      break;
    case ExprKind::List:
    case ExprKind::Tuple: {
      std::vector<Value> items;
      bool poisoned = false;
      for (const ExprPtr& child : e.children) {
        items.push_back(evaluate(env, child, scope));
        poisoned |= items.back().is_poison();
      }
      if (!poisoned) result = Value::of_list(std::move(items), e.kind == ExprKind::Tuple);
      break;
    }
    case ExprKind::Comprehension: {
      const Value iterable = evaluate(env, e.children.at(1), scope);
      const auto rows = elements(env, iterable, e.children[1]->span, "a comprehension");
      if (!rows) break;
      std::vector<Value> items;
      bool poisoned = false;
      std::size_t turn = 0;
      for (const Value& row : *rows) {
        const auto inner = bind_loop(env, texts(e.variables), row, e.children[1]->span, e.children[1]->span, scope);
        if (!inner) return Value::poison();
        ++turn;
        const diagnostics::Step step(env.sink, e.children[1]->span,
                                     [&] { return turn_words(inner->loops, scope.loops, turn); });
        if (e.children.size() > 2) {
          const auto keep = decide(env, e.children[2], *inner);
          if (!keep) return Value::poison();
          if (!*keep) continue;
        }
        if (++env.budget.unrolled > kUnrollLimit) {
          env.sink.report(e.span, diag::TooManyUnrolled, kUnrollLimit);
          return Value::poison();
        }
        items.push_back(evaluate(env, e.children[0], *inner));
        poisoned |= items.back().is_poison();
      }
      if (!poisoned) result = Value::of_list(std::move(items));
      break;
    }
    case ExprKind::Call:
      result = env.call(e, scope);
      break;
    case ExprKind::Pipe:
      result = env.pipe(e, scope);
      break;
    case ExprKind::Member:
      if (auto found = env.qualified(e, scope)) return std::move(*found);
      result = member(env, evaluate(env, e.children[0], scope), e.text, e.span, e.name_span, scope);
      break;
    case ExprKind::Index:
      if (auto found = env.qualified(e, scope)) return std::move(*found);
      result =
          index(env, evaluate(env, e.children[0], scope), {e.children.begin() + 1, e.children.end()}, e.span, scope);
      break;
    case ExprKind::Hole:
    case ExprKind::Slice:  // has no value outside an index
      result = Value::poison();
      break;
    case ExprKind::Unary:
      result = unary(env, e.op, evaluate(env, e.children[0], scope), e.span);
      break;
    case ExprKind::Binary: {
      if (e.op == ast::Operator::And || e.op == ast::Operator::Or) {
        // As in Python, the result is the operand that decided.
        const Value left = evaluate(env, e.children[0], scope);
        const auto holds = truth(env, left, e.children[0]->span);
        if (!holds) break;
        if (*holds == (e.op == ast::Operator::Or)) {
          result = left;
          break;
        }
        result = evaluate(env, e.children[1], scope);
        if (!result.is_static() && !truth(env, result, e.children[1]->span)) result = Value::poison();
        break;
      }
      if (e.op == ast::Operator::MatMul) {
        const Value left = evaluate(env, e.children[0], scope);
        if (left.kind == Value::Def) {
          result = env.variant(left, *e.children[1], e.span, scope);
          break;
        }
        result = binary(env, e.op, left, evaluate(env, e.children[1], scope), e.span);
        break;
      }
      const Value left = evaluate(env, e.children[0], scope);
      const Value right = evaluate(env, e.children[1], scope);
      result = binary(env, e.op, left, right, e.span);
      break;
    }
    case ExprKind::Compare: {
      std::vector<Value> operands;
      for (const ExprPtr& child : e.children) operands.push_back(evaluate(env, child, scope));
      result = Value::poison();
      for (std::size_t i = 0; i < e.operators.size(); ++i) {
        Value one = compare(env, e.operators[i], operands[i], operands[i + 1], e.span);
        if (one.is_poison()) return one;
        if (one.kind == Value::Tensor && e.operators.size() > 1) {
          env.sink.report(e.span, diag::ChainedTensorComparison).help("write `(a < b) & (b < c)`");
          return Value::poison();
        }
        result = one;
        if (one.kind == Value::Bool && !one.boolean) break;
      }
      break;
    }
    case ExprKind::Conditional: {
      const auto condition = decide(env, e.children[1], scope);
      if (condition) return evaluate(env, e.children[*condition ? 0 : 2], scope);
      break;
    }
    case ExprKind::Raw: {
      if (e.quoted) {  // no declared type stands behind it here
        result = Value::of(e.text);
      } else {
        return evaluate(env, ast::expression_in(pointer, env.sink), scope);
      }
      break;
    }
  }
  if (result.kind == Value::List && (result.list->weight > kUnrollLimit * 20 || result.list->depth > 64)) {
    if (result.list->depth > 64) env.sink.report(e.span, diag::NestedTooDeep, 64, "lists within lists");
    else env.sink.report(e.span, diag::TooManyUnrolled, kUnrollLimit * 20);
    return Value::poison();
  }
  if (!result.span.valid()) result.span = e.span;
  return result;
}

std::optional<bool> truth(Environment& env, const Value& value, Span span) {
  switch (value.kind) {
    case Value::Poison:
      return std::nullopt;
    case Value::Null:
      return false;
    case Value::Bool:
      return value.boolean;
    case Value::Float:
      return value.number != 0;
    case Value::String:
      return !value.text.empty();
    case Value::List:
      return !value.list->items.empty();
    case Value::Int: {
      if (value.dim.is_constant()) return value.dim.constant() != 0;
      if (env.conditions && env.conditions->at_least(value.dim, 1)) return true;
      env.sink.report(span, diag::CannotDecide, value.dim.str());
      return std::nullopt;
    }
    case Value::Tensor:
      env.sink.report(span, diag::TensorCondition)
          .help("use `where(condition, a, b)`, which chooses element by element");
      return std::nullopt;
    case Value::Choice:
      env.sink.report(span, diag::ChoiceCondition).help("index a `dict` of modules with it: `heads[\"${kind}\"](x)`");
      return std::nullopt;
    default:
      env.sink.report(span, diag::NotACondition, value.describe());
      return std::nullopt;
  }
}

std::optional<bool> decide(Environment& env, const ExprPtr& expr, const Scope& scope) {
  if (!expr) return std::nullopt;
  return truth(env, evaluate(env, expr, scope), expr->span);
}

std::optional<std::string> text_of(Environment& env, const ExprPtr& pattern, const Scope& scope, bool in_dict_index) {
  if (!pattern) return std::nullopt;
  if (pattern->kind != ExprKind::String) {
    const Value v = evaluate(env, pattern, scope);
    if (v.kind == Value::String || (in_dict_index && v.kind == Value::Choice)) return v.text;
    if (v.is_int() && in_dict_index) return v.dim.str();
    if (!v.is_poison()) env.sink.report(pattern->span, diag::NotAString, v.describe());
    return std::nullopt;
  }
  if (pattern->parts.empty()) return pattern->text;
  std::string text;
  for (const auto& [literal, inserted] : pattern->parts) {
    if (!inserted) {
      text += literal;
      continue;
    }
    const Value v = evaluate(env, inserted, scope);
    if (v.is_poison()) return std::nullopt;
    if (v.kind == Value::Choice && in_dict_index) {
      text += v.text;
    } else if (v.is_static() && v.kind != Value::Def && v.kind != Value::List) {
      text += v.str();
    } else {
      env.sink.report(inserted->span, diag::NotInsertable, v.describe());
      return std::nullopt;
    }
  }
  return text;
}

std::string name_text(Environment& env, const ast::Name& name, const Scope& scope) {
  if (!name.pattern) return name.text;
  return text_of(env, name.pattern, scope).value_or(std::string());
}

Evaluated evaluate_all_arguments(Environment& env, const ast::Expr& call, const Scope& scope) {
  Evaluated all;
  Arguments& args = all.arguments;
  std::map<std::string, Span> named;
  for (const ast::Argument& a : call.args) {
    GivenArgument given;
    given.name = a.name;
    given.name_span = a.name_span;
    given.span = a.value ? a.value->span : call.span;
    if (!a.name.empty()) {
      const auto [at, fresh] = named.emplace(a.name, a.name_span);
      if (!fresh) {
        env.sink.report(a.name_span, diag::DuplicateArgument, a.name).note(at->second, "it is given here already");
        all.complete = false;
        continue;
      }
    }
    given.value =
        a.value && a.value->kind == ast::ExprKind::Raw ? env.long_form(call, a, scope) : evaluate(env, a.value, scope);
    if (a.spread) {
      const auto items = elements(env, given.value, given.span, "`*`");
      if (!items) {
        all.complete = false;
        continue;
      }
      for (const Value& item : *items) args.push_back({"", item, given.span, {}});
      continue;
    }
    all.sound &= !given.value.is_poison();
    args.push_back(std::move(given));
  }
  return all;
}

std::optional<Arguments> evaluate_arguments(Environment& env, const ast::Expr& call, const Scope& scope) {
  Evaluated all = evaluate_all_arguments(env, call, scope);
  return all.complete && all.sound ? std::optional(std::move(all.arguments)) : std::nullopt;
}

std::optional<Scope> bind_loop(Environment& env, const std::vector<std::string>& variables, const Value& row, Span rows,
                               Span unequal, const Scope& scope) {
  if (variables.size() == 1) return scope.with_loop(variables[0], row);
  const auto parts = elements(env, row, rows, "several loop variables");
  if (!parts) return std::nullopt;
  if (parts->size() != variables.size()) {
    env.sink.report(unequal, diag::UnequalRows, support::counted(parts->size(), "item"), variables.size());
    return std::nullopt;
  }
  Scope inner = scope;
  for (std::size_t i = 0; i < parts->size(); ++i) inner = inner.with_loop(variables[i], (*parts)[i]);
  return inner;
}

std::string turn_words(const Loops& loops, const Loops& outer, std::size_t turn) {
  std::string words;
  for (const LoopScope* one = loops.get(); one && one != outer.get(); one = one->outer.get()) {
    if (!one->value.is_static()) return turn == 0 ? "in a loop" : fmt::format("in turn {} of the loop", turn);
    words = fmt::format("{} = {}{}{}", one->name, one->value.str(), words.empty() ? "" : ", ", words);
  }
  return fmt::format("in the turn `{}`", words);
}

}  // namespace modelc::eval
