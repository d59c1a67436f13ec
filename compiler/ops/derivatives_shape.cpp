// Derivatives of what moves elements: views, joins, pieces. What keeps the order of elements, exchanges dimensions or
// converts has no rule here: its traits say all.
#include <algorithm>

#include "ops/derivative_terms.h"

namespace modelc::ops {
namespace {

using namespace terms;

/// Stretching is undone by what sums a gradient over the stretched dimensions.
void of_expand(Rule& r) { r.give("input", r.gradient()); }

/// zeros of x's shape with g at the positions from `start` on of a dimension.
Term placed(Rule& r, Term g, Term x, std::int64_t dim, Dim start) {
  const std::vector<Dim>& whole = r.type(x).shape;
  const auto at = static_cast<std::size_t>(dim);
  const Dim length = r.type(g).shape[at];
  const auto zeros_of = [&](Dim size) {
    types::ConstantList shape;
    for (std::size_t d = 0; d < whole.size(); ++d) shape.emplace_back(d == at ? size : whole[d]);
    return r.call("full",
                  {{"size", Constant(std::move(shape))}, {"fill_value", 0.0}, {"dtype", Constant(r.type(g).dtype)}});
  };
  const Dim behind = whole[at] - start - length;
  std::vector<Term> parts;
  if (start != Dim(0)) parts.push_back(zeros_of(start));
  parts.push_back(g);
  if (behind != Dim(0)) parts.push_back(zeros_of(behind));
  return parts.size() == 1 ? g : cat(r, std::move(parts), dim);
}

Dim position(const Constant& value, Dim size) {
  const Dim at = value.as_dim();
  return at.is_constant() && at.constant() < 0 ? size + at : at;
}

void of_narrow(Rule& r) {
  const Term x = r.operand("input");
  if (!r.arg("start").is_dim()) return r.decline();
  const std::int64_t dim = axis(r.arg("dim"), r.type(x).rank());
  r.give("input",
         placed(r, r.gradient(), x, dim, position(r.arg("start"), r.type(x).shape[static_cast<std::size_t>(dim)])));
}

void of_select(Rule& r) {
  const Term x = r.operand("input");
  if (!r.arg("index").is_dim()) return r.decline();
  const std::int64_t dim = axis(r.arg("dim"), r.type(x).rank());
  r.give("input", placed(r, unsqueeze(r, r.gradient(), dim), x, dim,
                         position(r.arg("index"), r.type(x).shape[static_cast<std::size_t>(dim)])));
}

void of_index(Rule& r) {
  if (r.has("index")) return r.decline();  // tensors of positions may meet one place twice
  r.give("input", r.call("_index_backward",
                         {{"gradient", r.gradient()}, {"input", r.operand("input")}, {"index", r.arg("index")}}));
}

void of_cat(Rule& r) {
  const std::vector<Term> parts = r.operands("tensors");
  const std::int64_t dim = axis(r.arg("dim"), r.type(r.result()).rank());
  Dim start = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::vector<Dim>& shape = r.type(parts[i]).shape;
    if (shape.size() != r.type(r.result()).rank()) return r.decline();  // torch's empty vector
    const Dim length = shape[static_cast<std::size_t>(dim)];
    r.give("tensors", i, narrow(r, r.gradient(), dim, start, length));
    start = start + length;
  }
}

void of_stack(Rule& r) {
  const std::int64_t dim = axis(r.arg("dim"), r.type(r.result()).rank());
  for (std::size_t i = 0; i < r.operands("tensors").size(); ++i)
    r.give("tensors", i,
           r.call("select", {{"input", r.gradient()}, {"dim", dim}, {"index", static_cast<std::int64_t>(i)}}));
}

/// Of each result, zeros for those that nothing depends on.
std::vector<Term> gradients_of_all(Rule& r) {
  std::vector<Term> parts;
  for (std::size_t i = 0; i < r.results(); ++i)
    parts.push_back(r.gradient(i).given() ? r.gradient(i) : zeros(r, r.result(i)));
  return parts;
}

/// Pieces of a dimension: their gradients joined.
void of_pieces(Rule& r, const char* input) {
  const std::int64_t dim = axis(r.arg("dim"), r.type(r.operand(input)).rank());
  r.give(input, cat(r, gradients_of_all(r), dim));
}

void of_chunk(Rule& r) { of_pieces(r, "input"); }
void of_split(Rule& r) { of_pieces(r, "tensor"); }

void of_unbind(Rule& r) {
  const std::int64_t dim = axis(r.arg("dim"), r.type(r.operand("input")).rank());
  r.give("input", r.call("stack", {{"tensors", gradients_of_all(r)}, {"dim", dim}}));
}

void of_pad(Rule& r) {
  if (r.arg("mode").as_string() != "constant") return r.decline();
  types::ConstantList ends;
  for (const Constant& end : r.arg("pad").as_list()) ends.emplace_back(Dim(0) - end.as_dim());
  r.give("input", r.call("pad", {{"input", r.gradient()}, {"pad", Constant(std::move(ends))}}));
}

void of_roll(Rule& r) {
  const Constant& shifts = r.arg("shifts");
  Constant back;
  if (shifts.is_list()) {
    types::ConstantList list;
    for (const Constant& shift : shifts.as_list()) list.emplace_back(Dim(0) - shift.as_dim());
    back = Constant(std::move(list));
  } else {
    back = Constant(Dim(0) - shifts.as_dim());
  }
  r.give("input", r.call("roll", {{"input", r.gradient()}, {"shifts", back}, {"dims", r.arg("dims")}}));
}

void of_flip(Rule& r) { r.give("input", r.call("flip", {{"input", r.gradient()}, {"dims", r.arg("dims")}})); }

template <bool lower>
void of_triangle(Rule& r) {
  r.give("input", r.call(lower ? "tril" : "triu", {{"input", r.gradient()}, {"diagonal", r.arg("diagonal")}}));
}

/// Every element stood `repeats` times in a row.
void of_repeat_interleave(Rule& r) {
  const Term x = r.operand("input");
  if (r.has("repeats") || !r.arg("repeats").is_dim() || r.arg("dim").is_null()) return r.decline();
  const std::int64_t dim = axis(r.arg("dim"), r.type(x).rank());
  std::vector<Dim> shape = r.type(x).shape;
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(dim) + 1, r.arg("repeats").as_dim());
  r.give("input", sum(r, reshape(r, r.gradient(), shape), {dim + 1}));
}

