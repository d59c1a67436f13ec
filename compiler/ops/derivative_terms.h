// Arithmetic on terms, for the rules of derivatives.
#pragma once

#include "ops/derivative.h"

namespace modelc::ops::terms {

using types::Constant;
using types::ConstantList;
using types::Dim;
using Rule = Derivation;

inline Term mul(Rule& r, Term a, Given b) { return r.call("mul", {{"input", a}, {"other", std::move(b)}}); }
inline Term add(Rule& r, Term a, Given b) { return r.call("add", {{"input", a}, {"other", std::move(b)}}); }
inline Term sub(Rule& r, Given a, Given b) { return r.call("sub", {{"input", std::move(a)}, {"other", std::move(b)}}); }
inline Term div(Rule& r, Term a, Given b) { return r.call("div", {{"input", a}, {"other", std::move(b)}}); }
inline Term unary(Rule& r, std::string_view op, Term a) { return r.call(op, {{"input", a}}); }
inline Term neg(Rule& r, Term a) { return unary(r, "neg", a); }
inline Term square(Rule& r, Term a) { return unary(r, "square", a); }
/// 1 - a, a - 1 turned round.
inline Term one_minus(Rule& r, Term a) { return add(r, neg(r, a), 1.0); }
inline Term compare(Rule& r, std::string_view op, Term a, Given b) {
  return r.call(op, {{"input", a}, {"other", std::move(b)}});
}
inline Term where(Rule& r, Term condition, Given a, Given b) {
  return r.call("where", {{"condition", condition}, {"input", std::move(a)}, {"other", std::move(b)}});
}
/// a where the condition is true, else 0.
inline Term masked(Rule& r, Term condition, Term a) { return where(r, condition, a, 0.0); }
inline Term zeros(Rule& r, Term like) { return unary(r, "zeros_like", like); }
inline Term reshape(Rule& r, Term a, const std::vector<Dim>& shape) {
  ConstantList sizes;
  for (const Dim size : shape) sizes.emplace_back(size);
  return r.call("reshape", {{"input", a}, {"shape", Constant(std::move(sizes))}});
}
inline Term reshape_like(Rule& r, Term a, Term like) { return reshape(r, a, r.type(like).shape); }
inline Term sum(Rule& r, Term a, std::vector<std::int64_t> dims, bool keepdim = false) {
  ConstantList list;
  for (const std::int64_t dim : dims) list.emplace_back(dim);
  return r.call("sum", {{"input", a}, {"dim", Constant(std::move(list))}, {"keepdim", keepdim}});
}
inline Term sum_all(Rule& r, Term a) { return unary(r, "sum", a); }
inline Term transpose(Rule& r, Term a, std::int64_t one = -2, std::int64_t other = -1) {
  return r.call("transpose", {{"input", a}, {"dim0", one}, {"dim1", other}});
}
inline Term matmul(Rule& r, Term a, Term b) { return r.call("matmul", {{"input", a}, {"other", b}}); }
inline Term unsqueeze(Rule& r, Term a, std::int64_t dim) { return r.call("unsqueeze", {{"input", a}, {"dim", dim}}); }
inline Term narrow(Rule& r, Term a, std::int64_t dim, Dim start, Dim length) {
  return r.call("narrow", {{"input", a}, {"dim", dim}, {"start", Constant(start)}, {"length", Constant(length)}});
}
inline Term cat(Rule& r, std::vector<Term> parts, std::int64_t dim) {
  return r.call("cat", {{"tensors", std::move(parts)}, {"dim", dim}});
}
/// A dimension argument, counted from the front.
inline std::int64_t axis(const Constant& dim, std::size_t rank) {
  const std::int64_t value = dim.as_int();
  return value < 0 ? value + static_cast<std::int64_t>(rank ? rank : 1) : value;
}
/// All dimensions that an argument names: one, several, or all of them where it is null or an empty list.
inline std::vector<std::int64_t> axes(const Constant& dims, std::size_t rank) {
  std::vector<std::int64_t> out;
  if (dims.is_int()) return {axis(dims, rank)};
  if (dims.is_list())
    for (const Constant& dim : dims.as_list()) out.push_back(axis(dim, rank));
  if (out.empty())
    for (std::size_t d = 0; d < rank; ++d) out.push_back(static_cast<std::int64_t>(d));
  return out;
}

}  // namespace modelc::ops::terms
