// Derivatives of products of matrices, attention and look-ups.
#include <cmath>

#include "ops/derivative_terms.h"

namespace modelc::ops {
namespace {

using namespace terms;

std::size_t rank_of(Rule& r, Term a) { return r.type(a).rank(); }

/// All dimensions but the last as one.
Term as_matrix(Rule& r, Term a) {
  const std::vector<Dim>& shape = r.type(a).shape;
  if (shape.size() == 2) return a;
  Dim rows = 1;
  for (std::size_t d = 0; d + 1 < shape.size(); ++d) rows = rows * shape[d];
  return reshape(r, a, {rows, shape.back()});
}

/// a.T @ b over all rows.
Term over_rows(Rule& r, Term a, Term b) { return matmul(r, transpose(r, as_matrix(r, a)), as_matrix(r, b)); }

void of_linear(Rule& r) {
  const Term x = r.operand("input"), w = r.operand("weight"), g = r.gradient();
  if (rank_of(r, w) != 2) return r.decline();
  if (rank_of(r, x) == 1) {
    if (r.wanted("input")) r.give("input", matmul(r, g, w));
    if (r.wanted("weight")) r.give("weight", mul(r, unsqueeze(r, g, -1), x));
  } else {
    if (r.wanted("input")) r.give("input", matmul(r, g, w));
    if (r.wanted("weight")) r.give("weight", over_rows(r, g, x));
  }
  if (r.has("bias") && r.wanted("bias")) r.give("bias", g);
}

/// Products of two operands under their names.
void of_product(Rule& r, const char* left, const char* right) {
  const Term a = r.operand(left), b = r.operand(right), g = r.gradient();
  const std::size_t m = rank_of(r, a), n = rank_of(r, b);
  if (m == 1 && n == 1) {
    if (r.wanted(left)) r.give(left, mul(r, b, g));
    if (r.wanted(right)) r.give(right, mul(r, a, g));
  } else if (n == 1) {
    if (r.wanted(left)) r.give(left, mul(r, unsqueeze(r, g, -1), b));
    if (r.wanted(right)) {
      const Term rows = reshape(r, g, {r.type(g).numel()});
      r.give(right, matmul(r, transpose(r, as_matrix(r, a)), rows));
    }
  } else if (m == 1) {
    if (r.wanted(left)) r.give(left, r.call("squeeze", {{"input", matmul(r, b, unsqueeze(r, g, -1))}, {"dim", -1}}));
    if (r.wanted(right)) r.give(right, mul(r, unsqueeze(r, a, -1), unsqueeze(r, g, -2)));
  } else {
    if (r.wanted(left)) r.give(left, matmul(r, g, transpose(r, b)));
    if (r.wanted(right)) r.give(right, n == 2 ? over_rows(r, a, g) : matmul(r, transpose(r, a), g));
  }
}

void of_matmul(Rule& r) { of_product(r, "input", "other"); }
void of_mm(Rule& r) { of_product(r, "input", "mat2"); }
void of_dot(Rule& r) { of_product(r, "input", "tensor"); }

void of_outer(Rule& r) {
  const Term g = r.gradient();
  if (r.wanted("input")) r.give("input", matmul(r, g, r.operand("vec2")));
  if (r.wanted("vec2")) r.give("vec2", matmul(r, transpose(r, g), r.operand("input")));
}

/// beta * input + alpha * a @ b.
void of_sum_and_product(Rule& r, const char* left, const char* right) {
  const double alpha = r.arg("alpha").as_double(), beta = r.arg("beta").as_double();
  const Term g = r.gradient(), scaled = alpha == 1 ? g : mul(r, g, alpha);
  if (r.wanted("input")) r.give("input", beta == 1 ? g : mul(r, g, beta));
  if (r.wanted(left)) r.give(left, matmul(r, scaled, transpose(r, r.operand(right))));
  if (r.wanted(right)) r.give(right, matmul(r, transpose(r, r.operand(left)), scaled));
}

void of_addmm(Rule& r) { of_sum_and_product(r, "mat1", "mat2"); }
void of_baddbmm(Rule& r) { of_sum_and_product(r, "batch1", "batch2"); }

void of_embedding(Rule& r) {
  if (!r.arg("max_norm").is_null() || r.arg("sparse").as_bool()) return r.decline();
  r.give("weight", r.call("_embedding_backward", {{"gradient", r.gradient()},
                                                  {"input", r.operand("input")},
                                                  {"weight", r.operand("weight")},
                                                  {"padding_idx", r.arg("padding_idx")},
                                                  {"scale_grad_by_freq", r.arg("scale_grad_by_freq")}}));
}

/// softmax(q @ k.T * scale + mask) @ v, the shares saved.
void of_attention(Rule& r) {
  if (r.arg("dropout_p").as_double() != 0 || r.arg("enable_gqa").as_bool()) return r.decline();
  if (r.has("attn_mask") && r.wanted("attn_mask")) return r.decline();
  const Term q = r.operand("query"), k = r.operand("key"), v = r.operand("value"), g = r.gradient();
  const Term shares = r.result(1);
  if (r.wanted("value")) r.give("value", matmul(r, transpose(r, shares), g));
  if (!r.wanted("query") && !r.wanted("key")) return;
  const Term of_shares = matmul(r, g, transpose(r, v));
  const Term of_scores = r.call("_softmax_backward", {{"gradient", of_shares}, {"output", shares}, {"dim", -1}});
  const Dim width = r.type(q).shape.back();
  const Constant& stated = r.arg("scale");
  if (stated.is_null() && !width.is_constant()) return r.decline();
  const double scale = stated.is_null() ? 1 / std::sqrt(static_cast<double>(width.constant())) : stated.as_double();
  const Term scores = mul(r, of_scores, scale);
  if (r.wanted("query")) r.give("query", matmul(r, scores, k));
  if (r.wanted("key")) r.give("key", matmul(r, transpose(r, scores), q));
}

}  // namespace

std::vector<DerivativeRow> product_derivatives() {
  return {
      {"linear", of_linear},
      {"matmul", of_matmul},
      {"mm", of_mm},
      {"bmm", of_mm},
      {"dot", of_dot},
      {"outer", of_outer},
      {"addmm", of_addmm},
      {"baddbmm", of_baddbmm},
      {"embedding", of_embedding},
      {"scaled_dot_product_attention", of_attention, "_attention_saved"},
  };
}

}  // namespace modelc::ops
