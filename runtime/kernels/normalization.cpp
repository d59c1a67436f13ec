// Normalisation. A frozen layer uses its running statistics and does not move them.
#include <ATen/Functions.h>

#include <algorithm>
#include <limits>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

/// torch.nn.functional._verify_batch_size: one value per channel has no variance.
void check_batch(const at::Tensor& x) {
  const std::int64_t channels = x.size(1);
  TORCH_CHECK(channels == 0 || x.numel() / channels != 1,
              "expected more than 1 value per channel when training, got input size ", x.sizes());
}

/// Running statistics, which ATen writes where it is told to: their own tensor, or a copy of what is no state of the
/// model and so keeps its value.
class Statistics {
 public:
  Statistics(const NodeView& n, std::string_view name) : tensor_(n.tensor(name)), copied_(!n.writes_states()) {}
  c10::optional<at::Tensor> operator()(const Frame& f, bool written) const {
    const at::Tensor& held = tensor_(f);
    return maybe(written && copied_ && held.defined() ? held.detach().clone() : held);
  }

 private:
  Fetch tensor_;
  bool copied_;
};

/// The statistics are written into their tensors. `saves`: mean and reciprocal deviation stand behind the result.
Kernel batch_norm_of(const NodeView& n, bool saves) {
  const auto momentum = maybe_number(n, "momentum");
  const double eps = n.number("eps");
  const bool tracks = n.has("running_mean");
  const bool training = is_set(n, "training");
  const auto prepared = [=, x = n.tensor("input"), seen = n.tensor("num_batches_tracked")](const Frame& f) {
    double factor = momentum.value_or(0.0);
    if (training || !tracks) check_batch(x(f));
    if (training && tracks && seen(f).defined()) {
      seen(f).add_(1);
      if (!momentum) factor = 1.0 / static_cast<double>(seen(f).item<std::int64_t>());
    }
    return factor;
  };
  const auto call = [=, x = n.tensor("input"), mean = Statistics(n, "running_mean"), var = Statistics(n, "running_var"),
                     w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f, const auto& norm) {
    const double factor = prepared(f);
    return norm(x(f), maybe(w(f)), maybe(b(f)), mean(f, training), var(f, training), training || !tracks, factor, eps);
  };
  if (!saves)
    return single(
        n, [call](const Frame& f) { return call(f, [](auto&&... given) { return at::batch_norm(given..., true); }); });
  return several(n, [call](const Frame& f) {
    return call(f, [](auto&&... given) {
      auto [normalised, mean, rstd] = at::native_batch_norm(given...);
      return std::vector<at::Tensor>{normalised, mean, rstd};
    });
  });
}

Kernel batch_norm(const NodeView& n) { return batch_norm_of(n, false); }

Kernel instance_norm(const NodeView& n) {
  const double momentum = n.number("momentum"), eps = n.number("eps");
  const bool input_stats = n.flag("use_input_stats") || !n.has("running_mean");
  // A module may be called on one item; the function takes batches.
  const std::int64_t batched_rank = n.has("sides") ? n.integer("sides") + 2 : 0;
  return single(n, [=, x = n.tensor("input"), mean = Statistics(n, "running_mean"), var = Statistics(n, "running_var"),
                    w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
    const bool batched = batched_rank == 0 || x(f).dim() == batched_rank;
    at::Tensor in = batched ? x(f) : x(f).unsqueeze(0);
    if (input_stats) {
      TORCH_CHECK(in.numel() != in.size(0) * in.size(1),
                  "expected more than 1 spatial element when training, got input size ", in.sizes());
    }
    at::Tensor out = at::instance_norm(in, maybe(w(f)), maybe(b(f)), mean(f, input_stats), var(f, input_stats),
                                       input_stats, momentum, eps, true);
    return batched ? out : out.squeeze(0);
  });
}

