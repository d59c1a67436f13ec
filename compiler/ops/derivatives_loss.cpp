// Derivatives of losses.
#include "ops/derivative_terms.h"

namespace modelc::ops {
namespace {

using namespace terms;

/// The gradient of the loss as that of each element: divided by their number where the loss is their mean.
Term of_each(Rule& r, Term elements) {
  if (r.arg("reduction").as_string() != "mean") return r.gradient();
  return div(r, r.gradient(), Given(Constant(r.type(elements).numel())));
}

/// g for `input`, -g for `target`.
void both(Rule& r, Term g) {
  r.give("input", g);
  if (r.wanted("target")) r.give("target", neg(r, g));
}

Term difference(Rule& r) { return sub(r, r.operand("input"), r.operand("target")); }

void of_mse(Rule& r) {
  const Term d = difference(r);
  both(r, mul(r, mul(r, d, 2.0), of_each(r, d)));
}

void of_l1(Rule& r) {
  const Term d = difference(r);
  both(r, mul(r, unary(r, "sgn", d), of_each(r, d)));
}

/// Straight beyond a limit, curved within.
void of_bent(Rule& r, double limit, double slope_within, double slope_beyond) {
  const Term d = difference(r);
  const Term within = mul(r, d, slope_within), beyond = mul(r, unary(r, "sgn", d), slope_beyond);
  const Term slope = where(r, compare(r, "lt", unary(r, "abs", d), limit), within, beyond);
  both(r, mul(r, slope, of_each(r, d)));
}

void of_smooth_l1(Rule& r) {
  const double beta = r.arg("beta").as_double();
  if (beta == 0) return of_l1(r);
  of_bent(r, beta, 1 / beta, 1);
}

void of_huber(Rule& r) {
  const double delta = r.arg("delta").as_double();
  of_bent(r, delta, 1, delta);
}

Term weighted(Rule& r, Term g) { return r.has("weight") ? mul(r, g, r.operand("weight")) : g; }

/// (x - y) / max((1 - x) * x, 1e-12).
void of_binary(Rule& r) {
  if (r.wanted("target") || (r.has("weight") && r.wanted("weight"))) return r.decline();
  const Term x = r.operand("input"), d = difference(r);
  const Term spread = r.call("clamp", {{"input", mul(r, one_minus(r, x), x)}, {"min", 1e-12}});
  r.give("input", weighted(r, mul(r, div(r, d, spread), of_each(r, d))));
}

/// sigmoid(x) - y; with weights of the positive: (p*y + 1 - y) * sigmoid(x) - p*y.
void of_binary_with_logits(Rule& r) {
  if (r.wanted("target") || (r.has("weight") && r.wanted("weight"))) return r.decline();
  if (r.has("pos_weight") && r.wanted("pos_weight")) return r.decline();
  const Term x = r.operand("input"), y = r.operand("target"), s = unary(r, "sigmoid", x);
  Term slope;
  if (r.has("pos_weight")) {
    const Term positive = mul(r, y, r.operand("pos_weight"));
    slope = sub(r, mul(r, add(r, positive, one_minus(r, y)), s), positive);
  } else {
    slope = sub(r, s, y);
  }
  r.give("input", weighted(r, mul(r, slope, of_each(r, x))));
}

void of_cross_entropy(Rule& r) {
  if (r.wanted("target") || (r.has("weight") && r.wanted("weight"))) return r.decline();
  if (r.type(r.operand("target")).dtype != types::DType::Int64) return r.decline();
  std::vector<std::pair<std::string_view, Given>> args{
      {"gradient", r.gradient()},        {"input", r.operand("input")},
      {"target", r.operand("target")},   {"ignore_index", r.arg("ignore_index")},
      {"reduction", r.arg("reduction")}, {"label_smoothing", r.arg("label_smoothing")}};
  if (r.has("weight")) args.emplace_back("weight", r.operand("weight"));
  r.give("input", r.call("_cross_entropy_backward", std::move(args)));
}

void of_nll(Rule& r) {
  if (r.has("weight") && r.wanted("weight")) return r.decline();
  std::vector<std::pair<std::string_view, Given>> args{{"gradient", r.gradient()},
                                                       {"input", r.operand("input")},
                                                       {"target", r.operand("target")},
                                                       {"ignore_index", r.arg("ignore_index")},
                                                       {"reduction", r.arg("reduction")}};
  if (r.has("weight")) args.emplace_back("weight", r.operand("weight"));
  r.give("input", r.call("_nll_backward", std::move(args)));
}

void of_kl_div(Rule& r) {
  if (r.wanted("target")) return r.decline();
  const Term x = r.operand("input"), y = r.operand("target");
  const std::string& reduction = r.arg("reduction").as_string();
  Term g = r.gradient();
  if (reduction == "mean") g = div(r, g, Given(Constant(r.type(x).numel())));
  if (reduction == "batchmean") g = div(r, g, Given(Constant(r.type(x).shape[0])));
  const Term share = r.arg("log_target").as_bool() ? unary(r, "exp", y) : y;
  r.give("input", neg(r, mul(r, share, g)));
}

}  // namespace

std::vector<DerivativeRow> loss_derivatives() {
  return {
      {"mse_loss", of_mse},
      {"l1_loss", of_l1},
      {"smooth_l1_loss", of_smooth_l1},
      {"huber_loss", of_huber},
      {"binary_cross_entropy", of_binary},
      {"binary_cross_entropy_with_logits", of_binary_with_logits},
      {"cross_entropy", of_cross_entropy},
      {"nll_loss", of_nll},
      {"kl_div", of_kl_div},
  };
}

}  // namespace modelc::ops
