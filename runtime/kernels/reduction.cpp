// Reductions, and what orders or accumulates along a dimension.
#include <ATen/Functions.h>

#include "kernels/bind.h"
#include "kernels/spread.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

/// `f(input, dims, keepdim)`; no dims: all of them.
template <class F>
Lowering over_dims(F f) {
  return [f](const NodeView& n) {
    const bool casts = n.has("dtype");
    return single(n, [f, casts, dims = integers_or_none(n, "dim"), keep = is_set(n, "keepdim"), dtype = result_dtype(n),
                      x = n.tensor("input")](const Frame& fr) {
      // Converted once more: a sum of small integers is int64.
      return casts ? f(x(fr).to(dtype), dims, keep).to(dtype) : f(x(fr), dims, keep);
    });
  };
}

/// `f(input, dim, keepdim)` with at most one dim, `all(input)` without.
template <class All, class F>
Lowering over_one(All all, F f) {
  return [all, f](const NodeView& n) -> Kernel {
    const bool casts = n.has("dtype");
    auto x = n.tensor("input");
    const auto dim = maybe_integer(n, "dim");
    const bool keep = is_set(n, "keepdim");
    return single(n, [=, dtype = result_dtype(n)](const Frame& fr) {
      const Tensor in = casts ? x(fr).to(dtype) : x(fr);
      const Tensor out = dim ? f(in, *dim, keep) : all(in);
      return casts ? out.to(dtype) : out;
    });
  };
}

/// `f(input, dim or nothing, keepdim)`: argmax and argmin keep dimensions without a dim too.
template <class F>
Lowering position(F f) {
  return [f](const NodeView& n) {
    return single(n, [f, dim = maybe_integer(n, "dim"), keep = n.flag("keepdim"),
                      x = n.tensor("input")](const Frame& fr) { return f(x(fr), dim, keep); });
  };
}

template <class F>
Lowering spread(F f) {
  return [f](const NodeView& n) {
    const c10::optional<std::int64_t> correction = correction_of(n);
    return single(n, [f, correction, dims = integers_or_none(n, "dim"), keep = is_set(n, "keepdim"),
                      x = n.tensor("input")](const Frame& fr) {
      return f(x(fr), dims.empty() ? at::OptionalIntArrayRef() : at::OptionalIntArrayRef(dims), correction, keep);
    });
  };
}

/// max and min: of everything, along a dimension with the indices, or of two tensors.
template <class All, class Along, class Two>
Lowering extreme(All all, Along along, Two two) {
  return [=](const NodeView& n) -> Kernel {
    auto x = n.tensor("input");
    if (n.is_tensor("dim")) return single(n, [=, y = n.tensor("dim")](const Frame& f) { return two(x(f), y(f)); });
    if (!n.has("dim")) return single(n, [=](const Frame& f) { return all(x(f)); });
    return several(n, [=, dim = n.integer("dim"), keep = is_set(n, "keepdim")](const Frame& f) {
      auto [values, indices] = along(x(f), dim, keep);
      return std::vector<Tensor>{values, indices};
    });
  };
}

/// torch.norm of 1.13: `fro` is the 2-norm, by its own kernel.
Kernel norm(const NodeView& n) {
  auto x = n.tensor("input");
  const Integers dims = integers_or_none(n, "dim");
  const bool keep = is_set(n, "keepdim");
  const bool frobenius = !n.has("p") || n.arg("p").is_string();
  const at::Scalar p = frobenius ? at::Scalar(2) : scalar(n.arg("p"));
  return single(n, [=](const Frame& f) {
    Integers over = dims;
    if (over.empty()) {
      for (std::int64_t i = 0; i < x(f).dim(); ++i) over.push_back(i);
    }
    if (frobenius && over.size() <= 2) return at::frobenius_norm(x(f), over, keep);
    return at::norm(x(f), p, over, keep);
  });
}

Kernel topk(const NodeView& n) {
  return several(n, [k = n.sizes("k"), dim = n.integer("dim"), largest = n.flag("largest"), sorted = n.flag("sorted"),
                     x = n.tensor("input")](const Frame& f) {
    auto [values, indices] = at::topk(x(f), k(f).at(0), dim, largest, sorted);
    return std::vector<Tensor>{values, indices};
  });
}

}  // namespace

