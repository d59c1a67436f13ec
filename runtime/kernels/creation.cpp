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

/// The numbers of nested lists in a row.
void gather(const plan::Attribute& data, at::ScalarType dtype, std::vector<Tensor>& numbers) {
  if (!data.is_list()) {
    const at::TensorOptions exact = at::TensorOptions().dtype(data.is_float() ? at::kDouble : at::kLong);
    return numbers.push_back(at::scalar_tensor(scalar(data), exact).to(dtype));
  }
  for (const plan::Attribute& item : data.as_list()) gather(item, dtype, numbers);
}

/// Numbers as they are written; a tensor as it is, or as a copy.
Lowering literal(std::string argument, bool copies) {
  return [argument = std::move(argument), copies](const NodeView& n) -> Kernel {
    if (n.is_tensor(argument))
      return single(n, [x = n.tensor(argument), copies, dtype = result_dtype(n)](const Frame& f) {
        return copies ? x(f).to(dtype).detach().clone() : x(f).to(dtype);
      });
    std::vector<Tensor> numbers;
    gather(n.arg(argument), result_dtype(n), numbers);
    return single(n, [all = at::stack(numbers), sizes = result_sizes(n)](const Frame& f) {
      return all.reshape(sizes(f)).clone();
    });
  };
}

/// `randint_like(x, low, high)`; of one number it is the upper bound.
Kernel randint_like(const NodeView& n) {
  const bool two = n.has("high");
  return single(n, [low = n.sizes("low"), high = n.sizes(two ? "high" : "low"), two, sizes = result_sizes(n),
                    options = at::TensorOptions().dtype(result_dtype(n))](const Frame& f) {
    return at::randint(two ? low(f).at(0) : 0, high(f).at(0), sizes(f), options);
  });
}

/// `f(length, periodic, options)`.
template <class F>
Lowering window(F f) {
  return [f](const NodeView& n) {
    return single(n, [f, sizes = result_sizes(n), periodic = n.flag("periodic"),
                      alpha = n.has("alpha") ? n.number("alpha") : 0.0, beta = n.has("beta") ? n.number("beta") : 0.0,
                      options = at::TensorOptions().dtype(result_dtype(n))](const Frame& fr) {
      return f(sizes(fr).at(0), periodic, alpha, beta, options);
    });
  };
}

void lower_windows(Lowerings& lowerings) {
  using Options = const at::TensorOptions&;
  using Length = std::int64_t;
  lowerings.add("hann_window",
                window([](Length l, bool p, double, double, Options o) { return at::hann_window(l, p, o); }));
  lowerings.add("blackman_window",
                window([](Length l, bool p, double, double, Options o) { return at::blackman_window(l, p, o); }));
  lowerings.add("bartlett_window",
                window([](Length l, bool p, double, double, Options o) { return at::bartlett_window(l, p, o); }));
  lowerings.add("hamming_window", window([](Length l, bool p, double alpha, double beta, Options o) {
                  return at::hamming_window(l, p, alpha, beta, o);
                }));
  lowerings.add("kaiser_window", window([](Length l, bool p, double, double beta, Options o) {
                  return at::kaiser_window(l, p, beta, o);
                }));
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
  lowerings.add("tensor", literal("data", true));
  lowerings.add("as_tensor", literal("data", false));
  lowerings.add("scalar_tensor", literal("s", true));
  lowerings.add("randint_like", randint_like);
  lowerings.add("randperm", made([](const Integers& s, Options o) { return at::randperm(s.at(0), o); }));
  lowerings.add("poisson", unary([](const Tensor& x) { return at::poisson(x); }));
  lowerings.add("logspace", [](const NodeView& n) {
    return single(n, [start = scalar_of(n, "start"), end = scalar_of(n, "end"), base = n.number("base"),
                      sizes = result_sizes(n), options = at::TensorOptions().dtype(result_dtype(n))](const Frame& f) {
      return at::logspace(start(f), end(f), sizes(f).at(0), base, options);
    });
  });
  const auto triangle = [](auto f) -> Lowering {
    return [f](const NodeView& n) {
      return single(n, [f, rows = n.sizes("row"), columns = n.sizes("col"), offset = n.integer("offset"),
                        options = at::TensorOptions().dtype(result_dtype(n))](const Frame& fr) {
        return f(rows(fr).at(0), columns(fr).at(0), offset, options);
      });
    };
  };
  using Size = std::int64_t;
  lowerings.add("tril_indices",
                triangle([](Size r, Size c, Size k, Options o) { return at::tril_indices(r, c, k, o); }));
  lowerings.add("triu_indices",
                triangle([](Size r, Size c, Size k, Options o) { return at::triu_indices(r, c, k, o); }));
  lower_windows(lowerings);
  for (const char* name : {"new_zeros", "new_empty", "empty", "empty_like"}) lowerings.add(name, zeros);
  lowerings.add("new_ones", ones);
  lowerings.add("new_full", full);
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
