#include "eval/evaluate.h"

#include <fmt/format.h>

#include "ast/raw.h"
#include "eval/access.h"
#include "eval/operators.h"
#include "eval/unroll.h"
#include "support/counted.h"

namespace modelc::eval {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;

namespace {

/// The value of one item of a list, or those of the list that `*` spreads there; false for a fault that was reported.
bool add_item(Environment& env, const ExprPtr& item, const Scope& scope, std::vector<Value>& items) {
  if (!item || item->kind != ExprKind::Spread) {
    items.push_back(evaluate(env, item, scope));
    return !items.back().is_poison();
  }
  const auto spread = elements(env, evaluate(env, item->children[0], scope), item->span, "`*`");
  if (!spread) return false;
  items.insert(items.end(), spread->begin(), spread->end());
  return true;
}

Value evaluate_one(Environment& env, const ExprPtr& pointer, const Scope& scope) {
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
      for (const ExprPtr& child : e.children) poisoned |= !add_item(env, child, scope, items);
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
        const auto inner = bind_loop(env, e.variables, row, e.children[1]->span, e.children[1]->span, scope);
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
        poisoned |= !add_item(env, e.children[0], *inner, items);
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
    case ExprKind::Slice:   // has no value outside an index
    case ExprKind::Spread:  // nor this outside a list
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

}  // namespace

Value evaluate(Environment& env, const ExprPtr& expr, const Scope& scope) {
  Value result = evaluate_one(env, expr, scope);
  if (result.is_poison()) env.whole = false;
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
      env.fault(span, diag::CannotDecide, value.dim.str());
      return std::nullopt;
    }
    case Value::Tensor:
      env.fault(span, diag::TensorCondition)
          .help("use `where(condition, a, b)`, which chooses element by element; `&`, `|` and `~` combine so");
      return std::nullopt;
    case Value::Choice:
      env.fault(span, diag::ChoiceCondition).help("index a `dict` of modules with it: `heads[\"${kind}\"](x)`");
      return std::nullopt;
    default:
      env.fault(span, diag::NotACondition, value.describe());
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
    if (!v.is_poison()) env.fault(pattern->span, diag::NotAString, v.describe());
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
      env.fault(inserted->span, diag::NotInsertable, v.describe());
      return std::nullopt;
    }
  }
  return text;
}

std::string name_text(Environment& env, const ast::Name& name, const Scope& scope) {
  if (!name.pattern) return name.text;
  return text_of(env, name.pattern, scope).value_or(std::string());
}

namespace {

/// One argument of a call in one turn of the loops around it.
void add_argument(Environment& env, const ast::Expr& call, const ast::Argument& a, const Scope& scope,
                  std::map<std::string, Span>& named, Evaluated& all) {
  GivenArgument given;
  const auto name = a.inserted ? text_of(env, a.inserted, scope) : std::optional(a.name);
  if (!name) {
    all.complete = false;
    return;
  }
  given.name = *name;
  given.name_span = a.name_span;
  given.span = a.value ? a.value->span : call.span;
  if (!given.name.empty()) {
    const auto [at, fresh] = named.emplace(given.name, a.name_span);
    if (!fresh) {
      env.fault(a.name_span, diag::DuplicateArgument, given.name).note(at->second, "it is given here already");
      all.complete = false;
      return;
    }
  }
  if (a.value && a.value->kind == ast::ExprKind::Raw) {
    ast::Argument argument = a;
    argument.name = *name;
    given.value = env.long_form(call, argument, scope);
  } else {
    given.value = evaluate(env, a.value, scope);
  }
  if (a.spread) {
    const auto items = elements(env, given.value, given.span, "`*`");
    all.complete = all.complete && items;
    if (!items) return;
    for (const Value& item : *items) all.arguments.push_back({"", item, given.span, {}});
    return;
  }
  all.sound &= !given.value.is_poison();
  all.arguments.push_back(std::move(given));
}

}  // namespace

Evaluated evaluate_all_arguments(Environment& env, const ast::Expr& call, const Scope& scope) {
  Evaluated all;
  std::map<std::string, Span> named;
  for (const ast::Argument& a : call.args) {
    const bool whole =
        guarded(env, a.guards, scope, [&](const Scope& inner) { add_argument(env, call, a, inner, named, all); });
    all.complete = all.complete && whole;
  }
  return all;
}

std::optional<Arguments> evaluate_arguments(Environment& env, const ast::Expr& call, const Scope& scope) {
  Evaluated all = evaluate_all_arguments(env, call, scope);
  return all.complete && all.sound ? std::optional(std::move(all.arguments)) : std::nullopt;
}

std::optional<std::vector<Value>> take_apart(Environment& env, const ast::Nesting& nesting, const Value& value,
                                             Span span, const std::string& what, const WrongCount& wrong_count) {
  if (nesting.whole()) return std::vector<Value>{value};
  const auto parts = elements(env, value, span, what);
  if (!parts) return std::nullopt;
  if (parts->size() != nesting.parts.size()) {
    wrong_count(nesting.parts.size(), parts->size());
    return std::nullopt;
  }
  std::vector<Value> leaves;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const auto inner = take_apart(env, nesting.parts[i], (*parts)[i], span, what, wrong_count);
    if (!inner) return std::nullopt;
    leaves.insert(leaves.end(), inner->begin(), inner->end());
  }
  return leaves;
}

std::optional<Scope> bind_loop(Environment& env, const ast::LoopVariables& variables, const Value& row, Span rows,
                               Span unequal, const Scope& scope) {
  const auto values =
      take_apart(env, variables.nesting, row, rows, "several loop variables", [&](std::size_t due, std::size_t found) {
        env.fault(unequal, diag::UnequalRows, support::counted(found, "item"), due);
      });
  if (!values) return std::nullopt;
  Scope inner = scope;
  for (std::size_t i = 0; i < values->size(); ++i) inner = inner.with_loop(variables.names[i].text, (*values)[i]);
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
