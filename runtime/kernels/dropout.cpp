// Dropout: outside training the identity.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

template <class F>
Lowering in_training(F f) {
  return [f](const NodeView& n) {
    // A call may switch it off by `training=false`; otherwise the mode of the graph decides.
    const bool on = is_set(n, "training");
    return single(n, [f, p = n.number("p"), on, x = n.tensor("input")](const Frame& fr) { return f(x(fr), p, on); });
  };
}

at::Tensor elements(const at::Tensor& x, double p, bool on) { return at::dropout(x, p, on); }
at::Tensor channels(const at::Tensor& x, double p, bool on) { return at::feature_dropout(x, p, on); }

/// torch.nn.functional.dropout1d takes a single example too.
at::Tensor channels_1d(const at::Tensor& x, double p, bool on) {
  return x.dim() == 2 ? at::feature_dropout(x.unsqueeze(0), p, on).squeeze(0) : at::feature_dropout(x, p, on);
}

}  // namespace

void lower_dropout(Lowerings& lowerings) {
  // ATen's own steps: the numbers it draws, and the product.
  lowerings.add("_dropout_saved", [](const NodeView& n) -> Kernel {
    return several(n, [p = n.number("p"), on = is_set(n, "training"), x = n.tensor("input")](const Frame& f) {
      if (!on || p == 0 || x(f).numel() == 0) return std::vector<at::Tensor>{x(f), at::ones_like(x(f))};
      if (p == 1) return std::vector<at::Tensor>{x(f) * 0, at::zeros_like(x(f))};
      at::Tensor factors = at::empty_like(x(f)).bernoulli_(1 - p).div_(1 - p);
      return std::vector<at::Tensor>{x(f) * factors, factors};
    });
  });
  lowerings.add("dropout", in_training(elements));
  lowerings.add("dropout1d", in_training(channels_1d));
  lowerings.add("dropout2d", in_training(channels));
  lowerings.add("dropout3d", in_training(channels));
  lowerings.add("alpha_dropout",
                in_training([](const at::Tensor& x, double p, bool on) { return at::alpha_dropout(x, p, on); }));
  lowerings.add("feature_alpha_dropout", in_training([](const at::Tensor& x, double p, bool on) {
                  return at::feature_alpha_dropout(x, p, on);
                }));
}

}  // namespace modelc::kernels
