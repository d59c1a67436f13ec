// Look-up tables.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

/// ATen counts no padding row as -1; the language as null, and from the end as PyTorch's module does.
std::int64_t padding_row(const NodeView& n, std::int64_t rows) {
  const std::int64_t row = maybe_integer(n, "padding_idx").value_or(-1);
  return row < 0 && n.has("padding_idx") ? rows + row : row;
}

}  // namespace

void lower_embedding(Lowerings& lowerings) {
  lowerings.add("Embedding", [](const NodeView& n) {
    const std::int64_t padding = padding_row(n, n.integer("num_embeddings"));
    const bool scale = is_set(n, "scale_grad_by_freq");
    return single(n, [=, x = n.tensor("input"), w = Owned(n, "weight")](const Frame& f) {
      return at::embedding(*w, x(f), padding, scale);
    });
  });
  lowerings.add("embedding", [](const NodeView& n) {
    const bool scale = is_set(n, "scale_grad_by_freq"), padded = n.has("padding_idx");
    const std::int64_t padding = padded ? n.integer("padding_idx") : -1;
    return single(n, [=, x = n.tensor("input"), w = n.tensor("weight")](const Frame& f) {
      const std::int64_t row = padded && padding < 0 ? w(f).size(0) + padding : padding;
      return at::embedding(w(f), x(f), row, scale);
    });
  });
  lowerings.add("one_hot", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), classes = n.integer("num_classes")](const Frame& f) {
      return at::one_hot(x(f), classes);
    });
  });
}

}  // namespace modelc::kernels
