// Look-up tables.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
void lower_embedding(Lowerings& lowerings) {
  lowerings.add("embedding", [](const NodeView& n) {
    const bool scale = n.flag("scale_grad_by_freq"), padded = n.has("padding_idx");
    const std::int64_t padding = padded ? n.integer("padding_idx") : -1;
    return single(n, [=, x = n.tensor("input"), w = n.tensor("weight")](const Frame& f) {
      // ATen counts no padding row as -1; the language as null, and from the end as PyTorch does.
      const std::int64_t row = padded && padding < 0 ? w(f).size(0) + padding : padding;
      return at::embedding(w(f), x(f), row, scale);
    });
  });
  lowerings.add("one_hot", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), classes = n.sizes("num_classes")](const Frame& f) {
      return at::one_hot(x(f), classes(f).at(0));
    });
  });
}

}  // namespace modelc::kernels
