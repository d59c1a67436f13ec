// Order statistics, spreads, running values, searching.
#include <ATen/Functions.h>

#include "kernels/bind.h"
#include "kernels/spread.h"

namespace modelc::kernels {
namespace {

using at::Tensor;
using Dims = at::OptionalIntArrayRef;

template <class Pair>
std::vector<Tensor> both(Pair pair) {
  return {std::move(std::get<0>(pair)), std::move(std::get<1>(pair))};
}

/// `f(input, dims or nothing, keepdim)`, converted before where a dtype is given.
template <class F>
Lowering over_dims(F f) {
  return [f](const NodeView& n) {
    const auto dtype = n.has("dtype") ? c10::make_optional(result_dtype(n)) : c10::nullopt;
    return single(n, [f, dtype, dims = integers_or_none(n, "dim"), keep = is_set(n, "keepdim"), x = n.tensor("input")](
                         const Frame& fr) { return f(x(fr), dims.empty() ? Dims() : Dims(dims), keep, dtype); });
  };
}

/// Of everything, or (values, indices) along a dimension.
template <class All, class Along>
Lowering median(All all, Along along) {
  return [=](const NodeView& n) -> Kernel {
    auto x = n.tensor("input");
    if (!n.has("dim")) return single(n, [=](const Frame& f) { return all(x(f)); });
    return several(n, [=, dim = n.integer("dim"), keep = n.flag("keepdim")](const Frame& f) {
      return both(along(x(f), dim, keep));
    });
  };
}

/// Spread and mean, of everything where no dimensions are given.
template <class F>
Lowering spread_and_mean(F f) {
  return [f](const NodeView& n) {
    const c10::optional<std::int64_t> correction = correction_of(n);
    return several(
        n, [f, correction, dims = integers_or_none(n, "dim"), keep = n.flag("keepdim"), x = n.tensor("input")](
               const Frame& fr) { return both(f(x(fr), dims.empty() ? Dims() : Dims(dims), correction, keep)); });
  };
}

template <class F>
Lowering quantile(F f) {
  return [f](const NodeView& n) -> Kernel {
    auto x = n.tensor("input");
    const auto dim = maybe_integer(n, "dim");
    const bool keep = n.flag("keepdim");
    const std::string how = n.arg("interpolation").as_string();
    if (n.is_tensor("q"))
      return single(n, [=, q = n.tensor("q")](const Frame& fr) { return f(x(fr), q(fr), dim, keep, how); });
    return single(n,
                  [=, q = scalar_of(n, "q")](const Frame& fr) { return f(x(fr), q(fr).toDouble(), dim, keep, how); });
  };
}

/// `f(input, dim)`.
template <class F>
Lowering along(F f) {
  return [f](const NodeView& n) {
    return single(n, [f, dim = n.integer("dim"), x = n.tensor("input")](const Frame& fr) { return f(x(fr), dim); });
  };
}

template <class F>
Lowering running_extreme(F f) {
  return [f](const NodeView& n) {
    return several(n,
                   [f, dim = n.integer("dim"), x = n.tensor("input")](const Frame& fr) { return both(f(x(fr), dim)); });
  };
}

/// `by_places(y, x, dim)` or `by_step(y, dx, dim)`.
template <class ByPlaces, class ByStep>
Lowering trapezoid(ByPlaces by_places, ByStep by_step) {
  return [=](const NodeView& n) -> Kernel {
    auto y = n.tensor("y");
    const std::int64_t dim = n.integer("dim");
    if (n.has("x")) return single(n, [=, x = n.tensor("x")](const Frame& f) { return by_places(y(f), x(f), dim); });
    return single(n, [=, dx = n.number("dx")](const Frame& f) { return by_step(y(f), at::Scalar(dx), dim); });
  };
}

void lower_order(Lowerings& lowerings) {
  lowerings.add("median", median([](const Tensor& x) { return at::median(x); },
                                 [](const Tensor& x, std::int64_t d, bool k) { return at::median(x, d, k); }));
  lowerings.add("nanmedian", median([](const Tensor& x) { return at::nanmedian(x); },
                                    [](const Tensor& x, std::int64_t d, bool k) { return at::nanmedian(x, d, k); }));
  lowerings.add("msort", unary([](const Tensor& x) { return at::msort(x); }));
  lowerings.add("mode", [](const NodeView& n) {
    return several(n, [dim = n.integer("dim"), keep = n.flag("keepdim"), x = n.tensor("input")](const Frame& f) {
      return both(at::mode(x(f), dim, keep));
    });
  });
  lowerings.add("kthvalue", [](const NodeView& n) {
    return several(n, [k = n.integer("k"), dim = n.integer("dim"), keep = n.flag("keepdim"),
                       x = n.tensor("input")](const Frame& f) { return both(at::kthvalue(x(f), k, dim, keep)); });
  });
  lowerings.add("aminmax", [](const NodeView& n) {
    return several(n, [dim = maybe_integer(n, "dim"), keep = n.flag("keepdim"), x = n.tensor("input")](const Frame& f) {
      return both(at::aminmax(x(f), dim, keep));
    });
  });
  using Axis = c10::optional<std::int64_t>;
  lowerings.add("quantile", quantile([](const Tensor& x, const auto& q, Axis d, bool k, const std::string& how) {
                  return at::quantile(x, q, d, k, how);
                }));
  lowerings.add("nanquantile", quantile([](const Tensor& x, const auto& q, Axis d, bool k, const std::string& how) {
                  return at::nanquantile(x, q, d, k, how);
                }));
}

void lower_sums(Lowerings& lowerings) {
  using DType = c10::optional<at::ScalarType>;
  using Correction = const c10::optional<std::int64_t>&;
  lowerings.add("nansum", over_dims([](const Tensor& x, Dims d, bool k, DType t) { return at::nansum(x, d, k, t); }));
  lowerings.add("nanmean", over_dims([](const Tensor& x, Dims d, bool k, DType t) { return at::nanmean(x, d, k, t); }));
  lowerings.add("count_nonzero", over_dims([](const Tensor& x, Dims d, bool, DType) {
                  return d ? at::count_nonzero(x, *d) : at::count_nonzero(x);
                }));
  lowerings.add("var_mean", spread_and_mean([](const Tensor& x, Dims d, Correction c, bool k) {
                  return at::var_mean(x, d, c, k);
                }));
  lowerings.add("std_mean", spread_and_mean([](const Tensor& x, Dims d, Correction c, bool k) {
                  return at::std_mean(x, d, c, k);
                }));
  lowerings.add("dist", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("other"), p = scalar(n.arg("p"))](const Frame& f) {
      return at::dist(x(f), y(f), p);
    });
  });
  lowerings.add("trace", unary([](const Tensor& x) { return at::trace(x); }));
  lowerings.add("renorm", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), p = scalar(n.arg("p")), dim = n.integer("dim"),
                      most = scalar(n.arg("maxnorm"))](const Frame& f) { return at::renorm(x(f), p, dim, most); });
  });
  lowerings.add("histc", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), bins = n.integer("bins"), low = scalar(n.arg("min")),
                      high = scalar(n.arg("max"))](const Frame& f) { return at::histc(x(f), bins, low, high); });
  });
  lowerings.add("cov", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), correction = n.integer("correction")](const Frame& f) {
      return at::cov(x(f), correction);
    });
  });
  lowerings.add("corrcoef", unary([](const Tensor& x) { return at::corrcoef(x); }));
}

