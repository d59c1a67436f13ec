// Losses, called as torch.nn.functional calls them.
#include <ATen/Functions.h>

#include "kernels/bind.h"
#include "kernels/margin_loss.h"
#include "ops/modes.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

/// `f(input, target, reduction)` on operands of one shape, as torch.broadcast_tensors makes them.
template <class F>
Lowering pairwise(F f) {
  return [f](const NodeView& n) {
    return single(n, [f, reduction = reduction_of(n), x = n.tensor("input"), y = n.tensor("target")](const Frame& fr) {
      if (x(fr).sizes() == y(fr).sizes()) return f(x(fr), y(fr), reduction);
      std::vector<Tensor> same = at::broadcast_tensors({x(fr), y(fr)});
      return f(same[0], same[1], reduction);
    });
  };
}

/// The same with one more number.
template <class F>
Lowering pairwise_with(std::string name, F f) {
  return [f, name = std::move(name)](const NodeView& n) {
    const double number = n.number(name);
    return pairwise([f, number](const Tensor& x, const Tensor& y, std::int64_t reduction) {
      return f(x, y, reduction, number);
    })(n);
  };
}

Kernel cross_entropy(const NodeView& n) {
  return single(n, [x = n.tensor("input"), y = n.tensor("target"), w = n.tensor("weight"), reduction = reduction_of(n),
                    ignore = n.integer("ignore_index"), smoothing = n.number("label_smoothing")](const Frame& f) {
    return at::cross_entropy_loss(x(f), y(f), maybe(w(f)), reduction, ignore, smoothing);
  });
}

/// `batchmean` is the sum over the number of rows.
Kernel kl_div(const NodeView& n) {
  const bool log_target = n.flag("log_target");
  auto x = n.tensor("input"), y = n.tensor("target");
  if (ops::reduction(n.arg("reduction").as_string()) == ops::Reduce::BatchMean) {
    return single(n, [=](const Frame& f) {
      const at::Tensor sum = at::kl_div(x(f), y(f), at::Reduction::Sum, log_target);
      return x(f).dim() == 0 ? sum : sum / x(f).size(0);
    });
  }
  return single(
      n, [=, reduction = reduction_of(n)](const Frame& f) { return at::kl_div(x(f), y(f), reduction, log_target); });
}

}  // namespace

void lower_loss(Lowerings& lowerings) {
  lowerings.add("cross_entropy", cross_entropy);
  lowerings.add("nll_loss", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("target"), w = n.tensor("weight"), r = reduction_of(n),
                      ignore = n.integer("ignore_index")](const Frame& f) {
      return at::nll_loss_nd(x(f), y(f), maybe(w(f)), r, ignore);
    });
  });
  lowerings.add("mse_loss",
                pairwise([](const Tensor& x, const Tensor& y, std::int64_t r) { return at::mse_loss(x, y, r); }));
  lowerings.add("l1_loss",
                pairwise([](const Tensor& x, const Tensor& y, std::int64_t r) { return at::l1_loss(x, y, r); }));
  lowerings.add("smooth_l1_loss", pairwise_with("beta", [](const Tensor& x, const Tensor& y, std::int64_t r,
                                                           double beta) { return at::smooth_l1_loss(x, y, r, beta); }));
  lowerings.add("huber_loss", pairwise_with("delta", [](const Tensor& x, const Tensor& y, std::int64_t r,
                                                        double delta) { return at::huber_loss(x, y, r, delta); }));
  lowerings.add("binary_cross_entropy", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("target"), w = n.tensor("weight"), r = reduction_of(n)](
                         const Frame& f) { return at::binary_cross_entropy(x(f), y(f), maybe(w(f)), r); });
  });
  lowerings.add("binary_cross_entropy_with_logits", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("target"), w = n.tensor("weight"),
                      positive = n.tensor("pos_weight"), r = reduction_of(n)](const Frame& f) {
      return at::binary_cross_entropy_with_logits(x(f), y(f), maybe(w(f)), maybe(positive(f)), r);
    });
  });
  lowerings.add("kl_div", kl_div);
  lower_margin_losses(lowerings);
}

}  // namespace modelc::kernels