void lower_reduction(Lowerings& lowerings) {
  using Dims = const Integers&;
  lowerings.add("sum", over_dims([](const Tensor& x, Dims dims, bool keep) {
                  return dims.empty() && !keep ? at::sum(x) : at::sum(x, dims, keep);
                }));
  lowerings.add("mean", over_dims([](const Tensor& x, Dims dims, bool keep) {
                  return dims.empty() && !keep ? at::mean(x) : at::mean(x, dims, keep);
                }));
  lowerings.add("amax", over_dims([](const Tensor& x, Dims dims, bool keep) { return at::amax(x, dims, keep); }));
  lowerings.add("amin", over_dims([](const Tensor& x, Dims dims, bool keep) { return at::amin(x, dims, keep); }));
  lowerings.add("logsumexp",
                over_dims([](const Tensor& x, Dims dims, bool keep) { return at::logsumexp(x, dims, keep); }));
  lowerings.add("prod", over_one([](const Tensor& x) { return at::prod(x); },
                                 [](const Tensor& x, std::int64_t dim, bool keep) { return at::prod(x, dim, keep); }));
  lowerings.add("all", over_one([](const Tensor& x) { return at::all(x); },
                                [](const Tensor& x, std::int64_t dim, bool keep) { return at::all(x, dim, keep); }));
  lowerings.add("any", over_one([](const Tensor& x) { return at::any(x); },
                                [](const Tensor& x, std::int64_t dim, bool keep) { return at::any(x, dim, keep); }));
  lowerings.add("argmax", position([](const Tensor& x, c10::optional<std::int64_t> dim, bool keep) {
                  return at::argmax(x, dim, keep);
                }));
  lowerings.add("argmin", position([](const Tensor& x, c10::optional<std::int64_t> dim, bool keep) {
                  return at::argmin(x, dim, keep);
                }));
  using Spread = at::OptionalIntArrayRef;
  using Correction = const c10::optional<std::int64_t>&;
  lowerings.add("std",
                spread([](const Tensor& x, Spread d, Correction c, bool keep) { return at::std(x, d, c, keep); }));
  lowerings.add("var",
                spread([](const Tensor& x, Spread d, Correction c, bool keep) { return at::var(x, d, c, keep); }));
  lowerings.add("max", extreme([](const Tensor& x) { return at::max(x); },
                               [](const Tensor& x, std::int64_t dim, bool keep) { return at::max(x, dim, keep); },
                               [](const Tensor& x, const Tensor& y) { return at::maximum(x, y); }));
  lowerings.add("min", extreme([](const Tensor& x) { return at::min(x); },
                               [](const Tensor& x, std::int64_t dim, bool keep) { return at::min(x, dim, keep); },
                               [](const Tensor& x, const Tensor& y) { return at::minimum(x, y); }));
  lowerings.add("norm", norm);
  lowerings.add("topk", topk);
  lowerings.add("sort", [](const NodeView& n) {
    return several(n, [dim = n.integer("dim"), down = n.flag("descending"), stable = is_set(n, "stable"),
                       x = n.tensor("input")](const Frame& f) {
      auto [values, indices] = at::sort(x(f), c10::optional<bool>(stable), dim, down);
      return std::vector<Tensor>{values, indices};
    });
  });
  lowerings.add("argsort", [](const NodeView& n) {
    return single(n, [dim = n.integer("dim"), down = n.flag("descending"), stable = is_set(n, "stable"),
                      x = n.tensor("input")](const Frame& f) { return at::argsort(x(f), stable, dim, down); });
  });
  lowerings.add("cumsum", [](const NodeView& n) {
    return single(n, [dim = n.integer("dim"), dtype = result_dtype(n), x = n.tensor("input")](const Frame& f) {
      return at::cumsum(x(f), dim, dtype);
    });
  });
  lowerings.add("cosine_similarity", [](const NodeView& n) {
    // LibTorch 2 lets the dtype of a scalar widen the result; converted before, each version gives what was inferred.
    return single(n, [dim = n.integer("dim"), eps = n.number("eps"), dtype = result_dtype(n), x = n.tensor("x1"),
                      y = n.tensor("x2")](const Frame& f) {
      return at::cosine_similarity(x(f).to(dtype), y(f).to(dtype), dim, eps);
    });
  });
}

}  // namespace modelc::kernels