void lower_running(Lowerings& lowerings) {
  lowerings.add("cumprod", [](const NodeView& n) {
    return single(n, [dim = n.integer("dim"), dtype = result_dtype(n), x = n.tensor("input")](const Frame& f) {
      return at::cumprod(x(f), dim, dtype);
    });
  });
  lowerings.add("logcumsumexp", along([](const Tensor& x, std::int64_t dim) { return at::logcumsumexp(x, dim); }));
  lowerings.add("cummax", running_extreme([](const Tensor& x, std::int64_t dim) { return at::cummax(x, dim); }));
  lowerings.add("cummin", running_extreme([](const Tensor& x, std::int64_t dim) { return at::cummin(x, dim); }));
  lowerings.add("diff", [](const NodeView& n) {
    return single(n, [order = n.integer("n"), dim = n.integer("dim"), x = n.tensor("input"),
                      before = n.tensor("prepend"), behind = n.tensor("append")](const Frame& f) {
      return at::diff(x(f), order, dim, maybe(before(f)), maybe(behind(f)));
    });
  });
  lowerings.add(
      "trapezoid",
      trapezoid([](const Tensor& y, const Tensor& x, std::int64_t d) { return at::trapezoid(y, x, d); },
                [](const Tensor& y, const at::Scalar& dx, std::int64_t d) { return at::trapezoid(y, dx, d); }));
  lowerings.add(
      "cumulative_trapezoid",
      trapezoid(
          [](const Tensor& y, const Tensor& x, std::int64_t d) { return at::cumulative_trapezoid(y, x, d); },
          [](const Tensor& y, const at::Scalar& dx, std::int64_t d) { return at::cumulative_trapezoid(y, dx, d); }));
}

