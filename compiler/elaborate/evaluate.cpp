#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "elaborate/elaborator.h"
#include "support/spelling.h"

namespace modelc::elaborate {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;

Scope Scope::with_loop(std::string name, Value value) const {
  Scope inner = *this;
  inner.loops = std::make_shared<LoopScope>(LoopScope{std::move(name), std::move(value), loops});
  return inner;
}

Value Elaborator::evaluate(const ExprPtr& pointer, const Scope& scope) {
  if (!pointer || exhausted_) return Value::poison();
  const Expr& e = *pointer;
  if (++steps_ > kStepLimit) {
    exhausted_ = true;
    sink_.report(e.span, diag::TooManyUnrolled, kStepLimit)
        .help("a function or component that calls itself twice doubles its work at every level");
    return Value::poison();
  }
  struct Depth {
    int& level;
    explicit Depth(int& l) : level(++l) {}
    ~Depth() { --level; }
  } const depth(expression_depth_);
  if (expression_depth_ > kExpressionDepthLimit) {
    report_runaway(e.span, kExpressionDepthLimit, "expressions within expressions");
    return Value::poison();
  }
  Value result = Value::poison();
  switch (e.kind) {
    case ExprKind::Int:
      result = Value::of(Dim(e.int_value));
      if (result.is_poison()) sink_.report(e.span, diag::IntegerOverflow, e.int_value);
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
      } else if (auto text = text_of(pointer, scope)) {
        result = Value::of(std::move(*text));
      }
      break;
    }
    case ExprKind::Name:
      result = lookup(e.text, e.span, scope);
      break;
    case ExprKind::List:
    case ExprKind::Tuple: {
      std::vector<Value> items;
      bool poisoned = false;
      for (const ExprPtr& child : e.children) {
        items.push_back(evaluate(child, scope));
        poisoned |= items.back().is_poison();
      }
      if (!poisoned) result = Value::of_list(std::move(items), e.kind == ExprKind::Tuple);
      break;
    }
    case ExprKind::Comprehension: {
      const Value iterable = evaluate(e.children.at(1), scope);
      const auto rows = elements(iterable, e.children[1]->span, "a comprehension");
      if (!rows) break;
      std::vector<Value> items;
      bool poisoned = false;
      for (const Value& row : *rows) {
        Scope inner = scope;
        if (e.names.size() == 1) {
          inner = inner.with_loop(e.names[0], row);
        } else {
          const auto parts = elements(row, e.children[1]->span, "several loop variables");
          if (!parts) return Value::poison();
          if (parts->size() != e.names.size()) {
            sink_.report(e.children[1]->span, diag::UnequalRows, parts->size(), e.names.size());
            return Value::poison();
          }
          for (std::size_t i = 0; i < parts->size(); ++i) inner = inner.with_loop(e.names[i], (*parts)[i]);
        }
        if (e.children.size() > 2) {
          const auto keep = decide(e.children[2], inner);
          if (!keep) return Value::poison();
          if (!*keep) continue;
        }
        if (++unrolled_ > kUnrollLimit) {
          sink_.report(e.span, diag::TooManyUnrolled, kUnrollLimit);
          return Value::poison();
        }
        items.push_back(evaluate(e.children[0], inner));
        poisoned |= items.back().is_poison();
      }
      if (!poisoned) result = Value::of_list(std::move(items));
      break;
    }
    case ExprKind::Call:
      result = call(e, scope);
      break;
    case ExprKind::Pipe:
      result = pipe(e, scope);
      break;
    case ExprKind::Member: {
      if (scope.frame && scope.frame->loss && e.children[0]->kind == ExprKind::Name) {
        const std::string& head = e.children[0]->text;
        if (head == "outputs" || head == "targets") {
          const auto& named = head == "outputs" ? scope.frame->outputs : scope.frame->targets;
          const auto found = named.find(e.text);
          if (found != named.end()) return found->second;
        }
      }
      result = member(evaluate(e.children[0], scope), e.text, e.span, e.name_span, scope);
      break;
    }
    case ExprKind::Index: {
      const Expr& base = *e.children[0];
      if (base.kind == ExprKind::Name && !scope.is_static && scope.frame && e.children.size() == 2 &&
          (base.text == "modules" || base.text == "outputs" || base.text == "targets") &&
          scope.frame->bindings.count(base.text) == 0) {
        const auto key = text_of(e.children[1], scope, true);
        if (!key) return Value::poison();
        if (base.text == "modules") {
          if (const auto id = child(scope.frame->instance, *key)) return Value::of_module(*id);
        } else {
          const auto& named = base.text == "outputs" ? scope.frame->outputs : scope.frame->targets;
          const auto found = named.find(*key);
          if (found != named.end()) return found->second;
        }
        sink_.report(e.children[1]->span, diag::UnknownName, base.text + "[\"" + *key + "\"]");
        return Value::poison();
      }
      result = index(evaluate(e.children[0], scope), {e.children.begin() + 1, e.children.end()}, e.span, scope);
      break;
    }
    case ExprKind::Slice:
      result = Value::poison();
      break;
    case ExprKind::Unary:
      result = unary(e.text, evaluate(e.children[0], scope), e.span, scope);
      break;
    case ExprKind::Binary: {
      if (e.text == "and" || e.text == "or") {
        // As in Python, the result is the operand that decided.
        const Value left = evaluate(e.children[0], scope);
        const auto holds = truth(left, e.children[0]->span);
        if (!holds) break;
        if (*holds == (e.text == "or")) {
          result = left;
          break;
        }
        result = evaluate(e.children[1], scope);
        if (!result.is_static() && !truth(result, e.children[1]->span)) result = Value::poison();
        break;
      }
      if (e.text == "@") {
        const Value left = evaluate(e.children[0], scope);
        if (left.kind == Value::Def) {
          // `Backbone@small(width=128)`: the right side is the variant's name, perhaps called with arguments.
          const Expr& right = *e.children[1];
          const Expr& name = right.kind == ExprKind::Call ? *right.children[0] : right;
          if (name.kind != ExprKind::Name) {
            sink_.report(right.span, diag::BadVariantName);
            break;
          }
          auto copy = std::make_shared<Definition>(*left.definition);
          copy->variant = name.text;
          DefinitionPtr def = copy;
          if (right.kind == ExprKind::Call) {
            auto args = evaluate_arguments(right, scope);
            if (!args) break;
            def = with_arguments(def, std::move(*args), e.span);
          }
          result = Value::of(def);
          break;
        }
        result = binary("@", left, evaluate(e.children[1], scope), e.span, scope);
        break;
      }
      const Value left = evaluate(e.children[0], scope);
      const Value right = evaluate(e.children[1], scope);
      result = binary(e.text, left, right, e.span, scope);
      break;
    }
    case ExprKind::Compare: {
      std::vector<Value> operands;
      for (const ExprPtr& child : e.children) operands.push_back(evaluate(child, scope));
      result = Value::poison();
      for (std::size_t i = 0; i < e.operators.size(); ++i) {
        Value one = compare(e.operators[i], operands[i], operands[i + 1], e.span, scope);
        if (one.is_poison()) return one;
        if (one.kind == Value::Tensor && e.operators.size() > 1) {
          sink_.report(e.span, diag::ChainedTensorComparison).help("write `(a < b) & (b < c)`");
          return Value::poison();
        }
        result = one;
        if (one.kind == Value::Bool && !one.boolean) break;
      }
      break;
    }
    case ExprKind::Conditional: {
      const auto condition = decide(e.children[1], scope);
      if (condition) return evaluate(e.children[*condition ? 0 : 2], scope);
      break;
    }
    case ExprKind::Raw: {
      if (e.quoted) {  // no declared type stands behind it here
        result = Value::of(e.text);
      } else if (!e.children.empty() && e.children[0]) {
        return evaluate(e.children[0], scope);
      } else {
        sink_.report(e.error_span.valid() ? e.error_span : e.span, diag::BadExpression, e.error);
      }
      break;
    }
  }
  if (result.kind == Value::List && (result.list->weight > kUnrollLimit * 20 || result.list->depth > 64)) {
    if (result.list->depth > 64) sink_.report(e.span, diag::NestedTooDeep, 64, "lists within lists");
    else sink_.report(e.span, diag::TooManyUnrolled, kUnrollLimit * 20);
    return Value::poison();
  }
  if (!result.span.valid()) result.span = e.span;
  return result;
}

