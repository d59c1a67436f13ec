// What derivatives are made of beside the operators themselves.
#include <ATen/Functions.h>

#include <algorithm>
#include <array>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

Kernel gelu(const NodeView& n) {
  return single(n, [g = n.tensor("gradient"), x = n.tensor("input"), how = n.arg("approximate").as_string()](
                       const Frame& f) { return at::gelu_backward(g(f).contiguous(), x(f).contiguous(), how); });
}

Kernel softmax(const NodeView& n) {
  return single(n, [g = n.tensor("gradient"), y = n.tensor("output"), dim = n.integer("dim")](const Frame& f) {
    return at::_softmax_backward_data(g(f), y(f), dim, y(f).scalar_type());
  });
}

Kernel log_softmax(const NodeView& n) {
  return single(n, [g = n.tensor("gradient"), y = n.tensor("output"), dim = n.integer("dim")](const Frame& f) {
    return at::_log_softmax_backward_data(g(f), y(f), dim, y(f).scalar_type());
  });
}

/// One of the three gradients of a convolution; the other two are not computed.
template <std::size_t which>
Kernel convolution(const NodeView& n) {
  const Integers stride = n.integers("stride"), padding = n.integers("padding"), dilation = n.integers("dilation");
  const bool transposed = n.flag("transposed");
  const Integers extra = transposed ? n.integers("output_padding") : Integers(stride.size(), 0);
  const std::int64_t groups = n.integer("groups");
  return single(n, [=, g = n.tensor("gradient"), x = n.tensor("input"), w = n.tensor("weight")](const Frame& f) {
    std::array<bool, 3> mask{};
    mask[which] = true;
    // A single item stands without a batch.
    const bool single_item = x(f).dim() == static_cast<std::int64_t>(stride.size()) + 1;
    const at::Tensor in = single_item ? x(f).unsqueeze(0) : x(f), grad = single_item ? g(f).unsqueeze(0) : g(f);
    const auto made = at::convolution_backward(grad, in, w(f), c10::nullopt, stride, padding, dilation, transposed,
                                               extra, groups, mask);
    const at::Tensor gradient = std::get<which>(made);
    return single_item && which == 0 ? gradient.squeeze(0) : gradient;
  });
}

Kernel max_pool(const NodeView& n) {
  const Integers stride = integers_or_none(n, "stride");
  return single(n, [g = n.tensor("gradient"), x = n.tensor("input"), at = n.tensor("indices"),
                    kernel = n.integers("kernel_size"), stride, padding = n.integers("padding"),
                    dilation = n.integers("dilation"), ceil = n.flag("ceil_mode")](const Frame& f) {
    return at::max_pool2d_with_indices_backward(g(f), x(f), kernel, stride, padding, dilation, ceil, at(f));
  });
}

Kernel avg_pool(const NodeView& n) {
  const Integers stride = integers_or_none(n, "stride");
  return single(n, [g = n.tensor("gradient"), x = n.tensor("input"), kernel = n.integers("kernel_size"), stride,
                    padding = n.integers("padding"), ceil = n.flag("ceil_mode"), pads = n.flag("count_include_pad"),
                    divisor = maybe_integer(n, "divisor_override")](const Frame& f) {
    return at::avg_pool2d_backward(g(f), x(f), kernel, stride, padding, ceil, pads, divisor);
  });
}

Kernel adaptive_avg_pool(const NodeView& n) {
  return single(n, [g = n.tensor("gradient"), x = n.tensor("input")](const Frame& f) {
    // ATen's forward is a mean where one window covers all.
    if (g(f).size(-1) == 1 && g(f).size(-2) == 1)
      return g(f).expand_as(x(f)) / static_cast<double>(x(f).size(-1) * x(f).size(-2));
    return at::_adaptive_avg_pool2d_backward(g(f), x(f));
  });
}

Kernel embedding(const NodeView& n) {
  const std::int64_t padding = maybe_integer(n, "padding_idx").value_or(-1);
  return single(n, [g = n.tensor("gradient"), at = n.tensor("input"), w = n.tensor("weight"), padding,
                    by_count = n.flag("scale_grad_by_freq")](const Frame& f) {
    const std::int64_t rows = w(f).size(0);
    return at::embedding_dense_backward(g(f), at(f), rows, padding < 0 && padding != -1 ? padding + rows : padding,
                                        by_count);
  });
}

/// What is counted of a classification, and by how much.
struct Counted {
  at::Tensor classes, weights;  // of each item; 0 where it is left out
};

Counted counted(const at::Tensor& target, const at::Tensor& weight, std::int64_t ignored, const at::Tensor& like) {
  const at::Tensor kept = target.ne(ignored);
  Counted out;
  out.classes = at::where(kept, target, at::zeros_like(target));
  out.weights = kept.to(like.scalar_type());
  if (weight.defined()) out.weights = out.weights * weight.index_select(0, out.classes.reshape({-1})).view_as(target);
  return out;
}

/// By how much the loss changes with the likelihood of each item's class.
at::Tensor factors(const at::Tensor& g, const Counted& counted, std::int64_t reduction) {
  const at::Tensor all = g * counted.weights;
  return reduction == 1 ? all / counted.weights.sum() : all;
}

std::int64_t class_dim(const at::Tensor& x) { return x.dim() == 1 ? 0 : 1; }

