// Derivatives as values, by autograd.
#include <torch/csrc/autograd/autograd.h>

#include "kernels/spread.h"

namespace modelc::kernels {

using at::Tensor;

void lower_gradient(Lowerings& lowerings) {
  lowerings.add("_watched", [](const NodeView& n) {
    return single(n, [x = n.tensor("input")](const Frame& f) {
      return x(f).requires_grad() ? x(f) : x(f).detach().requires_grad_(true);
    });
  });
  lowerings.add("grad", [](const NodeView& n) {
    return single(n, [y = n.tensor("output"), x = n.tensor("input")](const Frame& f) {
      return torch::autograd::grad({y(f)}, {x(f)}, {}, /*retain_graph=*/true, /*create_graph=*/true).at(0);
    });
  });
}

}  // namespace modelc::kernels
