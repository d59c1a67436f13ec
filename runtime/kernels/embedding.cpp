// Look-up tables.
#include <ATen/Functions.h>

#include "kernels/bind.h"
#include "support/words.h"

namespace modelc::kernels {
namespace {

/// Shortens the rows that are about to be looked up, in the table itself and unseen by gradients, as PyTorch does.
struct Renormalisation {
  c10::optional<double> max_norm;
  double norm_type = 2;

  explicit Renormalisation(const NodeView& n)
      : max_norm(maybe_number(n, "max_norm")), norm_type(n.number("norm_type")) {}
  void operator()(const at::Tensor& table, const at::Tensor& rows) const {
    if (!max_norm) return;
    at::Tensor same_memory = table.detach();
    at::embedding_renorm_(same_memory, rows.contiguous(), *max_norm, norm_type);
  }
};

/// A row of two dimensions is a bag of its own.
Kernel embedding_bag(const NodeView& n) {
  using Word = support::Word<std::int64_t>;
  static constexpr Word kModes[] = {{"sum", 0}, {"mean", 1}, {"max", 2}};
  const std::int64_t mode = support::meaning_of(kModes, n.arg("mode").as_string()).value_or(1);
  const bool scale = n.flag("scale_grad_by_freq"), last = n.flag("include_last_offset");
  return single(n, [=, renormalise = Renormalisation(n), x = n.tensor("input"), w = n.tensor("weight"),
                    starts = n.tensor("offsets"), factors = n.tensor("per_sample_weights"),
                    padding = maybe_integer(n, "padding_idx")](const Frame& f) {
    renormalise(w(f), x(f));
    const bool rows = x(f).dim() == 2;
    const at::Tensor offsets = rows ? at::arange(0, x(f).numel(), x(f).size(1), x(f).options()) : starts(f);
    const at::Tensor weights = factors(f).defined() ? factors(f).reshape(-1) : at::Tensor();
    return std::get<0>(
        at::embedding_bag(w(f), x(f).reshape(-1), offsets, scale, mode, false, maybe(weights), last, padding));
  });
}

}  // namespace

void lower_embedding(Lowerings& lowerings) {
  lowerings.add("embedding", [](const NodeView& n) {
    const bool scale = n.flag("scale_grad_by_freq"), padded = n.has("padding_idx");
    const std::int64_t padding = padded ? n.integer("padding_idx") : -1;
    return single(n,
                  [=, renormalise = Renormalisation(n), x = n.tensor("input"), w = n.tensor("weight")](const Frame& f) {
                    renormalise(w(f), x(f));
                    // ATen counts no padding row as -1; the language as null, and from the end as PyTorch does.
                    const std::int64_t row = padded && padding < 0 ? w(f).size(0) + padding : padding;
                    return at::embedding(w(f), x(f), row, scale);
                  });
  });
  lowerings.add("embedding_bag", embedding_bag);
  lowerings.add("one_hot", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), classes = n.sizes("num_classes")](const Frame& f) {
      return at::one_hot(x(f), classes(f).at(0));
    });
  });
}

}  // namespace modelc::kernels