/// softmax(x) less 1 at the class, times the factor of the item. With smoothing, each class has its part.
Kernel cross_entropy(const NodeView& n) {
  return single(n, [g = n.tensor("gradient"), x = n.tensor("input"), y = n.tensor("target"), w = n.tensor("weight"),
                    ignored = n.integer("ignore_index"), reduction = reduction_of(n),
                    smoothing = n.number("label_smoothing")](const Frame& f) {
    const std::int64_t dim = class_dim(x(f));
    const Counted count = counted(y(f), w(f), ignored, x(f));
    at::Tensor shares = at::softmax(x(f), dim);
    if (smoothing == 0) {
      shares.scatter_add_(dim, count.classes.unsqueeze(dim),
                          at::full({}, -1, shares.options()).expand_as(count.classes.unsqueeze(dim)));
      return shares.mul_(factors(g(f), count, reduction).unsqueeze(dim));
    }
    const std::int64_t classes = x(f).size(dim);
    const at::Tensor kept = y(f).ne(ignored).to(x(f).scalar_type());
    at::Tensor each = w(f).defined() ? w(f) : at::ones({classes}, shares.options());
    at::Tensor smooth = g(f) * kept;  // of the sum over classes
    if (reduction == 1) smooth = w(f).defined() ? smooth / count.weights.sum() : smooth / kept.sum();
    at::Tensor of_log = each.view([&] {
      Integers shape(static_cast<std::size_t>(x(f).dim()), 1);
      shape[static_cast<std::size_t>(dim)] = classes;
      return shape;
    }()) * (smooth * (-smoothing / static_cast<double>(classes))).unsqueeze(dim);
    of_log = of_log.contiguous();
    of_log.scatter_add_(dim, count.classes.unsqueeze(dim),
                        (factors(g(f), count, reduction) * -(1 - smoothing)).unsqueeze(dim));
    return of_log - shares * of_log.sum(dim, true);
  });
}

Kernel nll(const NodeView& n) {
  return single(n, [g = n.tensor("gradient"), x = n.tensor("input"), y = n.tensor("target"), w = n.tensor("weight"),
                    ignored = n.integer("ignore_index"), reduction = reduction_of(n)](const Frame& f) {
    const std::int64_t dim = class_dim(x(f));
    const Counted count = counted(y(f), w(f), ignored, x(f));
    return at::zeros_like(x(f)).scatter_add_(dim, count.classes.unsqueeze(dim),
                                             factors(g(f), count, reduction).neg().unsqueeze(dim));
  });
}

/// Undefined gradients become a zero that nobody reads.
std::vector<at::Tensor> all_three(at::Tensor input, at::Tensor weight, at::Tensor bias) {
  for (at::Tensor* one : {&weight, &bias})
    if (!one->defined()) *one = at::zeros({}, input.options());
  return {std::move(input), std::move(weight), std::move(bias)};
}

Kernel layer_norm(const NodeView& n) {
  return several(
      n, [g = n.tensor("gradient"), x = n.tensor("input"), shape = n.sizes("normalized_shape"), mean = n.tensor("mean"),
          rstd = n.tensor("rstd"), w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
        auto [input, weight, bias] =
            at::native_layer_norm_backward(g(f).contiguous(), x(f).contiguous(), shape(f), mean(f), rstd(f),
                                           maybe(w(f)), maybe(b(f)), {true, w(f).defined(), b(f).defined()});
        return all_three(input, weight, bias);
      });
}

Kernel group_norm(const NodeView& n) {
  return several(
      n, [g = n.tensor("gradient"), x = n.tensor("input"), groups = n.integer("num_groups"), mean = n.tensor("mean"),
          rstd = n.tensor("rstd"), w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
        const at::Tensor in = x(f).contiguous();
        const std::int64_t items = in.size(0), channels = in.size(1);
        auto [input, weight, bias] = at::native_group_norm_backward(
            g(f).contiguous(), in, mean(f), rstd(f), maybe(w(f)), items, channels,
            in.numel() / std::max<std::int64_t>(items * channels, 1), groups, {true, w(f).defined(), b(f).defined()});
        return all_three(input, weight, bias);
      });
}

Kernel batch_norm(const NodeView& n) {
  const bool training = is_set(n, "training") || !n.has("running_mean");
  return several(n, [g = n.tensor("gradient"), x = n.tensor("input"), mean = n.tensor("mean"), rstd = n.tensor("rstd"),
                     w = n.tensor("weight"), b = n.tensor("bias"), seen_mean = n.tensor("running_mean"),
                     seen_var = n.tensor("running_var"), training, eps = n.number("eps")](const Frame& f) {
    auto [input, weight, bias] =
        at::native_batch_norm_backward(g(f), x(f), maybe(w(f)), maybe(seen_mean(f)), maybe(seen_var(f)), mean(f),
                                       rstd(f), training, eps, {true, w(f).defined(), b(f).defined()});
    return all_three(input, weight, bias);
  });
}

}  // namespace

void lower_backward(Lowerings& lowerings) {
  lowerings.add("_gelu_backward", gelu);
  lowerings.add("_softmax_backward", softmax);
  lowerings.add("_log_softmax_backward", log_softmax);
  lowerings.add("_convolution_input_backward", convolution<0>);
  lowerings.add("_convolution_weight_backward", convolution<1>);
  lowerings.add("_max_pool_backward", max_pool);
  lowerings.add("_avg_pool_backward", avg_pool);
  lowerings.add("_adaptive_avg_pool_backward", adaptive_avg_pool);
  lowerings.add("_embedding_backward", embedding);
  lowerings.add("_cross_entropy_backward", cross_entropy);
  lowerings.add("_nll_backward", nll);
  lowerings.add("_layer_norm_backward", layer_norm);
  lowerings.add("_group_norm_backward", group_norm);
  lowerings.add("_batch_norm_backward", batch_norm);
}

}  // namespace modelc::kernels
