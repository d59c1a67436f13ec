#include "eval/operators.h"

#include <fmt/format.h>

#include <cmath>

#include "eval/evaluate.h"

namespace modelc::eval {

using ast::Operator;

namespace {

/// The function of the catalogue behind an operator between tensors; nullptr where there is none.
const char* function_of(Operator op) {
  switch (op) {
    case Operator::Add:
      return "add";
    case Operator::Subtract:
      return "sub";
    case Operator::Multiply:
      return "mul";
    case Operator::Divide:
      return "div";
    case Operator::FloorDivide:
      return "floor_divide";
    case Operator::Modulo:
      return "remainder";
    case Operator::Power:
      return "pow";
    case Operator::MatMul:
      return "matmul";
    case Operator::BitAnd:
      return "bitwise_and";
    case Operator::BitOr:
      return "bitwise_or";
    case Operator::Equal:
      return "eq";
    case Operator::NotEqual:
      return "ne";
    case Operator::Less:
      return "lt";
    case Operator::LessEqual:
      return "le";
    case Operator::Greater:
      return "gt";
    case Operator::GreaterEqual:
      return "ge";
    case Operator::Negate:
      return "neg";
    case Operator::Invert:
      return "bitwise_not";
    case Operator::Or:
    case Operator::And:
    case Operator::Not:
    case Operator::In:
    case Operator::NotIn:
      return nullptr;
  }
  return nullptr;
}

double python_mod(double a, double b) {
  const double r = std::fmod(a, b);
  return r != 0 && ((r < 0) != (b < 0)) ? r + b : r;
}

std::optional<Dim> int_power(Dim base, Dim exponent) {
  if (!exponent.is_constant() || exponent.constant() < 0 || exponent.constant() > 1024) return std::nullopt;
  if (!base.is_constant())
    return exponent.constant() <= 8 ? std::optional(types::dim_pow(base, static_cast<int>(exponent.constant())))
                                    : std::nullopt;
  Dim result = 1;
  for (std::int64_t i = 0; i < exponent.constant(); ++i) {
    result = result * base;
    if (result.is_poison()) return std::nullopt;
    if (base.constant() == 0 || base.constant() == 1) break;
  }
  return result;
}

bool same(const Value& a, const Value& b) {
  if (a.kind == Value::List && b.kind == Value::List) {
    if (a.list->items.size() != b.list->items.size()) return false;
    for (std::size_t i = 0; i < a.list->items.size(); ++i) {
      if (!same(a.list->items[i], b.list->items[i])) return false;
    }
    return true;
  }
  if (a.is_number() && b.is_number()) {
    if (a.kind == Value::Int && b.kind == Value::Int) return a.dim == b.dim;
    if ((a.kind == Value::Int && !a.dim.is_constant()) || (b.kind == Value::Int && !b.dim.is_constant())) return false;
    return a.as_double() == b.as_double();
  }
  if (a.kind != b.kind) return false;
  if (a.kind == Value::String) return a.text == b.text;
  if (a.kind == Value::DType) return a.dtype == b.dtype;
  if (a.kind == Value::Def) return a.definition == b.definition;
  return a.kind == Value::Null || a.kind == Value::Ellipsis;
}

}  // namespace

Value unary(Environment& env, Operator op, const Value& operand, Span span) {
  if (operand.is_poison()) return operand;
  if (op == Operator::Not) {
    const auto t = truth(env, operand, span);
    return t ? Value::of(!*t) : Value::poison();
  }
  if (operand.kind == Value::Tensor) {
    return env.operate(function_of(op), {{"", operand, span, {}}}, span);
  }
  if (op == Operator::Negate) {
    if (operand.kind == Value::Int) return Value::of(-operand.dim);
    if (operand.kind == Value::Float) return Value::of(-operand.number);
    if (operand.kind == Value::Bool) return Value::of(Dim(operand.boolean ? -1 : 0));
  }
  if (op == Operator::Invert && operand.kind == Value::Bool) return Value::of(!operand.boolean);
  if (op == Operator::Invert && operand.is_int()) return Value::of(Dim(~operand.dim.constant()));
  env.sink.report(span, diag::BadUnary, ast::sign(op), operand.describe());
  return Value::poison();
}

Value binary(Environment& env, Operator op, const Value& a, const Value& b, Span span) {
  if (a.is_poison() || b.is_poison()) return Value::poison();
  if (a.kind == Value::Tensor || b.kind == Value::Tensor) {
    if (const char* name = function_of(op)) {
      return env.operate(
          name, {{"", a, a.span.valid() ? a.span : span, {}}, {"", b, b.span.valid() ? b.span : span, {}}}, span);
    }
  }
  const auto bad = [&]() {
    auto report = env.sink.report(span, diag::BadOperands, ast::sign(op), a.describe(), b.describe());
    if (a.kind == Value::Module || b.kind == Value::Module) report.help("call the module first: `module(x)`");
    return Value::poison();
  };
  if (a.kind == Value::String || b.kind == Value::String) {
    if (op == Operator::Add && a.kind == b.kind)
      return a.text.size() + b.text.size() > 1'000'000 ? bad() : Value::of(a.text + b.text);
    if (op == Operator::Multiply && (a.is_int() || b.is_int())) {
      const std::int64_t n = a.is_int() ? a.dim.constant() : b.dim.constant();
      const std::string& text = a.kind == Value::String ? a.text : b.text;
      if (n > 0 && !text.empty() && static_cast<std::size_t>(n) > 1'000'000 / text.size()) return bad();
      if (text.empty()) return Value::of(text);
      std::string result;
      for (std::int64_t i = 0; i < n; ++i) result += text;
      return Value::of(result);
    }
    return bad();
  }
  if (a.kind == Value::List || b.kind == Value::List) {
    if (op == Operator::Add && a.kind == b.kind) {
      if (a.list->items.size() + b.list->items.size() > kUnrollLimit * 2) {
        env.sink.report(span, diag::TooManyUnrolled, kUnrollLimit * 2);
        return Value::poison();
      }
      std::vector<Value> items = a.list->items;
      items.insert(items.end(), b.list->items.begin(), b.list->items.end());
      return Value::of_list(std::move(items), a.list->tuple);
    }
    if (op == Operator::Multiply && (a.is_int() || b.is_int())) {
      const std::int64_t n = a.is_int() ? a.dim.constant() : b.dim.constant();
      const ListValue& list = a.kind == Value::List ? *a.list : *b.list;
      if (n > 0 && !list.items.empty() && static_cast<std::size_t>(n) > kUnrollLimit / list.items.size()) {
        env.sink.report(span, diag::TooManyUnrolled, kUnrollLimit);
        return Value::poison();
      }
      std::vector<Value> items;
      for (std::int64_t i = 0; i < n && !list.items.empty(); ++i)
        items.insert(items.end(), list.items.begin(), list.items.end());
      return Value::of_list(std::move(items), list.tuple);
    }
    return bad();
  }
  if (!a.is_number() || !b.is_number()) return bad();
  if ((op == Operator::BitAnd || op == Operator::BitOr) && a.kind == Value::Bool && b.kind == Value::Bool) {
    return Value::of(op == Operator::BitAnd ? (a.boolean && b.boolean) : (a.boolean || b.boolean));
  }
  if (a.kind != Value::Float && b.kind != Value::Float && !(op == Operator::Divide)) {
    const Dim x = a.kind == Value::Bool ? Dim(a.boolean ? 1 : 0) : a.dim;
    const Dim y = b.kind == Value::Bool ? Dim(b.boolean ? 1 : 0) : b.dim;
    if ((op == Operator::FloorDivide || op == Operator::Modulo) && y == Dim(0)) {
      env.sink.report(span, diag::DivisionByZero, ast::sign(op));
      return Value::poison();
    }
    std::optional<Dim> result;
    if (op == Operator::Add) result = x + y;
    else if (op == Operator::Subtract) result = x - y;
    else if (op == Operator::Multiply) result = x * y;
    else if (op == Operator::FloorDivide) result = types::floor_div(x, y);
    else if (op == Operator::Modulo) result = types::floor_mod(x, y);
    else if (op == Operator::BitAnd && x.is_constant() && y.is_constant()) result = Dim(x.constant() & y.constant());
    else if (op == Operator::BitOr && x.is_constant() && y.is_constant()) result = Dim(x.constant() | y.constant());
    else if (op == Operator::Power) {
      result = int_power(x, y);
      if (!result && x.is_constant() && y.is_constant() && y.constant() < 0) {
        return Value::of(std::pow(static_cast<double>(x.constant()), static_cast<double>(y.constant())));
      }
    } else return bad();
    if (!result || result->is_poison()) {
      env.sink.report(span, diag::IntegerOverflow, ast::sign(op));
      return Value::poison();
    }
    return Value::of(*result);
  }
  if ((a.kind == Value::Int && !a.dim.is_constant()) || (b.kind == Value::Int && !b.dim.is_constant())) {
    auto report =
        env.sink.report(span, diag::FloatOfSize, ast::sign(op), a.kind == Value::Int ? a.dim.str() : b.dim.str());
    if (op == Operator::Divide) report.help("use `//` for a whole number");
    return Value::poison();
  }
  const double x = a.as_double(), y = b.as_double();
  if (op == Operator::Add) return Value::of(x + y);
  if (op == Operator::Subtract) return Value::of(x - y);
  if (op == Operator::Multiply) return Value::of(x * y);
  if (op == Operator::Power) return Value::of(std::pow(x, y));
  if (op == Operator::Divide || op == Operator::FloorDivide || op == Operator::Modulo) {
    if (y == 0) {
      env.sink.report(span, diag::DivisionByZero, ast::sign(op));
      return Value::poison();
    }
    return Value::of(op == Operator::Divide        ? x / y
                     : op == Operator::FloorDivide ? std::floor(x / y)
                                                   : python_mod(x, y));
  }
  return bad();
}

Value compare(Environment& env, Operator op, const Value& a, const Value& b, Span span) {
  if (a.is_poison() || b.is_poison()) return Value::poison();
  if (op == Operator::In || op == Operator::NotIn) {
    bool found = false;
    if (b.kind == Value::List) {
      for (const Value& item : b.list->items) {
        const bool sizes = a.kind == Value::Int && item.kind == Value::Int && !(a.dim - item.dim).is_constant();
        if (!sizes) {
          found |= same(a, item);
          continue;
        }
        const Value equal = compare(env, Operator::Equal, a, item, span);
        if (equal.is_poison()) return equal;
        found |= equal.boolean;
      }
    } else if (b.kind == Value::String && a.kind == Value::String) {
      found = b.text.find(a.text) != std::string::npos;
    } else {
      env.sink.report(span, diag::BadOperands, ast::sign(op), a.describe(), b.describe());
      return Value::poison();
    }
    return Value::of(found == (op == Operator::In));
  }
  if (a.kind == Value::Choice || b.kind == Value::Choice) {
    env.sink.report(span, diag::ChoiceCondition).help("index a `dict` of modules with it: `heads[\"${kind}\"](x)`");
    return Value::poison();
  }
  if (a.kind == Value::Tensor || b.kind == Value::Tensor) {
    if (a.is_null() || b.is_null()) return Value::of((op == Operator::Equal) == false);
    return binary(env, op, a, b, span);
  }
  const bool symbolic =
      (a.kind == Value::Int && !a.dim.is_constant()) || (b.kind == Value::Int && !b.dim.is_constant());
  if (symbolic && a.kind == Value::Int && b.kind == Value::Int && env.conditions) {
    // Strict comparisons of integers are the non-strict ones moved by one.
    const auto outcome = [&](Dim x, types::Relation r, Dim y) -> std::optional<bool> {
      const types::Outcome o = env.conditions->compare(x, r, y);
      if (o.verdict == types::Verdict::Holds) return true;
      if (o.verdict == types::Verdict::Fails || o.verdict == types::Verdict::Contradiction) return false;
      return std::nullopt;
    };
    std::optional<bool> holds;
    using types::Relation;
    if (op == Operator::Equal) holds = outcome(a.dim, Relation::Equal, b.dim);
    else if (op == Operator::NotEqual) {
      holds = outcome(a.dim, Relation::Equal, b.dim);
      if (holds) holds = !*holds;
    } else if (op == Operator::GreaterEqual) holds = outcome(a.dim, Relation::AtLeast, b.dim);
    else if (op == Operator::LessEqual) holds = outcome(b.dim, Relation::AtLeast, a.dim);
    else if (op == Operator::Greater) holds = outcome(a.dim, Relation::AtLeast, b.dim + 1);
    else if (op == Operator::Less) holds = outcome(b.dim, Relation::AtLeast, a.dim + 1);
    if (holds) return Value::of(*holds);
    env.sink.report(span, diag::CannotDecide, fmt::format("{} {} {}", a.dim.str(), ast::sign(op), b.dim.str()))
        .help("give sizes: write the numbers in `inputs`, or state a condition in `where`");
    return Value::poison();
  }
  if (op == Operator::Equal || op == Operator::NotEqual) return Value::of(same(a, b) == (op == Operator::Equal));
  if (a.is_number() && b.is_number() && !symbolic) {
    const double x = a.as_double(), y = b.as_double();
    return Value::of(op == Operator::Less        ? x < y
                     : op == Operator::LessEqual ? x <= y
                     : op == Operator::Greater   ? x > y
                                                 : x >= y);
  }
  if (a.kind == Value::String && b.kind == Value::String) {
    return Value::of(op == Operator::Less        ? a.text < b.text
                     : op == Operator::LessEqual ? a.text <= b.text
                     : op == Operator::Greater   ? a.text > b.text
                                                 : a.text >= b.text);
  }
  env.sink.report(span, diag::BadOperands, ast::sign(op), a.describe(), b.describe());
  return Value::poison();
}

}  // namespace modelc::eval
