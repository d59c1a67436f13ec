// Weights computed from other tensors, by the operations of torch.nn.utils in their order, so that the last bit agrees.
#include <ATen/Functions.h>
#include <c10/core/GradMode.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

/// torch.nn.functional.normalize along dimension 0.
at::Tensor unit(const at::Tensor& x, double eps) { return x / x.norm(2, {0}, true).clamp_min(eps).expand_as(x); }

/// `dim` in front, the rest as columns.
at::Tensor as_matrix(const at::Tensor& weight, std::int64_t dim) {
  at::Tensor front = weight;
  if (dim != 0) {
    std::vector<std::int64_t> order{dim};
    for (std::int64_t d = 0; d < weight.dim(); ++d)
      if (d != dim) order.push_back(d);
    front = weight.permute(order);
  }
  return front.reshape({front.size(0), -1});
}

Kernel spectral_norm(const NodeView& n) {
  const bool training = is_set(n, "training"), kept = n.writes_states();
  return single(n, [=, dim = n.integer("dim"), steps = n.integer("n_power_iterations"), eps = n.number("eps"),
                    weight = n.tensor("weight"), held_u = n.tensor("u"), held_v = n.tensor("v")](const Frame& f) {
    const at::Tensor matrix = as_matrix(weight(f), dim);
    at::Tensor u = held_u(f), v = held_v(f);
    if (training) {
      const c10::AutoGradMode no_gradients(false);
      at::Tensor next_u = u, next_v = v;
      for (std::int64_t i = 0; i < steps; ++i) {
        next_v = unit(at::mv(matrix.t(), next_u), eps);
        next_u = unit(at::mv(matrix, next_v), eps);
      }
      // As in PyTorch the states are written in their place, and copies go into the gradient's history.
      if (kept) u.copy_(next_u), v.copy_(next_v);
      u = next_u.clone();
      v = next_v.clone();
    }
    return weight(f) / at::dot(u, at::mv(matrix, v));
  });
}

}  // namespace

void lower_reparametrisation(Lowerings& lowerings) {
  lowerings.add("_weight_norm", [](const NodeView& n) {
    return single(n, [dim = n.integer("dim"), v = n.tensor("v"), g = n.tensor("g")](const Frame& f) {
      return at::_weight_norm(v(f), g(f), dim);
    });
  });
  lowerings.add("_spectral_norm", spectral_norm);
}

}  // namespace modelc::kernels
