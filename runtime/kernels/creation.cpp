// Tensors made from static values and from the generator. Sizes and dtype are those of the result as inferred.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

/// `f(sizes, options)`.
template <class F>
Lowering made(F f) {
  return [f](const NodeView& n) {
    return single(n, [f, sizes = result_sizes(n), options = at::TensorOptions().dtype(result_dtype(n))](
                         const Frame& fr) { return f(sizes(fr), options); });
  };
}

/// `arange(end)` and `arange(start, end, step)`.
Kernel arange(const NodeView& n) {
  const bool two = n.has("end");
  auto start = two ? scalar_of(n, "start") : [](const Frame&) { return at::Scalar(0); };
  return single(n, [start, end = scalar_of(n, two ? "end" : "start"), step = scalar_of(n, "step"),
                    options = at::TensorOptions().dtype(result_dtype(n))](const Frame& f) {
    return at::arange(start(f), end(f), step(f), options);
  });
}

Kernel normal(const NodeView& n) {
  auto mean = n.tensor("mean"), std = n.tensor("std");
  const bool tensor_mean = n.is_tensor("mean"), tensor_std = n.is_tensor("std");
  if (tensor_mean && tensor_std) return single(n, [=](const Frame& f) { return at::normal(mean(f), std(f)); });
  if (tensor_mean) {
    return single(n, [=, s = scalar_of(n, "std")](const Frame& f) { return at::normal(mean(f), s(f).toDouble()); });
  }
  if (tensor_std) {
    return single(n, [=, m = scalar_of(n, "mean")](const Frame& f) { return at::normal(m(f).toDouble(), std(f)); });
  }
  return single(n, [m = scalar_of(n, "mean"), s = scalar_of(n, "std"), sizes = result_sizes(n),
                    options = at::TensorOptions().dtype(result_dtype(n))](const Frame& f) {
    return at::empty(sizes(f), options).normal_(m(f).toDouble(), s(f).toDouble());
  });
}

/// `randint(low, high, size)`; of `randint(high, size)` the first stands under `low`, the size under `high`.
Kernel randint(const NodeView& n) {
  if (n.arg("high").is_list()) {
    return single(
        n, [high = n.sizes("low"), sizes = result_sizes(n), options = at::TensorOptions().dtype(result_dtype(n))](
               const Frame& f) { return at::randint(0, high(f).at(0), sizes(f), options); });
  }
  return single(n, [low = n.sizes("low"), high = n.sizes("high"), sizes = result_sizes(n),
                    options = at::TensorOptions().dtype(result_dtype(n))](const Frame& f) {
    return at::randint(low(f).at(0), high(f).at(0), sizes(f), options);
  });
}

Kernel bernoulli(const NodeView& n) {
  if (!n.has("p")) return single(n, [x = n.tensor("input")](const Frame& f) { return at::bernoulli(x(f)); });
  return single(n, [x = n.tensor("input"), p = n.number("p")](const Frame& f) { return at::bernoulli(x(f), p); });
}

}  // namespace

void lower_creation(Lowerings& lowerings) {
  using Options = const at::TensorOptions&;
  const Lowering zeros = made([](const Integers& s, Options o) { return at::zeros(s, o); });
  const Lowering ones = made([](const Integers& s, Options o) { return at::ones(s, o); });
  const Lowering randn = made([](const Integers& s, Options o) { return at::randn(s, o); });
  const Lowering rand = made([](const Integers& s, Options o) { return at::rand(s, o); });
  const Lowering full = [](const NodeView& n) {
    return single(n, [value = scalar_of(n, "fill_value"), sizes = result_sizes(n),
                      options = at::TensorOptions().dtype(result_dtype(n))](const Frame& f) {
      return at::full(sizes(f), value(f), options);
    });
  };
  lowerings.add("zeros", zeros);
  lowerings.add("zeros_like", zeros);
  lowerings.add("ones", ones);
  lowerings.add("ones_like", ones);
  lowerings.add("full", full);
  lowerings.add("full_like", full);
  lowerings.add("randn", randn);
  lowerings.add("randn_like", randn);
  lowerings.add("rand", rand);
  lowerings.add("rand_like", rand);
  lowerings.add("eye", made([](const Integers& s, Options o) { return at::eye(s.at(0), s.at(1), o); }));
  lowerings.add("linspace", [](const NodeView& n) {
    return single(n, [start = scalar_of(n, "start"), end = scalar_of(n, "end"), sizes = result_sizes(n),
                      options = at::TensorOptions().dtype(result_dtype(n))](const Frame& f) {
      return at::linspace(start(f), end(f), sizes(f).at(0), options);
    });
  });
  lowerings.add("arange", arange);
  lowerings.add("randint", randint);
  lowerings.add("normal", normal);
  lowerings.add("bernoulli", bernoulli);
  lowerings.add("multinomial", [](const NodeView& n) {
    return single(n, [count = n.sizes("num_samples"), again = n.flag("replacement"),
                      x = n.tensor("input")](const Frame& f) { return at::multinomial(x(f), count(f).at(0), again); });
  });
}

}  // namespace modelc::kernels
