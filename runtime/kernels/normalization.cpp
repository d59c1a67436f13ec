// Normalisation. A frozen layer uses its running statistics and does not move them.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

/// torch.nn.functional._verify_batch_size: one value per channel has no variance.
void check_batch(const at::Tensor& x) {
  const std::int64_t channels = x.size(1);
  TORCH_CHECK(channels == 0 || x.numel() / channels != 1,
              "expected more than 1 value per channel when training, got input size ", x.sizes());
}

Kernel batch_norm(const NodeView& n) {
  const auto momentum = maybe_number(n, "momentum");
  const double eps = n.number("eps");
  const Owned mean(n, "running_mean"), var(n, "running_var"), seen(n, "num_batches_tracked");
  const bool tracks = static_cast<bool>(mean);
  const bool training = n.training() && !(n.frozen() && tracks);
  return single(n, [=, x = n.tensor("input"), w = Owned(n, "weight"), b = Owned(n, "bias")](const Frame& f) {
    double factor = momentum.value_or(0.0);
    if (training) check_batch(x(f));
    if (training && tracks && seen) {
      (*seen).add_(1);
      if (!momentum) factor = 1.0 / static_cast<double>((*seen).item<std::int64_t>());
    }
    return at::batch_norm(x(f), w.maybe(), b.maybe(), mean.maybe(), var.maybe(), training || !tracks, factor, eps,
                          true);
  });
}

Lowering instance_norm(std::int64_t rank) {
  return [rank](const NodeView& n) {
    const double momentum = maybe_number(n, "momentum").value_or(0.0), eps = n.number("eps");
    const Owned mean(n, "running_mean"), var(n, "running_var");
    const bool tracks = static_cast<bool>(mean);
    const bool input_stats = (n.training() && !n.frozen()) || !tracks;
    return single(n, [=, x = n.tensor("input"), w = Owned(n, "weight"), b = Owned(n, "bias")](const Frame& f) {
      const bool batched = x(f).dim() == rank + 2;
      at::Tensor in = batched ? x(f) : x(f).unsqueeze(0);
      if (input_stats) {
        TORCH_CHECK(in.numel() != in.size(0) * in.size(1),
                    "expected more than 1 spatial element when training, got input size ", in.sizes());
      }
      at::Tensor out =
          at::instance_norm(in, w.maybe(), b.maybe(), mean.maybe(), var.maybe(), input_stats, momentum, eps, true);
      return batched ? out : out.squeeze(0);
    });
  };
}

}  // namespace

void lower_normalization(Lowerings& lowerings) {
  for (const char* name : {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d"}) lowerings.add(name, batch_norm);
  lowerings.add("InstanceNorm1d", instance_norm(1));
  lowerings.add("InstanceNorm2d", instance_norm(2));
  lowerings.add("InstanceNorm3d", instance_norm(3));
  lowerings.add("LayerNorm", [](const NodeView& n) {
    return single(n, [shape = n.integers("normalized_shape"), eps = n.number("eps"), x = n.tensor("input"),
                      w = Owned(n, "weight"), b = Owned(n, "bias")](const Frame& f) {
      return at::layer_norm(x(f), shape, w.maybe(), b.maybe(), eps);
    });
  });
  lowerings.add("layer_norm", [](const NodeView& n) {
    return single(n, [shape = n.sizes("normalized_shape"), eps = n.number("eps"), x = n.tensor("input"),
                      w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
      return at::layer_norm(x(f), shape(f), maybe(w(f)), maybe(b(f)), eps);
    });
  });
  lowerings.add("GroupNorm", [](const NodeView& n) {
    return single(
        n, [groups = n.integer("num_groups"), eps = n.number("eps"), x = n.tensor("input"), w = Owned(n, "weight"),
            b = Owned(n, "bias")](const Frame& f) { return at::group_norm(x(f), groups, w.maybe(), b.maybe(), eps); });
  });
  lowerings.add("normalize", [](const NodeView& n) {
    return single(n, [p = scalar(n.arg("p")), dims = n.integers("dim"), eps = n.number("eps"), x = n.tensor("input")](
                         const Frame& f) { return x(f) / x(f).norm(p, dims, true).clamp_min(eps).expand_as(x(f)); });
  });
}

}  // namespace modelc::kernels
