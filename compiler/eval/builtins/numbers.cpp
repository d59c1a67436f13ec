// Functions of one number, as Python's `math` has them, and conversions.
#include <cmath>

#include "eval/builtins/table.h"
#include "eval/evaluate.h"
#include "eval/operators.h"
#include "support/words.h"

namespace modelc::eval {

namespace {

double round_half_even(double x, int digits) {
  const double scale = std::pow(10.0, digits);
  return std::nearbyint(x * scale) / scale;
}

Value whole(const BuiltinCall& c, double value) {
  Value result = std::fabs(value) < 9.2e18 ? Value::of(Dim(static_cast<std::int64_t>(value))) : Value::poison();
  if (result.is_poison()) c.env.sink.report(c.span, diag::IntegerOverflow, c.name);
  return result;
}

/// The first argument as a number; nullopt after reporting, with what the call then gives.
struct Number {
  std::optional<double> x;
  Value otherwise;
};

Number number(const BuiltinCall& c) {
  const Value& v = c.args[0].value;
  if (!v.is_number()) return {std::nullopt, c.bad(v)};
  if (v.kind == Value::Int && !v.dim.is_constant()) {
    c.env.sink.report(c.span, diag::FloatOfSize, c.name, v.dim.str());
    return {std::nullopt, Value::poison()};
  }
  return {v.as_double(), {}};
}

std::optional<Value> to_float(const BuiltinCall& c) {
  const Value& v = c.args[0].value;
  if (v.kind == Value::String) {
    const bool negative = v.text.starts_with('-');
    if (support::is_infinity_word(negative ? v.text.substr(1) : v.text))
      return Value::of(negative ? -INFINITY : INFINITY);
  }
  const Number n = number(c);
  return n.x ? Value::of(*n.x) : n.otherwise;
}

std::optional<Value> to_bool(const BuiltinCall& c) {
  const Value& v = c.args[0].value;
  if (!v.is_number()) {
    const auto holds = truth(c.env, v, c.span);
    return holds ? Value::of(*holds) : Value::poison();
  }
  const Number n = number(c);
  return n.x ? Value::of(*n.x != 0) : n.otherwise;
}

std::optional<Value> to_int(const BuiltinCall& c) {
  const Value& v = c.args[0].value;
  if (v.kind == Value::Int) return v;
  const Number n = number(c);
  return n.x ? whole(c, std::trunc(*n.x)) : n.otherwise;
}

std::optional<Value> absolute(const BuiltinCall& c) {
  const Value& v = c.args[0].value;
  if (v.kind == Value::Int && !v.dim.is_constant()) return Value::of(types::dim_max(v.dim, -v.dim));
  const Number n = number(c);
  if (!n.x) return n.otherwise;
  if (v.kind == Value::Float) return Value::of(std::fabs(*n.x));
  if (v.kind == Value::Bool) return Value::of(Dim(std::int64_t{v.boolean}));
  return Value::of(Dim(static_cast<std::int64_t>(std::llabs(v.dim.constant()))));
}

std::optional<Value> up(const BuiltinCall& c) {
  const Number n = number(c);
  if (!n.x) return n.otherwise;
  return c.args[0].value.is_int() ? c.args[0].value : whole(c, std::ceil(*n.x));
}

std::optional<Value> down(const BuiltinCall& c) {
  const Number n = number(c);
  if (!n.x) return n.otherwise;
  return c.args[0].value.is_int() ? c.args[0].value : whole(c, std::floor(*n.x));
}

std::optional<Value> round(const BuiltinCall& c) {
  const Number n = number(c);
  if (!n.x) return n.otherwise;
  if (c.args.size() == 2 && c.args[1].value.is_int())
    return Value::of(round_half_even(*n.x, static_cast<int>(c.args[1].value.dim.constant())));
  return c.args[0].value.is_int() ? c.args[0].value : whole(c, std::nearbyint(*n.x));
}

std::optional<Value> power(const BuiltinCall& c) {
  const Number n = number(c);
  if (!n.x) return n.otherwise;
  if (c.args.size() != 2) return c.wrong_count("two arguments");
  return binary(c.env, ast::Operator::Power, c.args[0].value, c.args[1].value, c.span);
}

std::optional<Value> logarithm(const BuiltinCall& c) {
  const Number n = number(c);
  if (!n.x) return n.otherwise;
  if (*n.x <= 0) return c.bad(c.args[0].value);
  if (c.args.size() == 2 && c.args[1].value.is_number())
    return Value::of(std::log(*n.x) / std::log(c.args[1].value.as_double()));
  return Value::of(std::log(*n.x));
}

std::optional<Value> square_root(const BuiltinCall& c) {
  const Number n = number(c);
  if (!n.x) return n.otherwise;
  return *n.x < 0 ? c.bad(c.args[0].value) : Value::of(std::sqrt(*n.x));
}

template <double (*F)(double)>
std::optional<Value> apply(const BuiltinCall& c) {
  const Number n = number(c);
  return n.x ? Value::of(F(*n.x)) : n.otherwise;
}

/// A name that only means something of a tensor.
std::optional<Value> none(const BuiltinCall& c) {
  const Number n = number(c);
  return n.x ? std::optional<Value>() : n.otherwise;
}

double exponential(double x) { return std::exp(x); }
double sine(double x) { return std::sin(x); }
double cosine(double x) { return std::cos(x); }
double tangent(double x) { return std::tan(x); }

constexpr const char* kOne = "one argument";

const Builtin kNumbers[] = {
    {"float", Builtin::Static, 1, kMany, kOne, to_float},
    {"bool", Builtin::Static, 1, kMany, kOne, to_bool},
    {"int", Builtin::Static, 1, kMany, kOne, to_int},
    {"abs", Builtin::Static, 1, kMany, kOne, absolute},
    {"ceil", Builtin::Static, 1, kMany, kOne, up},
    {"floor", Builtin::Static, 1, kMany, kOne, down},
    {"round", Builtin::Static, 1, kMany, kOne, round},
    {"pow", Builtin::Static, 1, kMany, kOne, power},
    {"log", Builtin::Static, 1, kMany, kOne, logarithm},
    {"sqrt", Builtin::Static, 1, kMany, kOne, square_root},
    {"exp", Builtin::Static, 1, kMany, kOne, apply<exponential>},
    {"sin", Builtin::Static, 1, kMany, kOne, apply<sine>},
    {"cos", Builtin::Static, 1, kMany, kOne, apply<cosine>},
    {"tan", Builtin::Static, 1, kMany, kOne, apply<tangent>},
    {"tap", Builtin::Static, 1, kMany, kOne, none},
    {"rearrange", Builtin::Static, 1, kMany, kOne, none},
};

}  // namespace

std::span<const Builtin> number_builtins() { return kNumbers; }

}  // namespace modelc::eval
