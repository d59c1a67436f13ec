// Activations.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

/// `f(input, a)` with one static number.
template <class F>
Lowering with_number(std::string name, F f) {
  return [f, name = std::move(name)](const NodeView& n) {
    return single(n, [f, a = scalar(n.arg(name)), x = n.tensor("input")](const Frame& fr) { return f(x(fr), a); });
  };
}

/// `f(input, a, b)` with two.
template <class F>
Lowering with_numbers(std::string first, std::string second, F f) {
  return [f, first = std::move(first), second = std::move(second)](const NodeView& n) {
    return single(n, [f, a = scalar(n.arg(first)), b = scalar(n.arg(second)), x = n.tensor("input")](const Frame& fr) {
      return f(x(fr), a, b);
    });
  };
}

/// Softmax and its kin: without a dim PyTorch takes 0 for 0, 1 and 3 dimensions, else 1.
template <class F>
Lowering over_dim(F f) {
  return [f](const NodeView& n) {
    const auto dim = maybe_integer(n, "dim");
    const bool casts = n.has("dtype");
    return single(n, [f, dim, casts, dtype = result_dtype(n), x = n.tensor("input")](const Frame& fr) {
      const std::int64_t rank = x(fr).dim();
      const std::int64_t d = dim.value_or(rank == 0 || rank == 1 || rank == 3 ? 0 : 1);
      return f(casts ? x(fr).to(dtype) : x(fr), d);
    });
  };
}

Kernel gumbel_softmax(const NodeView& n) {
  return single(n, [x = n.tensor("logits"), tau = n.number("tau"), hard = n.flag("hard"),
                    dim = n.integer("dim")](const Frame& f) {
    const Tensor noise = -at::empty_like(x(f)).exponential_().log();
    const Tensor soft = at::softmax((x(f) + noise) / tau, dim);
    if (!hard) return soft;
    const Tensor choice = std::get<1>(soft.max(dim, true));
    return at::zeros_like(soft).scatter(dim, choice, 1.0) - soft.detach() + soft;
  });
}

}  // namespace

void lower_activation(Lowerings& lowerings) {
  lowerings.add("relu", unary([](const Tensor& x) { return at::relu(x); }));
  lowerings.add("relu6", unary([](const Tensor& x) { return at::relu6(x); }));
  lowerings.add("selu", unary([](const Tensor& x) { return at::selu(x); }));
  lowerings.add("silu", unary([](const Tensor& x) { return at::silu(x); }));
  lowerings.add("mish", unary([](const Tensor& x) { return at::mish(x); }));
  lowerings.add("sigmoid", unary([](const Tensor& x) { return at::sigmoid(x); }));
  lowerings.add("tanh", unary([](const Tensor& x) { return at::tanh(x); }));
  lowerings.add("logsigmoid", unary([](const Tensor& x) { return at::log_sigmoid(x); }));
  lowerings.add("hardsigmoid", unary([](const Tensor& x) { return at::hardsigmoid(x); }));
  lowerings.add("hardswish", unary([](const Tensor& x) { return at::hardswish(x); }));
  lowerings.add("softsign", unary([](const Tensor& x) { return x / (x.abs() + 1); }));
  lowerings.add("tanhshrink", unary([](const Tensor& x) { return x - x.tanh(); }));
  lowerings.add("leaky_relu", with_number("negative_slope",
                                          [](const Tensor& x, const at::Scalar& a) { return at::leaky_relu(x, a); }));
  lowerings.add("elu", with_number("alpha", [](const Tensor& x, const at::Scalar& a) { return at::elu(x, a); }));
  lowerings.add("celu", with_number("alpha", [](const Tensor& x, const at::Scalar& a) { return at::celu(x, a); }));
  lowerings.add("hardshrink",
                with_number("lambd", [](const Tensor& x, const at::Scalar& a) { return at::hardshrink(x, a); }));
  lowerings.add("softshrink",
                with_number("lambd", [](const Tensor& x, const at::Scalar& a) { return at::softshrink(x, a); }));
  lowerings.add("softplus",
                with_numbers("beta", "threshold", [](const Tensor& x, const at::Scalar& a, const at::Scalar& b) {
                  return at::softplus(x, a, b);
                }));
  lowerings.add("hardtanh",
                with_numbers("min_val", "max_val", [](const Tensor& x, const at::Scalar& a, const at::Scalar& b) {
                  return at::hardtanh(x, a, b);
                }));
  lowerings.add("threshold",
                with_numbers("threshold", "value", [](const Tensor& x, const at::Scalar& a, const at::Scalar& b) {
                  return at::threshold(x, a, b);
                }));
  lowerings.add("softmax", over_dim([](const Tensor& x, std::int64_t dim) { return at::softmax(x, dim); }));
  lowerings.add("log_softmax", over_dim([](const Tensor& x, std::int64_t dim) { return at::log_softmax(x, dim); }));
  // A uint8 is negated before it is converted, as PyTorch has it.
  lowerings.add("softmin", over_dim([](const Tensor& x, std::int64_t dim) { return at::softmax(-x, dim); }));
  lowerings.add("glu", [](const NodeView& n) {
    return single(n, [dim = n.integer("dim"), x = n.tensor("input")](const Frame& f) { return at::glu(x(f), dim); });
  });
  lowerings.add("gelu", [](const NodeView& n) {
    return single(n, [how = n.arg("approximate").as_string(), x = n.tensor("input")](const Frame& f) {
      at::Tensor y = at::gelu(x(f), how);
      // oneDNN's backward of LibTorch 1.13 reads a gradient as if it were contiguous, beyond its end where it is not.
      if (y.requires_grad()) y.register_hook([](const at::Tensor& gradient) { return gradient.contiguous(); });
      return y;
    });
  });
  lowerings.add("gumbel_softmax", gumbel_softmax);
  lowerings.add("rrelu", [](const NodeView& n) {
    return single(n, [low = n.number("lower"), high = n.number("upper"), on = is_set(n, "training"),
                      x = n.tensor("input")](const Frame& f) { return at::rrelu(x(f), low, high, on); });
  });
  lowerings.add("prelu", [](const NodeView& n) {
    return single(n, [w = n.tensor("weight"), x = n.tensor("input")](const Frame& f) { return at::prelu(x(f), w(f)); });
  });
}

}  // namespace modelc::kernels
