// Stacks, pieces, and values put to positions: parts of the family `shape`.
#include <ATen/Functions.h>

#include "kernels/bind.h"
#include "kernels/indexing.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

template <class F>
Lowering of_list(F f) {
  return [f](const NodeView& n) {
    return single(n, [f, xs = n.tensors("tensors")](const Frame& fr) { return f(xs(fr)); });
  };
}

/// The pieces as inferred, along `dim` of the input.
Kernel split_along(const NodeView& n, std::size_t dim) {
  std::vector<plan::Size> sizes;
  for (std::size_t i = 0; i < n.result_count(); ++i) sizes.push_back(n.result_type(i).shape[dim]);
  return several(n, [x = n.tensor("input"), dim, sizes = FetchSizes(n.plan(), sizes)](const Frame& f) {
    return at::split_with_sizes(x(f), sizes(f), static_cast<std::int64_t>(dim));
  });
}

void lower_pieces(Lowerings& lowerings) {
  lowerings.add("unbind", [](const NodeView& n) {
    return several(n,
                   [x = n.tensor("input"), dim = n.integer("dim")](const Frame& f) { return at::unbind(x(f), dim); });
  });
  lowerings.add("tensor_split", [](const NodeView& n) {
    const std::int64_t dim = n.integer("dim"), rank = static_cast<std::int64_t>(n.result_type(0).rank());
    return split_along(n, static_cast<std::size_t>(dim < 0 ? dim + rank : dim));
  });
  lowerings.add("hsplit", [](const NodeView& n) { return split_along(n, n.result_type(0).rank() == 1 ? 0 : 1); });
  lowerings.add("vsplit", [](const NodeView& n) { return split_along(n, 0); });
  lowerings.add("dsplit", [](const NodeView& n) { return split_along(n, 2); });
}

/// `f(input, dim, index, third)`.
template <class F>
Lowering at_positions(std::string third, F f) {
  return [f, third = std::move(third)](const NodeView& n) {
    return single(n, [f, x = n.tensor("input"), dim = n.integer("dim"), index = n.tensor("index"),
                      y = n.tensor(third)](const Frame& fr) { return f(x(fr), dim, index(fr), y(fr)); });
  };
}

/// The same with a word `reduce` and `include_self`.
template <class F>
Lowering reduced_at(std::string third, F f) {
  return [f, third = std::move(third)](const NodeView& n) {
    return at_positions(third, [f, how = n.arg("reduce").as_string(), self = n.flag("include_self")](
                                   const Tensor& x, std::int64_t dim, const Tensor& index, const Tensor& y) {
      return f(x, dim, index, y, how, self);
    })(n);
  };
}

Kernel scatter(const NodeView& n) {
  auto x = n.tensor("input"), index = n.tensor("index");
  const std::int64_t dim = n.integer("dim");
  const std::string how = n.has("reduce") ? n.arg("reduce").as_string() : "";
  if (n.is_tensor("src")) {
    return single(n, [=, src = n.tensor("src")](const Frame& f) {
      return how.empty() ? at::scatter(x(f), dim, index(f), src(f)) : at::scatter(x(f), dim, index(f), src(f), how);
    });
  }
  return single(n, [=, value = scalar_of(n, n.has("src") ? "src" : "value")](const Frame& f) {
    return how.empty() ? at::scatter(x(f), dim, index(f), value(f)) : at::scatter(x(f), dim, index(f), value(f), how);
  });
}

Kernel index_fill(const NodeView& n) {
  auto x = n.tensor("input"), index = n.tensor("index");
  const std::int64_t dim = n.integer("dim");
  if (n.is_tensor("value")) {
    return single(
        n, [=, value = n.tensor("value")](const Frame& f) { return at::index_fill(x(f), dim, index(f), value(f)); });
  }
  return single(
      n, [=, value = scalar_of(n, "value")](const Frame& f) { return at::index_fill(x(f), dim, index(f), value(f)); });
}

Kernel index_put(const NodeView& n) {
  return single(n, [x = n.tensor("input"), lists = n.tensors("indices"), y = n.tensor("values"),
                    adds = n.flag("accumulate")](const Frame& f) {
    c10::List<c10::optional<Tensor>> indices;
    for (const Tensor& list : lists(f)) indices.push_back(list);
    return at::index_put(x(f), indices, y(f), adds);
  });
}

