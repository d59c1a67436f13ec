// Derivatives of elementwise arithmetic.
#include <cmath>

#include "ops/derivative_terms.h"

namespace modelc::ops {
namespace {

using namespace terms;

/// g times a factor made of the operand x or of the result y.
template <Term (*factor)(Rule&, Term x, Term y)>
void scaled(Rule& r) {
  r.give("input", mul(r, r.gradient(), factor(r, r.operand("input"), r.result())));
}

/// g divided by such a thing.
template <Term (*divisor)(Rule&, Term x, Term y)>
void divided(Rule& r) {
  r.give("input", div(r, r.gradient(), divisor(r, r.operand("input"), r.result())));
}

Term of_exp(Rule&, Term, Term y) { return y; }
Term of_exp2(Rule& r, Term, Term y) { return mul(r, y, M_LN2); }
Term of_expm1(Rule& r, Term, Term y) { return add(r, y, 1.0); }
Term of_log(Rule&, Term x, Term) { return x; }
Term of_log1p(Rule& r, Term x, Term) { return add(r, x, 1.0); }
Term of_log2(Rule& r, Term x, Term) { return mul(r, x, M_LN2); }
Term of_log10(Rule& r, Term x, Term) { return mul(r, x, M_LN10); }
Term of_sqrt(Rule& r, Term, Term y) { return mul(r, y, 2.0); }
Term of_rsqrt(Rule& r, Term, Term y) { return mul(r, r.call("pow", {{"input", y}, {"exponent", 3}}), -0.5); }
Term of_square(Rule& r, Term x, Term) { return mul(r, x, 2.0); }
Term of_reciprocal(Rule& r, Term, Term y) { return neg(r, mul(r, y, y)); }
Term of_sin(Rule& r, Term x, Term) { return unary(r, "cos", x); }
Term of_cos(Rule& r, Term x, Term) { return neg(r, unary(r, "sin", x)); }
Term of_tan(Rule& r, Term, Term y) { return add(r, square(r, y), 1.0); }
Term of_tanh(Rule& r, Term, Term y) { return one_minus(r, square(r, y)); }
Term of_sigmoid(Rule& r, Term, Term y) { return mul(r, y, one_minus(r, y)); }
Term of_erf(Rule& r, Term x, Term) { return mul(r, unary(r, "exp", neg(r, square(r, x))), 2.0 / std::sqrt(M_PI)); }
Term of_erfc(Rule& r, Term x, Term y) { return neg(r, of_erf(r, x, y)); }
Term of_abs(Rule& r, Term x, Term) { return unary(r, "sgn", x); }
Term of_sinh(Rule& r, Term x, Term) { return unary(r, "cosh", x); }
Term of_cosh(Rule& r, Term x, Term) { return unary(r, "sinh", x); }
Term of_asin(Rule& r, Term x, Term) { return unary(r, "rsqrt", one_minus(r, square(r, x))); }
Term of_acos(Rule& r, Term x, Term y) { return neg(r, of_asin(r, x, y)); }
Term of_atan(Rule& r, Term x, Term) { return add(r, square(r, x), 1.0); }
Term of_asinh(Rule& r, Term x, Term) { return unary(r, "rsqrt", add(r, square(r, x), 1.0)); }
Term of_acosh(Rule& r, Term x, Term) { return unary(r, "rsqrt", sub(r, square(r, x), 1.0)); }
Term of_atanh(Rule& r, Term x, Term) { return one_minus(r, square(r, x)); }
Term of_lgamma(Rule& r, Term x, Term) { return unary(r, "digamma", x); }

void passed_on(Rule& r) { r.give("input", r.gradient()); }
void negated(Rule& r) { r.give("input", neg(r, r.gradient())); }
/// Steps are flat: torch gives zeros, which weight decay is added to all the same.
void flat(Rule& r) { r.give("input", zeros(r, r.gradient())); }
void degrees(Rule& r) { r.give("input", mul(r, r.gradient(), M_PI / 180)); }
void radians(Rule& r) { r.give("input", mul(r, r.gradient(), 180 / M_PI)); }

Given other_of(Rule& r, std::string_view name) { return r.has(name) ? Given(r.operand(name)) : Given(r.arg(name)); }

double alpha_of(Rule& r) { return r.arg("alpha").as_double(); }

void of_add(Rule& r) {
  r.give("input", r.gradient());
  if (!r.wanted("other")) return;
  r.give("other", alpha_of(r) == 1 ? r.gradient() : mul(r, r.gradient(), alpha_of(r)));
}

void of_sub(Rule& r) {
  r.give("input", r.gradient());
  if (r.wanted("other")) r.give("other", mul(r, r.gradient(), -alpha_of(r)));
}

void of_rsub(Rule& r) {
  r.give("other", r.gradient());
  if (r.wanted("input")) r.give("input", mul(r, r.gradient(), -alpha_of(r)));
}

void of_mul(Rule& r) {
  if (r.wanted("input")) r.give("input", mul(r, r.gradient(), other_of(r, "other")));
  if (r.wanted("other")) r.give("other", mul(r, r.gradient(), other_of(r, "input")));
}

void of_div(Rule& r) {
  if (!r.arg("rounding_mode").is_null()) return r.decline();
  if (r.wanted("input")) r.give("input", div(r, r.gradient(), other_of(r, "other")));
  if (!r.wanted("other")) return;
  const Term y = r.operand("other");
  r.give("other", neg(r, div(r, mul(r, r.gradient(), r.result()), y)));
}

/// g * (e * x^(e - 1)), for a number e; e = 0 has none.
void of_power_by_number(Rule& r) {
  const double e = r.arg("exponent").as_double();
  const Term x = r.operand("input");
  if (e == 0) return r.give("input", zeros(r, r.gradient()));
  const Term power = e == 2 ? x : r.call("pow", {{"input", x}, {"exponent", e - 1}});
  r.give("input", mul(r, r.gradient(), mul(r, power, e)));
}

void of_pow(Rule& r) {
  if (!r.has("exponent")) return of_power_by_number(r);
  const Term e = r.operand("exponent");
  if (r.wanted("input")) {
    const Term x = r.operand("input");
    const Term slope = mul(r, e, r.call("pow", {{"input", x}, {"exponent", sub(r, e, 1.0)}}));
    r.give("input", mul(r, r.gradient(), where(r, compare(r, "eq", e, 0.0), 0.0, slope)));
  }
  if (!r.wanted("exponent")) return;
  // Of a base of 0 the logarithm is none, and the power is flat where the exponent is not below 0.
  const Term g = mul(r, r.gradient(), r.result());
  if (!r.has("input")) {
    const double base = r.arg("input").as_double();
    if (base == 0) return r.decline();
    return r.give("exponent", mul(r, g, std::log(base)));
  }
  const Term x = r.operand("input");
  const Term flat_there =
      r.call("logical_and", {{"input", compare(r, "eq", x, 0.0)}, {"other", compare(r, "ge", e, 0.0)}});
  r.give("exponent", where(r, flat_there, 0.0, mul(r, g, unary(r, "log", x))));
}

/// The greater or smaller of two gets the gradient, of equal ones each half.
template <bool greatest>
void of_extreme(Rule& r) {
  if (!r.has("input") || !r.has("other")) return r.decline();
  const Term x = r.operand("input"), y = r.operand("other"), g = r.gradient();
  const Term shared = where(r, compare(r, "eq", x, y), mul(r, g, 0.5), g);
  const char* const loses = greatest ? "lt" : "gt";
  if (r.wanted("input")) r.give("input", where(r, compare(r, loses, x, y), 0.0, shared));
  if (r.wanted("other")) r.give("other", where(r, compare(r, loses, y, x), 0.0, shared));
}

void of_where(Rule& r) {
  const Term condition = r.operand("condition");
  if (r.wanted("input")) r.give("input", where(r, condition, r.gradient(), 0.0));
  if (r.wanted("other")) r.give("other", where(r, condition, 0.0, r.gradient()));
}

void of_masked_fill(Rule& r) {
  if (r.has("value") && r.wanted("value")) return r.decline();
  r.give("input", where(r, r.operand("mask"), 0.0, r.gradient()));
}

void of_clamp(Rule& r) {
  if (r.wanted("min") || r.wanted("max")) return r.decline();
  const Term x = r.operand("input");
  Term g = r.gradient();
  if (r.has("min") || !r.arg("min").is_null()) g = masked(r, compare(r, "ge", x, other_of(r, "min")), g);
  if (r.has("max") || !r.arg("max").is_null()) g = masked(r, compare(r, "le", x, other_of(r, "max")), g);
  r.give("input", g);
}

void of_addcmul(Rule& r) {
  const double value = r.arg("value").as_double();
  r.give("input", r.gradient());
  if (r.wanted("tensor1")) r.give("tensor1", mul(r, mul(r, r.gradient(), r.operand("tensor2")), value));
  if (r.wanted("tensor2")) r.give("tensor2", mul(r, mul(r, r.gradient(), r.operand("tensor1")), value));
}

void of_lerp(Rule& r) {
  if (r.wanted("weight")) {
    r.give("weight", mul(r, r.gradient(), sub(r, r.operand("end"), r.operand("input"))));
  }
  const bool tensor = r.has("weight");
  if (r.wanted("input"))
    r.give("input", mul(r, r.gradient(),
                        tensor ? Given(one_minus(r, r.operand("weight"))) : Given(1 - r.arg("weight").as_double())));
  if (r.wanted("end")) r.give("end", mul(r, r.gradient(), other_of(r, "weight")));
}

}  // namespace

std::vector<DerivativeRow> elementwise_derivatives() {
  return {
      {"exp", scaled<of_exp>},
      {"exp2", scaled<of_exp2>},
      {"expm1", scaled<of_expm1>},
      {"log", divided<of_log>},
      {"log1p", divided<of_log1p>},
      {"log2", divided<of_log2>},
      {"log10", divided<of_log10>},
      {"sqrt", divided<of_sqrt>},
      {"rsqrt", scaled<of_rsqrt>},
      {"square", scaled<of_square>},
      {"reciprocal", scaled<of_reciprocal>},
      {"sin", scaled<of_sin>},
      {"cos", scaled<of_cos>},
      {"tan", scaled<of_tan>},
      {"tanh", scaled<of_tanh>},
      {"sigmoid", scaled<of_sigmoid>},
      {"erf", scaled<of_erf>},
      {"erfc", scaled<of_erfc>},
      {"abs", scaled<of_abs>},
      {"sinh", scaled<of_sinh>},
      {"cosh", scaled<of_cosh>},
      {"asin", scaled<of_asin>},
      {"acos", scaled<of_acos>},
      {"atan", divided<of_atan>},
      {"asinh", scaled<of_asinh>},
      {"acosh", scaled<of_acosh>},
      {"atanh", divided<of_atanh>},
      {"lgamma", scaled<of_lgamma>},
      {"neg", negated},
      {"positive", passed_on},
      {"frac", passed_on},
      {"floor", flat},
      {"ceil", flat},
      {"trunc", flat},
      {"round", flat},
      {"sign", flat},
      {"sgn", flat},
      {"deg2rad", degrees},
      {"rad2deg", radians},
      {"add", of_add},
      {"sub", of_sub},
      {"rsub", of_rsub},
      {"mul", of_mul},
      {"div", of_div},
      {"true_divide", of_div},
      {"pow", of_pow},
      {"maximum", of_extreme<true>},
      {"minimum", of_extreme<false>},
      {"where", of_where},
      {"masked_fill", of_masked_fill},
      {"clamp", of_clamp},
      {"clip", of_clamp},
      {"addcmul", of_addcmul},
      {"lerp", of_lerp},
  };
}

}  // namespace modelc::ops