/// torch.nn.functional's own lines.
Kernel local_response_norm(const NodeView& n) {
  return single(n, [x = n.tensor("input"), size = n.integer("size"), alpha = n.number("alpha"), beta = n.number("beta"),
                    k = n.number("k")](const Frame& f) {
    const std::int64_t before = size / 2, behind = (size - 1) / 2;
    at::Tensor mean = x(f).mul(x(f)).unsqueeze(1);
    if (x(f).dim() == 3) {
      mean = at::avg_pool2d(at::constant_pad_nd(mean, {0, 0, before, behind}), {size, 1}, 1).squeeze(1);
    } else {
      mean = mean.view({x(f).size(0), 1, x(f).size(1), x(f).size(2), -1});
      mean = at::avg_pool3d(at::constant_pad_nd(mean, {0, 0, 0, 0, before, behind}), {size, 1, 1}, 1).squeeze(1);
      mean = mean.view(x(f).sizes());
    }
    return x(f) / mean.mul(alpha).add(k).pow(beta);
  });
}

/// From 1 to the next number.
double epsilon(at::ScalarType dtype) {
  switch (dtype) {
    case at::kDouble:
      return std::numeric_limits<double>::epsilon();
    case at::kHalf:
      return std::numeric_limits<c10::Half>::epsilon();
    case at::kBFloat16:
      return std::numeric_limits<c10::BFloat16>::epsilon();
    default:
      return std::numeric_limits<float>::epsilon();
  }
}

/// As torch has it from 2.4 on, of what 1.13 has.
Kernel rms_norm(const NodeView& n) {
  const double next = epsilon(result_dtype(n));
  return single(n, [x = n.tensor("input"), shape = n.sizes("normalized_shape"), w = n.tensor("weight"),
                    eps = maybe_number(n, "eps").value_or(next)](const Frame& f) {
    Integers dims;
    for (std::size_t i = shape(f).size(); i > 0; --i) dims.push_back(-static_cast<std::int64_t>(i));
    const at::Tensor scaled = x(f) * at::rsqrt(x(f).square().mean(dims, true) + eps);
    return w(f).defined() ? scaled * w(f) : scaled;
  });
}

}  // namespace

void lower_normalization(Lowerings& lowerings) {
  lowerings.add("batch_norm", batch_norm);
  lowerings.add("instance_norm", instance_norm);
  lowerings.add("layer_norm", [](const NodeView& n) {
    return single(n, [shape = n.sizes("normalized_shape"), eps = n.number("eps"), x = n.tensor("input"),
                      w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
      return at::layer_norm(x(f), shape(f), maybe(w(f)), maybe(b(f)), eps);
    });
  });
  lowerings.add("group_norm", [](const NodeView& n) {
    return single(n, [groups = n.integer("num_groups"), eps = n.number("eps"), x = n.tensor("input"),
                      w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
      return at::group_norm(x(f), groups, maybe(w(f)), maybe(b(f)), eps);
    });
  });
  lowerings.add("_batch_norm_saved", [](const NodeView& n) { return batch_norm_of(n, true); });
  lowerings.add("_layer_norm_saved", [](const NodeView& n) {
    return several(n, [shape = n.sizes("normalized_shape"), eps = n.number("eps"), x = n.tensor("input"),
                       w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
      auto [normalised, mean, rstd] = at::native_layer_norm(x(f).contiguous(), shape(f), maybe(w(f)), maybe(b(f)), eps);
      return std::vector<at::Tensor>{normalised, mean, rstd};
    });
  });
  lowerings.add("_group_norm_saved", [](const NodeView& n) {
    return several(n, [groups = n.integer("num_groups"), eps = n.number("eps"), x = n.tensor("input"),
                       w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
      const at::Tensor in = x(f).contiguous();
      const std::int64_t items = in.size(0), channels = in.size(1);
      auto [normalised, mean, rstd] =
          at::native_group_norm(in, maybe(w(f)), maybe(b(f)), items, channels,
                                in.numel() / std::max<std::int64_t>(items * channels, 1), groups, eps);
      return std::vector<at::Tensor>{normalised, mean, rstd};
    });
  });
  lowerings.add("rms_norm", rms_norm);
  lowerings.add("local_response_norm", local_response_norm);
  lowerings.add("normalize", [](const NodeView& n) {
    return single(n, [p = scalar(n.arg("p")), dims = n.integers("dim"), eps = n.number("eps"), x = n.tensor("input")](
                         const Frame& f) { return x(f) / x(f).norm(p, dims, true).clamp_min(eps).expand_as(x(f)); });
  });
}

}  // namespace modelc::kernels