void lower_positions(Lowerings& lowerings) {
  using Index = std::int64_t;
  lowerings.add("scatter", scatter);
  lowerings.add("scatter_add", at_positions("src", [](const Tensor& x, Index d, const Tensor& i, const Tensor& y) {
                  return at::scatter_add(x, d, i, y);
                }));
  lowerings.add("scatter_reduce",
                reduced_at("src", [](const Tensor& x, Index d, const Tensor& i, const Tensor& y, const std::string& how,
                                     bool self) { return at::scatter_reduce(x, d, i, y, how, self); }));
  lowerings.add("index_add", [](const NodeView& n) {
    const double alpha = n.number("alpha");
    const bool whole = !types::is_floating(n.result_type(0).dtype);
    const at::Scalar factor = whole ? at::Scalar(static_cast<std::int64_t>(alpha)) : at::Scalar(alpha);
    return at_positions("source", [factor](const Tensor& x, Index d, const Tensor& i, const Tensor& y) {
      return at::index_add(x, d, i, y, factor);
    })(n);
  });
  lowerings.add("index_copy", at_positions("source", [](const Tensor& x, Index d, const Tensor& i, const Tensor& y) {
                  return at::index_copy(x, d, i, y);
                }));
  lowerings.add("index_reduce", reduced_at("source", [](const Tensor& x, Index d, const Tensor& i, const Tensor& y,
                                                        const std::string& how, bool self) {
                  return at::index_reduce(x, d, i, y, how, self);
                }));
  lowerings.add("index_fill", index_fill);
  lowerings.add("index_put", index_put);
  lowerings.add("masked_scatter", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), mask = n.tensor("mask"), y = n.tensor("source")](const Frame& f) {
      return at::masked_scatter(x(f), mask(f), y(f));
    });
  });
  lowerings.add("put", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), index = n.tensor("index"), y = n.tensor("source"),
                      adds = n.flag("accumulate")](const Frame& f) { return at::put(x(f), index(f), y(f), adds); });
  });
  lowerings.add("select_scatter", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("src"), dim = n.integer("dim"), at = n.sizes("index")](
                         const Frame& f) { return at::select_scatter(x(f), y(f), dim, at(f).at(0)); });
  });
  lowerings.add("slice_scatter", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), y = n.tensor("src"), dim = n.integer("dim"),
                      start = maybe_integer(n, "start"), end = maybe_integer(n, "end"), step = n.integer("step")](
                         const Frame& f) { return at::slice_scatter(x(f), y(f), dim, start, end, step); });
  });
  lowerings.add("diagonal_scatter", [](const NodeView& n) {
    return single(n,
                  [x = n.tensor("input"), y = n.tensor("src"), offset = n.integer("offset"), a = n.integer("dim1"),
                   b = n.integer("dim2")](const Frame& f) { return at::diagonal_scatter(x(f), y(f), offset, a, b); });
  });
}

void lower_turned(Lowerings& lowerings) {
  lowerings.add("fliplr", unary([](const Tensor& x) { return at::fliplr(x); }));
  lowerings.add("flipud", unary([](const Tensor& x) { return at::flipud(x); }));
  lowerings.add("rot90", [](const NodeView& n) {
    const Integers dims = n.has("dims") ? n.integers("dims") : Integers{0, 1};
    return single(
        n, [x = n.tensor("input"), k = n.integer("k"), dims](const Frame& f) { return at::rot90(x(f), k, dims); });
  });
  lowerings.add("diag_embed", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), offset = n.integer("offset"), a = n.integer("dim1"),
                      b = n.integer("dim2")](const Frame& f) { return at::diag_embed(x(f), offset, a, b); });
  });
  lowerings.add("diagflat", [](const NodeView& n) {
    return single(n,
                  [x = n.tensor("input"), k = n.integer("offset")](const Frame& f) { return at::diagflat(x(f), k); });
  });
  lowerings.add("Tensor.unfold", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), dim = n.integer("dimension"), size = n.sizes("size"),
                      step = n.integer("step")](const Frame& f) { return x(f).unfold(dim, size(f).at(0), step); });
  });
  lowerings.add("take", binary([](const Tensor& x, const Tensor& i) { return at::take(x, i); }, "index"));
  lowerings.add("take_along_dim", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), i = n.tensor("indices"), dim = maybe_integer(n, "dim")](const Frame& f) {
      return at::take_along_dim(x(f), i(f), dim);
    });
  });
}

}  // namespace

void lower_scattering(Lowerings& lowerings) {
  using Tensors = const std::vector<Tensor>&;
  lowerings.add("hstack", of_list([](Tensors xs) { return at::hstack(xs); }));
  lowerings.add("vstack", of_list([](Tensors xs) { return at::vstack(xs); }));
  lowerings.add("dstack", of_list([](Tensors xs) { return at::dstack(xs); }));
  lowerings.add("column_stack", of_list([](Tensors xs) { return at::column_stack(xs); }));
  lowerings.add("block_diag", of_list([](Tensors xs) { return at::block_diag(xs); }));
  lowerings.add("cartesian_prod", of_list([](Tensors xs) { return at::cartesian_prod(xs); }));
  lowerings.add("combinations", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), r = n.integer("r"), again = n.flag("with_replacement")](const Frame& f) {
      return at::combinations(x(f), r, again);
    });
  });
  lowerings.add("meshgrid", [](const NodeView& n) {
    const std::string order = n.has("indexing") ? n.arg("indexing").as_string() : "ij";
    return several(n, [xs = n.tensors("tensors"), order](const Frame& f) { return at::meshgrid(xs(f), order); });
  });
  lowerings.add("broadcast_tensors", [](const NodeView& n) {
    return several(n, [xs = n.tensors("tensors")](const Frame& f) { return at::broadcast_tensors(xs(f)); });
  });
  lower_pieces(lowerings);
  lower_positions(lowerings);
  lower_turned(lowerings);
}

}  // namespace modelc::kernels