/// (values, inverse, counts), of which those that are asked for are results.
Lowering unique(bool consecutive) {
  return [consecutive](const NodeView& n) {
    const bool inverse = n.flag("return_inverse"), counts = n.flag("return_counts");
    const bool sorted = !consecutive && n.flag("sorted");
    return several(n, [=, dim = maybe_integer(n, "dim"), x = n.tensor("input")](const Frame& f) {
      auto [values, places, times] = consecutive ? at::unique_consecutive(x(f), inverse, counts, dim)
                                     : dim       ? at::unique_dim(x(f), *dim, sorted, inverse, counts)
                                                 : at::_unique2(x(f), sorted, inverse, counts);
      std::vector<Tensor> results{values};
      if (inverse) results.push_back(places);
      if (counts) results.push_back(times);
      return results;
    });
  };
}

void lower_searching(Lowerings& lowerings) {
  lowerings.add("bucketize", [](const NodeView& n) {
    return single(n,
                  [x = n.tensor("input"), bounds = n.tensor("boundaries"), narrow = n.flag("out_int32"),
                   right = n.flag("right")](const Frame& f) { return at::bucketize(x(f), bounds(f), narrow, right); });
  });
  lowerings.add("searchsorted", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), sorted = n.tensor("sorted_sequence"), narrow = n.flag("out_int32"),
                      right = n.flag("right") || (n.has("side") && n.arg("side").as_string() == "right")](
                         const Frame& f) { return at::searchsorted(sorted(f), x(f), narrow, right); });
  });
  lowerings.add("isin", [](const NodeView& n) {
    return single(n, [x = n.tensor("elements"), known = n.tensor("test_elements"), single = n.flag("assume_unique"),
                      invert = n.flag("invert")](const Frame& f) { return at::isin(x(f), known(f), single, invert); });
  });
  lowerings.add("masked_select",
                binary([](const Tensor& x, const Tensor& m) { return at::masked_select(x, m); }, "mask"));
  lowerings.add("unique", unique(false));
  lowerings.add("unique_consecutive", unique(true));
  lowerings.add("bincount", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), w = n.tensor("weights"), least = n.integer("minlength")](const Frame& f) {
      return at::bincount(x(f), maybe(w(f)), least);
    });
  });
}

}  // namespace

void lower_statistics(Lowerings& lowerings) {
  lower_order(lowerings);
  lower_sums(lowerings);
  lower_running(lowerings);
  lower_searching(lowerings);
}

}  // namespace modelc::kernels
