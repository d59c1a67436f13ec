// Derivatives of reductions.
#include "ops/derivative_terms.h"

namespace modelc::ops {
namespace {

using namespace terms;

/// A reduced tensor with its reduced dimensions back, as ones.
Term kept(Rule& r, Term a, const std::vector<std::int64_t>& dims) {
  std::vector<Dim> shape = r.type(r.operand("input")).shape;
  if (r.type(a).rank() == shape.size()) return a;
  for (const std::int64_t dim : dims) shape[static_cast<std::size_t>(dim)] = 1;
  return reshape(r, a, shape);
}

std::vector<std::int64_t> reduced(Rule& r) { return axes(r.arg("dim"), r.type(r.operand("input")).rank()); }

Term expanded(Rule& r, Term a) {
  types::ConstantList sizes;
  for (const Dim size : r.type(r.operand("input")).shape) sizes.emplace_back(size);
  return r.call("expand", {{"input", a}, {"size", Constant(std::move(sizes))}});
}

/// How many elements one of the result is made of.
Dim count_of(Rule& r) {
  Dim count = 1;
  const std::vector<Dim>& shape = r.type(r.operand("input")).shape;
  for (const std::int64_t dim : reduced(r)) count = count * shape[static_cast<std::size_t>(dim)];
  return count;
}

void of_sum(Rule& r) {
  const Term g = kept(r, r.gradient(), reduced(r));
  r.give("input", expanded(r, g));
}

void of_mean(Rule& r) {
  r.give("input", div(r, expanded(r, kept(r, r.gradient(), reduced(r))), Given(Constant(count_of(r)))));
}

/// Shared evenly by all that are as great.
void of_extremes(Rule& r) {
  const std::vector<std::int64_t> dims = reduced(r);
  const Term x = r.operand("input");
  const Term same = compare(r, "eq", x, kept(r, r.result(), dims));
  const Term mask = r.call("to", {{"input", same}, {"dtype", Constant(r.type(x).dtype)}});
  const Term share = div(r, kept(r, r.gradient(), dims), sum(r, mask, dims, true));
  r.give("input", mul(r, mask, share));
}

/// Without a dimension shared evenly; along one the position gets it; of two tensors elementwise.
template <bool greatest>
void of_max(Rule& r) {
  if (r.has("dim")) return r.decline();
  if (r.arg("dim").is_null()) return of_extremes(r);
  const Term x = r.operand("input");
  const std::int64_t dim = axis(r.arg("dim"), r.type(x).rank());
  if (!r.gradient(0).given()) return;
  r.give("input", r.call("scatter_add", {{"input", zeros(r, x)},
                                         {"dim", dim},
                                         {"index", kept(r, r.result(1), {dim})},
                                         {"src", kept(r, r.gradient(0), {dim})}}));
}

void of_logsumexp(Rule& r) {
  const std::vector<std::int64_t> dims = reduced(r);
  const Term x = r.operand("input");
  const Term shares = unary(r, "exp", sub(r, x, kept(r, r.result(), dims)));
  r.give("input", mul(r, kept(r, r.gradient(), dims), shares));
}

Dim freedom(Rule& r) {
  const Constant& correction = r.arg("correction");
  const Dim taken = !correction.is_null() ? correction.as_dim() : Dim(r.arg("unbiased").as_bool() ? 1 : 0);
  return count_of(r) - taken;
}

/// (2 / (n - correction)) * g * (x - mean).
Term spread(Rule& r, Term g) {
  const std::vector<std::int64_t> dims = reduced(r);
  const Term x = r.operand("input");
  types::ConstantList list;
  for (const std::int64_t dim : dims) list.emplace_back(dim);
  const Term mean = r.call("mean", {{"input", x}, {"dim", Constant(std::move(list))}, {"keepdim", true}});
  return mul(r, div(r, mul(r, kept(r, g, dims), 2.0), Given(Constant(freedom(r)))), sub(r, x, mean));
}

void of_var(Rule& r) { r.give("input", spread(r, r.gradient())); }

void of_std(Rule& r) {
  const Term g = div(r, r.gradient(), mul(r, r.result(), 2.0));
  r.give("input", spread(r, where(r, compare(r, "eq", r.result(), 0.0), 0.0, g)));
}

/// x / norm * g, 0 where the norm is.
void of_norm(Rule& r) {
  const Constant& p = r.arg("p");
  const bool euclidean = p.is_string() ? p.as_string() == "fro" : !p.is_null() && p.as_double() == 2;
  if (!euclidean) return r.decline();
  const std::vector<std::int64_t> dims = reduced(r);
  const Term norm = kept(r, r.result(), dims);
  const Term unit = div(r, r.operand("input"), norm);
  const Term safe = where(r, compare(r, "eq", norm, 0.0), 0.0, unit);
  r.give("input", mul(r, safe, kept(r, r.gradient(), dims)));
}

/// The sum of all gradients from a position on.
void of_cumsum(Rule& r) {
  const Constant dims(types::ConstantList{r.arg("dim")});
  const Term back = r.call("flip", {{"input", r.gradient()}, {"dims", dims}});
  const Term summed = r.call("cumsum", {{"input", back}, {"dim", r.arg("dim")}});
  r.give("input", r.call("flip", {{"input", summed}, {"dims", dims}}));
}

}  // namespace

std::vector<DerivativeRow> reduction_derivatives() {
  return {
      {"sum", of_sum},       {"mean", of_mean},           {"amax", of_extremes}, {"amin", of_extremes},
      {"max", of_max<true>}, {"min", of_max<false>},      {"var", of_var},       {"std", of_std},
      {"norm", of_norm},     {"logsumexp", of_logsumexp}, {"cumsum", of_cumsum},
  };
}

}  // namespace modelc::ops