/// Copies side by side: one new dimension for each that is repeated.
void of_repeat(Rule& r) {
  const Term x = r.operand("input");
  const types::ConstantList& repeats = r.arg("repeats").as_list();
  const std::vector<Dim>& shape = r.type(x).shape;
  std::vector<Dim> apart;
  std::vector<std::int64_t> copies;
  const std::size_t added = repeats.size() - shape.size();
  for (std::size_t d = 0; d < repeats.size(); ++d) {
    copies.push_back(static_cast<std::int64_t>(apart.size()));
    apart.push_back(repeats[d].as_dim());
    if (d >= added) apart.push_back(shape[d - added]);
  }
  r.give("input", sum(r, reshape(r, r.gradient(), apart), copies));
}

void of_gather(Rule& r) {
  r.give("input", r.call("scatter_add", {{"input", zeros(r, r.operand("input"))},
                                         {"dim", r.arg("dim")},
                                         {"index", r.operand("index")},
                                         {"src", r.gradient()}}));
}

void of_index_select(Rule& r) {
  r.give("input", r.call("index_add", {{"input", zeros(r, r.operand("input"))},
                                       {"dim", r.arg("dim")},
                                       {"index", r.operand("index")},
                                       {"source", r.gradient()}}));
}

void of_rearrange(Rule& r) {
  r.give("input", r.call("_rearrange_backward", {{"gradient", r.gradient()},
                                                 {"input", r.operand("input")},
                                                 {"pattern", r.arg("pattern")},
                                                 {"names", r.arg("names")}}));
}

}  // namespace

std::vector<DerivativeRow> shape_derivatives() {
  return {
      {"expand", of_expand},
      {"expand_as", of_expand},
      {"narrow", of_narrow},
      {"select", of_select},
      {"_index", of_index},
      {"cat", of_cat},
      {"concat", of_cat},
      {"stack", of_stack},
      {"chunk", of_chunk},
      {"split", of_split},
      {"unbind", of_unbind},
      {"pad", of_pad},
      {"roll", of_roll},
      {"flip", of_flip},
      {"tril", of_triangle<true>},
      {"triu", of_triangle<false>},
      {"repeat_interleave", of_repeat_interleave},
      {"repeat", of_repeat},
      {"gather", of_gather},
      {"index_select", of_index_select},
      {"_rearrange", of_rearrange},
  };
}

}  // namespace modelc::ops