void Elaborator::report_runaway(Span span, int limit, const std::string& what, Span place, const std::string& note) {
  if (runaways_++ == 0) {
    auto report = sink_.report(span, diag::NestedTooDeep, limit, what);
    if (place.valid()) report.note(place, note);
    report.help("end the recursion with an `if`");
  }
  exhausted_ = exhausted_ || runaways_ > 8;
}

std::optional<bool> Elaborator::truth(const Value& value, Span span) {
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
      if (conditions_ && conditions_->at_least(value.dim, 1)) return true;
      sink_.report(span, diag::CannotDecide, value.dim.str());
      return std::nullopt;
    }
    case Value::Tensor:
      sink_.report(span, diag::TensorCondition).help("use `where(condition, a, b)`, which chooses element by element");
      return std::nullopt;
    case Value::Choice:
      sink_.report(span, diag::ChoiceCondition).help("index a `dict` of modules with it: `heads[\"${kind}\"](x)`");
      return std::nullopt;
    default:
      sink_.report(span, diag::NotACondition, value.describe());
      return std::nullopt;
  }
}

std::optional<bool> Elaborator::decide(const ExprPtr& expr, const Scope& scope) {
  if (!expr) return std::nullopt;
  return truth(evaluate(expr, scope), expr->span);
}

std::optional<std::string> Elaborator::text_of(const ExprPtr& pattern, const Scope& scope, bool in_dict_index) {
  if (!pattern) return std::nullopt;
  if (pattern->kind != ExprKind::String) {
    const Value v = evaluate(pattern, scope);
    if (v.kind == Value::String || (in_dict_index && v.kind == Value::Choice)) return v.text;
    if (v.is_int() && in_dict_index) return v.dim.str();
    if (!v.is_poison()) sink_.report(pattern->span, diag::NotAString, v.describe());
    return std::nullopt;
  }
  if (pattern->parts.empty()) return pattern->text;
  std::string text;
  for (const auto& [literal, inserted] : pattern->parts) {
    if (!inserted) {
      text += literal;
      continue;
    }
    const Value v = evaluate(inserted, scope);
    if (v.is_poison()) return std::nullopt;
    if (v.kind == Value::Choice && in_dict_index) {
      text += v.text;
    } else if (v.is_static() && v.kind != Value::Def && v.kind != Value::List) {
      text += v.str();
    } else {
      sink_.report(inserted->span, diag::NotInsertable, v.describe());
      return std::nullopt;
    }
  }
  return text;
}

std::string Elaborator::name_text(const ast::Name& name, const Scope& scope) {
  if (!name.pattern) return name.text;
  return text_of(name.pattern, scope).value_or(std::string());
}

}  // namespace modelc::elaborate
