#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "elaborate/elaborator.h"
#include "support/spelling.h"

namespace modelc::elaborate {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;

namespace {

/// The operator of the catalogue behind a sign.
const char* node_name(const std::string& sign) {
  static const std::map<std::string, const char*> names = {
      {"+", "add"}, {"-", "sub"}, {"*", "mul"}, {"/", "div"}, {"//", "floor_divide"}, {"%", "remainder"}, {"**", "pow"},
      {"@", "matmul"}, {"&", "bitwise_and"}, {"|", "bitwise_or"}, {"==", "eq"}, {"!=", "ne"}, {"<", "lt"},
      {"<=", "le"}, {">", "gt"}, {">=", "ge"}};
  const auto found = names.find(sign);
  return found == names.end() ? nullptr : found->second;
}

double python_mod(double a, double b) {
  const double r = std::fmod(a, b);
  return r != 0 && ((r < 0) != (b < 0)) ? r + b : r;
}

std::optional<Dim> int_power(Dim base, Dim exponent) {
  if (!exponent.is_constant() || exponent.constant() < 0 || exponent.constant() > 1024) return std::nullopt;
  if (!base.is_constant()) return exponent.constant() <= 8 ? std::optional(types::dim_pow(base, static_cast<int>(exponent.constant()))) : std::nullopt;
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
    sink_.report(e.span, diag::TooManyUnrolled, kStepLimit).help("a function or component that calls itself twice doubles its work at every level");
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
    case ExprKind::Float: result = Value::of(e.float_value); break;
    case ExprKind::Bool: result = Value::of(e.bool_value); break;
    case ExprKind::Null: result = Value::null(); break;
    case ExprKind::Ellipsis: result.kind = Value::Ellipsis; break;
    case ExprKind::String: {
      if (e.parts.empty()) {
        result = Value::of(e.text);
      } else if (auto text = text_of(pointer, scope)) {
        result = Value::of(std::move(*text));
      }
      break;
    }
    case ExprKind::Name: result = lookup(e.text, e.span, scope); break;
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
    case ExprKind::Call: result = call(e, scope); break;
    case ExprKind::Pipe: result = pipe(e, scope); break;
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
    case ExprKind::Slice: result = Value::poison(); break;
    case ExprKind::Unary: result = unary(e.text, evaluate(e.children[0], scope), e.span, scope); break;
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
    case Value::Poison: return std::nullopt;
    case Value::Null: return false;
    case Value::Bool: return value.boolean;
    case Value::Float: return value.number != 0;
    case Value::String: return !value.text.empty();
    case Value::List: return !value.list->items.empty();
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

Value Elaborator::unary(const std::string& op, const Value& operand, Span span, const Scope& scope) {
  if (operand.is_poison()) return operand;
  if (op == "not") {
    const auto t = truth(operand, span);
    return t ? Value::of(!*t) : Value::poison();
  }
  if (operand.kind == Value::Tensor) {
    std::vector<GivenArgument> args{{"", operand, span, {}}};
    const ops::Op* f = ops::Catalogue::get().function(op == "-" ? "neg" : "bitwise_not");
    return call_function(*f, args, span, scope);
  }
  if (op == "-") {
    if (operand.kind == Value::Int) return Value::of(-operand.dim);
    if (operand.kind == Value::Float) return Value::of(-operand.number);
    if (operand.kind == Value::Bool) return Value::of(Dim(operand.boolean ? -1 : 0));
  }
  if (op == "~" && operand.kind == Value::Bool) return Value::of(!operand.boolean);
  if (op == "~" && operand.is_int()) return Value::of(Dim(~operand.dim.constant()));
  sink_.report(span, diag::BadUnary, op, operand.describe());
  return Value::poison();
}

Value Elaborator::binary(const std::string& op, const Value& a, const Value& b, Span span, const Scope& scope) {
  if (a.is_poison() || b.is_poison()) return Value::poison();
  if (a.kind == Value::Tensor || b.kind == Value::Tensor) {
    const char* name = node_name(op);
    const ops::Op* f = name ? ops::Catalogue::get().function(name) : nullptr;
    if (f) {
      std::vector<GivenArgument> args{{"", a, a.span.valid() ? a.span : span, {}}, {"", b, b.span.valid() ? b.span : span, {}}};
      return call_function(*f, args, span, scope);
    }
  }
  const auto bad = [&]() {
    auto report = sink_.report(span, diag::BadOperands, op, a.describe(), b.describe());
    if (a.kind == Value::Module || b.kind == Value::Module) report.help("call the module first: `module(x)`");
    return Value::poison();
  };
  if (a.kind == Value::String || b.kind == Value::String) {
    if (op == "+" && a.kind == b.kind) return a.text.size() + b.text.size() > 1'000'000 ? bad() : Value::of(a.text + b.text);
    if (op == "*" && (a.is_int() || b.is_int())) {
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
    if (op == "+" && a.kind == b.kind) {
      if (a.list->items.size() + b.list->items.size() > kUnrollLimit * 2) {
        sink_.report(span, diag::TooManyUnrolled, kUnrollLimit * 2);
        return Value::poison();
      }
      std::vector<Value> items = a.list->items;
      items.insert(items.end(), b.list->items.begin(), b.list->items.end());
      return Value::of_list(std::move(items), a.list->tuple);
    }
    if (op == "*" && (a.is_int() || b.is_int())) {
      const std::int64_t n = a.is_int() ? a.dim.constant() : b.dim.constant();
      const ListValue& list = a.kind == Value::List ? *a.list : *b.list;
      if (n > 0 && !list.items.empty() && static_cast<std::size_t>(n) > kUnrollLimit / list.items.size()) {
        sink_.report(span, diag::TooManyUnrolled, kUnrollLimit);
        return Value::poison();
      }
      std::vector<Value> items;
      for (std::int64_t i = 0; i < n && !list.items.empty(); ++i) items.insert(items.end(), list.items.begin(), list.items.end());
      return Value::of_list(std::move(items), list.tuple);
    }
    return bad();
  }
  if (!a.is_number() || !b.is_number()) return bad();
  if ((op == "&" || op == "|") && a.kind == Value::Bool && b.kind == Value::Bool) {
    return Value::of(op == "&" ? (a.boolean && b.boolean) : (a.boolean || b.boolean));
  }
  if (a.kind != Value::Float && b.kind != Value::Float && !(op == "/")) {
    const Dim x = a.kind == Value::Bool ? Dim(a.boolean ? 1 : 0) : a.dim;
    const Dim y = b.kind == Value::Bool ? Dim(b.boolean ? 1 : 0) : b.dim;
    if ((op == "//" || op == "%") && y == Dim(0)) {
      sink_.report(span, diag::DivisionByZero, op);
      return Value::poison();
    }
    std::optional<Dim> result;
    if (op == "+") result = x + y;
    else if (op == "-") result = x - y;
    else if (op == "*") result = x * y;
    else if (op == "//") result = types::floor_div(x, y);
    else if (op == "%") result = types::floor_mod(x, y);
    else if (op == "&" && x.is_constant() && y.is_constant()) result = Dim(x.constant() & y.constant());
    else if (op == "|" && x.is_constant() && y.is_constant()) result = Dim(x.constant() | y.constant());
    else if (op == "**") {
      result = int_power(x, y);
      if (!result && x.is_constant() && y.is_constant() && y.constant() < 0) {
        return Value::of(std::pow(static_cast<double>(x.constant()), static_cast<double>(y.constant())));
      }
    } else return bad();
    if (!result || result->is_poison()) {
      sink_.report(span, diag::IntegerOverflow, op);
      return Value::poison();
    }
    return Value::of(*result);
  }
  if ((a.kind == Value::Int && !a.dim.is_constant()) || (b.kind == Value::Int && !b.dim.is_constant())) {
    auto report = sink_.report(span, diag::FloatOfSize, op, a.kind == Value::Int ? a.dim.str() : b.dim.str());
    if (op == "/") report.help("use `//` for a whole number");
    return Value::poison();
  }
  const double x = a.as_double(), y = b.as_double();
  if (op == "+") return Value::of(x + y);
  if (op == "-") return Value::of(x - y);
  if (op == "*") return Value::of(x * y);
  if (op == "**") return Value::of(std::pow(x, y));
  if (op == "/" || op == "//" || op == "%") {
    if (y == 0) {
      sink_.report(span, diag::DivisionByZero, op);
      return Value::poison();
    }
    return Value::of(op == "/" ? x / y : op == "//" ? std::floor(x / y) : python_mod(x, y));
  }
  return bad();
}

Value Elaborator::compare(const std::string& op, const Value& a, const Value& b, Span span, const Scope& scope) {
  if (a.is_poison() || b.is_poison()) return Value::poison();
  if (op == "in" || op == "not in") {
    bool found = false;
    if (b.kind == Value::List) {
      for (const Value& item : b.list->items) {
        const bool sizes = a.kind == Value::Int && item.kind == Value::Int && !(a.dim - item.dim).is_constant();
        if (!sizes) {
          found |= same(a, item);
          continue;
        }
        const Value equal = compare("==", a, item, span, scope);
        if (equal.is_poison()) return equal;
        found |= equal.boolean;
      }
    } else if (b.kind == Value::String && a.kind == Value::String) {
      found = b.text.find(a.text) != std::string::npos;
    } else {
      sink_.report(span, diag::BadOperands, op, a.describe(), b.describe());
      return Value::poison();
    }
    return Value::of(found == (op == "in"));
  }
  if (a.kind == Value::Choice || b.kind == Value::Choice) {
    sink_.report(span, diag::ChoiceCondition).help("index a `dict` of modules with it: `heads[\"${kind}\"](x)`");
    return Value::poison();
  }
  if (a.kind == Value::Tensor || b.kind == Value::Tensor) {
    if (a.is_null() || b.is_null()) return Value::of((op == "==") == false);
    return binary(op, a, b, span, scope);
  }
  const bool symbolic = (a.kind == Value::Int && !a.dim.is_constant()) || (b.kind == Value::Int && !b.dim.is_constant());
  if (symbolic && a.kind == Value::Int && b.kind == Value::Int && conditions_) {
    // Strict comparisons of integers are the non-strict ones moved by one.
    const auto outcome = [&](Dim x, types::Relation r, Dim y) -> std::optional<bool> {
      const types::Outcome o = conditions_->compare(x, r, y);
      if (o.verdict == types::Verdict::Holds) return true;
      if (o.verdict == types::Verdict::Fails || o.verdict == types::Verdict::Contradiction) return false;
      return std::nullopt;
    };
    std::optional<bool> holds;
    using types::Relation;
    if (op == "==") holds = outcome(a.dim, Relation::Equal, b.dim);
    else if (op == "!=") { holds = outcome(a.dim, Relation::Equal, b.dim); if (holds) holds = !*holds; }
    else if (op == ">=") holds = outcome(a.dim, Relation::AtLeast, b.dim);
    else if (op == "<=") holds = outcome(b.dim, Relation::AtLeast, a.dim);
    else if (op == ">") holds = outcome(a.dim, Relation::AtLeast, b.dim + 1);
    else if (op == "<") holds = outcome(b.dim, Relation::AtLeast, a.dim + 1);
    if (holds) return Value::of(*holds);
    sink_.report(span, diag::CannotDecide, fmt::format("{} {} {}", a.dim.str(), op, b.dim.str()))
        .help("give sizes: write the numbers in `inputs`, or state a condition in `where`");
    return Value::poison();
  }
  if (op == "==" || op == "!=") return Value::of(same(a, b) == (op == "=="));
  if (a.is_number() && b.is_number() && !symbolic) {
    const double x = a.as_double(), y = b.as_double();
    return Value::of(op == "<" ? x < y : op == "<=" ? x <= y : op == ">" ? x > y : x >= y);
  }
  if (a.kind == Value::String && b.kind == Value::String) {
    return Value::of(op == "<" ? a.text < b.text : op == "<=" ? a.text <= b.text : op == ">" ? a.text > b.text : a.text >= b.text);
  }
  sink_.report(span, diag::BadOperands, op, a.describe(), b.describe());
  return Value::poison();
}

std::optional<std::vector<Value>> Elaborator::elements(const Value& value, Span span, const std::string& what) {
  if (value.is_poison()) return std::nullopt;
  if (value.kind == Value::List) return value.list->items;
  if (value.kind == Value::Module) {
    const Instance& instance = instances_[value.instance];
    if (instance.broken || instance.definition->incomplete) return std::nullopt;
    if (instance.definition->kind == Definition::Sequential || instance.definition->kind == Definition::List ||
        instance.definition->kind == Definition::Dict) {
      std::vector<Value> items;
      for (const auto& [name, id] : instance.children) items.push_back(Value::of_module(id));
      return items;
    }
  }
  if (value.kind == Value::Tensor) {
    const Type& type = graph_->values[value.tensor].type;
    if (type.is_tensor() && type.tensor.rank() > 0 && type.tensor.shape[0].is_constant() &&
        type.tensor.shape[0].constant() <= 1024) {
      std::vector<Value> items;
      for (std::int64_t i = 0; i < type.tensor.shape[0].constant(); ++i) {
        const ops::Op* select = ops::Catalogue::get().function("select");
        std::vector<GivenArgument> args{{"", value, span, {}}, {"", Value::of(Dim(0)), span, {}}, {"", Value::of(Dim(i)), span, {}}};
        Scope scope{root_level_, nullptr, nullptr};
        items.push_back(call_function(*select, args, span, scope));
      }
      return items;
    }
    sink_.report(span, diag::TensorNotIterable, type.str()).help("its first dimension must be a known number");
    return std::nullopt;
  }
  sink_.report(span, diag::NotIterable, what, value.describe());
  return std::nullopt;
}

Value Elaborator::member(const Value& base, const std::string& name, Span span, Span name_span, const Scope& scope) {
  if (base.is_poison()) return base;
  const Span at = name_span.valid() ? name_span : span;
  if (base.kind == Value::Tensor) {
    const Type& type = graph_->values[base.tensor].type;
    if (type.is_poison()) return Value::poison();
    if (name == "shape") {
      std::vector<Value> items;
      for (Dim d : type.tensor.shape) items.push_back(Value::of(d));
      return Value::of_list(std::move(items), true);
    }
    if (name == "ndim") return Value::of(Dim(static_cast<std::int64_t>(type.tensor.rank())));
    if (name == "dtype") return Value::of(type.tensor.dtype);
    if (name == "T") {
      if (const ops::Op* t = ops::Catalogue::get().function("t")) {
        std::vector<GivenArgument> args{{"", base, span, {}}};
        return call_function(*t, args, span, scope);
      }
    }
    auto report = sink_.report(at, diag::NoMember, "a tensor", name);
    if (ops::Catalogue::get().function(name)) report.help(fmt::format("call it: `.{}(…)`", name));
    else report.help("a tensor has `shape`, `ndim`, `dtype` and torch's functions as methods");
    return Value::poison();
  }
  if (base.kind == Value::Module) {
    if (const auto id = child(base.instance, name)) return Value::of_module(*id);
    const Instance& instance = instances_[base.instance];
    ir::Module& module = program_.tree.modules[instance.module];
    for (std::uint32_t i = 0; i < module.tensors.size(); ++i) {
      if (module.tensors[i].name == name) return tensor_reference(base.instance, i);
    }
    if (names_missing_ || instance.broken || instance.definition->incomplete || (instance.level && instance.level->incomplete)) return Value::poison();
    std::vector<std::string> known;
    for (const auto& [n, id] : instance.children) known.push_back(n);
    for (const auto& t : module.tensors) known.push_back(t.name);
    auto report = sink_.report(at, diag::NoMember, fmt::format("`{}`", module.path.empty() ? module.type : module.path), name);
    if (const auto near = support::nearest(name, known)) report.help(fmt::format("did you mean `{}`?", *near));
    else if (!instance.built) report.help("its parts are there only after its first call");
    return Value::poison();
  }
  if (base.kind == Value::Def) {
    const DefinitionPtr part = part_of(base.definition, name, at, scope);
    return part ? Value::of(part) : Value::poison();
  }
  if (base.kind == Value::List) {
    for (std::size_t i = 0; i < base.list->names.size(); ++i) {
      if (base.list->names[i] == name) return base.list->items[i];
    }
    if (!name.empty() && name.find_first_not_of("0123456789") == std::string::npos && name.size() < 9) {
      const std::size_t i = std::stoul(name);
      if (i < base.list->items.size()) return base.list->items[i];
    }
    auto report = sink_.report(at, diag::NoMember, base.describe(), name);
    if (const auto near = support::nearest(name, base.list->names)) report.help(fmt::format("did you mean `{}`?", *near));
    else if (!base.list->names.empty()) report.help(fmt::format("it has {}", fmt::join(base.list->names, ", ")));
    return Value::poison();
  }
  sink_.report(at, diag::NoMember, base.describe(), name);
  return Value::poison();
}

Value Elaborator::index(const Value& base, const std::vector<ExprPtr>& indices, Span span, const Scope& scope) {
  if (base.is_poison()) return base;
  const auto static_index = [&](std::int64_t i, std::size_t size, Span at) -> std::optional<std::size_t> {
    const std::int64_t n = static_cast<std::int64_t>(size);
    if (i < -n || i >= n) {
      sink_.report(at, diag::IndexOutOfRange, i, size);
      return std::nullopt;
    }
    return static_cast<std::size_t>(i < 0 ? i + n : i);
  };
  if (base.kind == Value::Tensor) {
    const ops::Op* op = ops::Catalogue::get().function("_index");
    std::vector<Value> parts;
    for (const ExprPtr& e : indices) {
      if (e->kind == ExprKind::Slice) {
        std::vector<Value> slice;
        for (const ExprPtr& part : e->children) {
          slice.push_back(part ? evaluate(part, scope) : Value::null());
          if (slice.back().is_poison()) return Value::poison();
          if (slice.back().kind != Value::Int && !slice.back().is_null()) {
            sink_.report(part->span, diag::BadIndex, slice.back().describe());
            return Value::poison();
          }
        }
        while (slice.size() < 3) slice.push_back(Value::null());
        parts.push_back(Value::of_list(std::move(slice)));
        continue;
      }
      Value v = evaluate(e, scope);
      if (v.is_poison()) return v;
      if (v.kind != Value::Int && !v.is_null() && v.kind != Value::Ellipsis && v.kind != Value::Tensor) {
        sink_.report(e->span, diag::BadIndex, v.describe());
        return Value::poison();
      }
      parts.push_back(std::move(v));
    }
    std::vector<GivenArgument> args{{"", base, span, {}}, {"", Value::of_list(std::move(parts)), span, {}}};
    return call_function(*op, args, span, scope);
  }
  if (indices.size() != 1) {
    sink_.report(span, diag::NotIndexable, base.describe());
    return Value::poison();
  }
  const Expr& e = *indices[0];
  if (base.kind == Value::Module || base.kind == Value::Def) {
    const bool is_instance = base.kind == Value::Module;
    const DefinitionPtr def = is_instance ? instances_[base.instance].definition : base.definition;
    if (e.kind == ExprKind::String) {
      const auto key = text_of(indices[0], scope, true);
      if (!key) return Value::poison();
      return member(base, *key, span, e.span, scope);
    }
    if (e.kind == ExprKind::Slice) {
      const auto all = elements(base, span, "a slice");
      if (!all) return Value::poison();
      return index(Value::of_list(*all), indices, span, scope);
    }
    const Value i = evaluate(indices[0], scope);
    if (i.is_poison()) return i;
    if (i.kind == Value::String) return member(base, i.text, span, e.span, scope);
    if (i.kind == Value::Choice) return member(base, i.text, span, e.span, scope);
    if (i.is_int() && is_instance) {
      const auto& children = instances_[base.instance].children;
      if (def->incomplete) return Value::poison();
      const auto at = static_index(i.dim.constant(), children.size(), e.span);
      return at ? Value::of_module(children[*at].second) : Value::poison();
    }
    if (i.is_int()) {
      const auto at = static_index(i.dim.constant(), def->items.size(), e.span);
      return at ? Value::of(def->items[*at].second) : Value::poison();
    }
    sink_.report(e.span, diag::BadIndex, i.describe());
    return Value::poison();
  }
  if (base.kind == Value::List || base.kind == Value::String) {
    const std::size_t size = base.kind == Value::List ? base.list->items.size() : base.text.size();
    if (e.kind == ExprKind::Slice) {
      std::int64_t bounds[3] = {0, static_cast<std::int64_t>(size), 1};
      const std::int64_t n = static_cast<std::int64_t>(size);
      bool given[3] = {false, false, false};
      for (std::size_t i = 0; i < e.children.size() && i < 3; ++i) {
        if (!e.children[i]) continue;
        const Value v = evaluate(e.children[i], scope);
        if (v.is_null()) continue;
        if (!v.is_int()) {
          if (!v.is_poison()) sink_.report(e.children[i]->span, diag::BadIndex, v.describe());
          return Value::poison();
        }
        bounds[i] = v.dim.constant();
        given[i] = true;
      }
      const std::int64_t step = bounds[2];
      if (step == 0) {
        sink_.report(e.span, diag::BadIndex, "a step of 0");
        return Value::poison();
      }
      const auto clamp = [&](std::int64_t v, std::int64_t low, std::int64_t high) {
        if (v < 0) v += n;
        return std::min(std::max(v, low), high);
      };
      const std::int64_t start = given[0] ? clamp(bounds[0], step > 0 ? 0 : -1, step > 0 ? n : n - 1) : (step > 0 ? 0 : n - 1);
      const std::int64_t stop = given[1] ? clamp(bounds[1], step > 0 ? 0 : -1, step > 0 ? n : n - 1) : (step > 0 ? n : -1);
      std::vector<Value> items;
      std::string text;
      for (std::int64_t i = start; step > 0 ? i < stop : i > stop; i += step) {
        if (base.kind == Value::List) items.push_back(base.list->items[static_cast<std::size_t>(i)]);
        else text += base.text[static_cast<std::size_t>(i)];
      }
      return base.kind == Value::List ? Value::of_list(std::move(items), base.list->tuple) : Value::of(std::move(text));
    }
    const Value i = evaluate(indices[0], scope);
    if (i.is_poison()) return i;
    if (i.kind == Value::String && base.kind == Value::List) return member(base, i.text, span, e.span, scope);
    if (!i.is_int()) {
      sink_.report(e.span, diag::BadIndex, i.describe());
      return Value::poison();
    }
    const auto at = static_index(i.dim.constant(), size, e.span);
    if (!at) return Value::poison();
    return base.kind == Value::List ? base.list->items[*at] : Value::of(std::string(1, base.text[*at]));
  }
  sink_.report(span, diag::NotIndexable, base.describe());
  return Value::poison();
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
