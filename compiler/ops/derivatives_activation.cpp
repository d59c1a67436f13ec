// Derivatives of activations.
#include "ops/derivative_terms.h"

namespace modelc::ops {
namespace {

using namespace terms;

double number(Rule& r, std::string_view name) { return r.arg(name).as_double(); }

/// g where the comparison of x with a number holds, else g times a factor.
Term piecewise(Rule& r, const char* comparison, double limit, Given otherwise) {
  return where(r, compare(r, comparison, r.operand("input"), limit), r.gradient(), std::move(otherwise));
}

/// ATen compares the result, which is where it is 0 or none a number.
void of_relu(Rule& r) { r.give("input", where(r, compare(r, "le", r.result(), 0.0), 0.0, r.gradient())); }

/// g within two limits, 0 at them and beyond.
Term within(Rule& r, double low, double high) {
  const Term x = r.operand("input");
  const Term out = r.call("logical_or", {{"input", compare(r, "le", x, low)}, {"other", compare(r, "ge", x, high)}});
  return where(r, out, 0.0, r.gradient());
}

void of_relu6(Rule& r) { r.give("input", within(r, 0, 6)); }
void of_hardtanh(Rule& r) { r.give("input", within(r, number(r, "min_val"), number(r, "max_val"))); }

void of_leaky_relu(Rule& r) {
  r.give("input", piecewise(r, "gt", 0.0, mul(r, r.gradient(), number(r, "negative_slope"))));
}

/// x <= 0: g * low * exp(x * steepness); else g * high.
void exponential_below(Rule& r, double low, double steepness, double high) {
  const Term x = r.operand("input"), g = r.gradient();
  const Term exponent = steepness == 1 ? x : mul(r, x, steepness);
  const Term below = mul(r, mul(r, g, low), unary(r, "exp", exponent));
  r.give("input", where(r, compare(r, "le", x, 0.0), below, high == 1 ? g : mul(r, g, high)));
}

void of_elu(Rule& r) { exponential_below(r, number(r, "alpha"), 1, 1); }
void of_celu(Rule& r) { exponential_below(r, 1, 1 / number(r, "alpha"), 1); }
void of_selu(Rule& r) {
  constexpr double kAlpha = 1.6732632423543772848170429916717, kScale = 1.0507009873554804934193349852946;
  exponential_below(r, kAlpha * kScale, 1, kScale);
}

/// g * (s * (1 + x * (1 - s))), s = sigmoid(x).
void of_silu(Rule& r) {
  const Term x = r.operand("input"), s = unary(r, "sigmoid", x);
  const Term slope = mul(r, s, add(r, mul(r, x, one_minus(r, s)), 1.0));
  r.give("input", mul(r, r.gradient(), slope));
}

/// g * (t + x * s * (1 - t * t)), t = tanh(softplus(x)), s = sigmoid(x).
void of_mish(Rule& r) {
  const Term x = r.operand("input"), s = unary(r, "sigmoid", x);
  const Term t = unary(r, "tanh", unary(r, "softplus", x));
  const Term slope = add(r, t, mul(r, mul(r, x, s), one_minus(r, square(r, t))));
  r.give("input", mul(r, r.gradient(), slope));
}

void of_softplus(Rule& r) {
  const double beta = number(r, "beta"), threshold = number(r, "threshold");
  const Term x = r.operand("input"), scaled = beta == 1 ? x : mul(r, x, beta);
  const Term bent = mul(r, r.gradient(), unary(r, "sigmoid", scaled));
  r.give("input", where(r, compare(r, "gt", scaled, threshold), r.gradient(), bent));
}

void of_softsign(Rule& r) {
  const Term x = r.operand("input");
  r.give("input", div(r, r.gradient(), square(r, add(r, unary(r, "abs", x), 1.0))));
}

void of_hardsigmoid(Rule& r) {
  const Term x = r.operand("input");
  const Term inside =
      r.call("logical_and", {{"input", compare(r, "gt", x, -3.0)}, {"other", compare(r, "lt", x, 3.0)}});
  r.give("input", masked(r, inside, mul(r, r.gradient(), 1.0 / 6.0)));
}

void of_hardswish(Rule& r) {
  const Term x = r.operand("input"), g = r.gradient();
  const Term bent = mul(r, g, add(r, div(r, x, 3.0), 0.5));
  const Term upper = where(r, compare(r, "le", x, 3.0), bent, g);
  r.give("input", where(r, compare(r, "lt", x, -3.0), 0.0, upper));
}

void of_shrink(Rule& r) {
  const double limit = number(r, "lambd");
  r.give("input", masked(r, compare(r, "gt", unary(r, "abs", r.operand("input")), limit), r.gradient()));
}

void of_tanhshrink(Rule& r) { r.give("input", mul(r, r.gradient(), square(r, unary(r, "tanh", r.operand("input"))))); }

void of_logsigmoid(Rule& r) { r.give("input", mul(r, r.gradient(), unary(r, "sigmoid", neg(r, r.operand("input"))))); }

void of_threshold(Rule& r) {
  r.give("input", where(r, compare(r, "le", r.operand("input"), number(r, "threshold")), 0.0, r.gradient()));
}

void of_gelu(Rule& r) {
  r.give("input",
         r.call("_gelu_backward",
                {{"gradient", r.gradient()}, {"input", r.operand("input")}, {"approximate", r.arg("approximate")}}));
}

/// x = a | b: y = a * sigmoid(b).
void of_glu(Rule& r) {
  const Term x = r.operand("input"), g = r.gradient();
  const types::TensorType& type = r.type(x);
  const std::int64_t dim = axis(r.arg("dim"), type.rank());
  const Dim half = r.type(g).shape[static_cast<std::size_t>(dim)];
  const Term a = narrow(r, x, dim, 0, half), s = unary(r, "sigmoid", narrow(r, x, dim, half, half));
  const Term of_a = mul(r, g, s);
  r.give("input", cat(r, {of_a, mul(r, mul(r, of_a, one_minus(r, s)), a)}, dim));
}

/// The weight stretched to the channels.
void of_prelu(Rule& r) {
  const Term x = r.operand("input"), w = r.operand("weight"), g = r.gradient();
  const types::TensorType type = r.type(x);
  Term stretched = w;
  if (type.rank() > 2 && r.type(w).rank() == 1) {
    std::vector<Dim> shape{r.type(w).shape[0]};
    shape.resize(type.rank() - 1, Dim(1));
    stretched = reshape(r, w, shape);
  }
  const Term positive = compare(r, "gt", x, 0.0);
  if (r.wanted("input")) r.give("input", where(r, positive, g, mul(r, stretched, g)));
  if (!r.wanted("weight")) return;
  const Term share = where(r, positive, 0.0, mul(r, x, g));
  if (stretched.value == w.value) return r.give("weight", share);
  std::vector<std::int64_t> dims;
  for (std::size_t d = 0; d < type.rank(); ++d)
    if (d != 1) dims.push_back(static_cast<std::int64_t>(d));
  const Term summed = sum(r, share, dims);
  r.give("weight", summed);
}

/// PyTorch guesses a dimension where none is given: 0 for 0, 1 and 3 dimensions, else 1.
std::int64_t softmax_axis(Rule& r) {
  const std::size_t rank = r.type(r.operand("input")).rank();
  if (!r.arg("dim").is_null()) return axis(r.arg("dim"), rank);
  return rank == 0 || rank == 1 || rank == 3 ? 0 : 1;
}

/// By ATen's kernel for the operator.
Term through_softmax(Rule& r, const char* kernel) {
  return r.call(kernel, {{"gradient", r.gradient()}, {"output", r.result()}, {"dim", softmax_axis(r)}});
}

void of_softmax(Rule& r) {
  if (!r.arg("dtype").is_null()) return r.decline();
  r.give("input", through_softmax(r, "_softmax_backward"));
}

void of_softmin(Rule& r) {
  if (!r.arg("dtype").is_null()) return r.decline();
  r.give("input", neg(r, through_softmax(r, "_softmax_backward")));
}

void of_log_softmax(Rule& r) {
  if (!r.arg("dtype").is_null()) return r.decline();
  r.give("input", through_softmax(r, "_log_softmax_backward"));
}

}  // namespace

std::vector<DerivativeRow> activation_derivatives() {
  return {
      {"relu", of_relu},
      {"relu6", of_relu6},
      {"hardtanh", of_hardtanh},
      {"leaky_relu", of_leaky_relu},
      {"elu", of_elu},
      {"celu", of_celu},
      {"selu", of_selu},
      {"silu", of_silu},
      {"mish", of_mish},
      {"softplus", of_softplus},
      {"softsign", of_softsign},
      {"hardsigmoid", of_hardsigmoid},
      {"hardswish", of_hardswish},
      {"hardshrink", of_shrink},
      {"softshrink", of_shrink},
      {"tanhshrink", of_tanhshrink},
      {"logsigmoid", of_logsigmoid},
      {"threshold", of_threshold},
      {"gelu", of_gelu},
      {"glu", of_glu},
      {"prelu", of_prelu},
      {"softmax", of_softmax},
      {"softmin", of_softmin},
      {"log_softmax", of_log_softmax},
  };
}

}  // namespace modelc::ops
