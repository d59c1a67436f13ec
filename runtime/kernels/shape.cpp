// Views, copies and joins. Where inference has the result's sizes, those are used: a size is computed once.
#include <ATen/Functions.h>

#include "kernels/bind.h"
#include "kernels/indexing.h"
#include "kernels/sampling.h"
#include "ops/modes.h"

namespace modelc::kernels {
namespace {

using at::Tensor;
using ops::Resampling;

Kernel reshape(const NodeView& n) {
  return single(
      n, [x = n.tensor("input"), sizes = result_sizes(n)](const Frame& f) { return at::reshape(x(f), sizes(f)); });
}

Kernel expand(const NodeView& n) {
  return single(n, [x = n.tensor("input"), sizes = result_sizes(n)](const Frame& f) { return x(f).expand(sizes(f)); });
}

Kernel convert(const NodeView& n) {
  return single(n, [x = n.tensor("input"), dtype = result_dtype(n)](const Frame& f) { return x(f).to(dtype); });
}

Kernel cat(const NodeView& n) {
  return single(n, [xs = n.tensors("tensors"), dim = n.integer("dim")](const Frame& f) { return at::cat(xs(f), dim); });
}

/// chunk and split: the pieces as inferred.
Lowering pieces(std::string operand) {
  return [operand = std::move(operand)](const NodeView& n) {
    std::int64_t dim = n.integer("dim");
    if (dim < 0) dim += static_cast<std::int64_t>(n.result_type(0).rank());
    std::vector<plan::Size> sizes;
    for (std::size_t i = 0; i < n.result_count(); ++i)
      sizes.push_back(n.result_type(i).shape[static_cast<std::size_t>(dim)]);
    return several(n, [x = n.tensor(operand), dim, sizes = FetchSizes(n.plan(), sizes)](const Frame& f) {
      return at::split_with_sizes(x(f), sizes(f), dim);
    });
  };
}

/// `f(input, list of integers)`.
template <class F>
Lowering with_sizes(std::string name, F f) {
  return [f, name = std::move(name)](const NodeView& n) {
    return single(n,
                  [f, x = n.tensor("input"), sizes = n.sizes(name)](const Frame& fr) { return f(x(fr), sizes(fr)); });
  };
}

Tensor resample(Resampling mode, const Tensor& x, at::OptionalIntArrayRef size, bool align,
                c10::optional<at::ArrayRef<double>> scale) {
  const std::int64_t rank = x.dim() - 2;
  switch (mode) {
    case Resampling::Nearest:
      if (rank == 1) return at::upsample_nearest1d(x, size, scale);
      return rank == 2 ? at::upsample_nearest2d(x, size, scale) : at::upsample_nearest3d(x, size, scale);
    case Resampling::NearestExact:
      if (rank == 1) return at::_upsample_nearest_exact1d(x, size, scale);
      return rank == 2 ? at::_upsample_nearest_exact2d(x, size, scale) : at::_upsample_nearest_exact3d(x, size, scale);
    case Resampling::Area:
      if (rank == 1) return at::adaptive_avg_pool1d(x, size.value());
      return rank == 2 ? at::adaptive_avg_pool2d(x, size.value()) : at::adaptive_avg_pool3d(x, size.value());
    case Resampling::Bicubic:
      return at::upsample_bicubic2d(x, size, align, scale);
    case Resampling::Linear:
      return at::upsample_linear1d(x, size, align, scale);
    case Resampling::Bilinear:
      return at::upsample_bilinear2d(x, size, align, scale);
    case Resampling::Trilinear:
      break;
  }
  return at::upsample_trilinear3d(x, size, align, scale);
}

/// A scale goes to the kernel as it is: PyTorch samples by it, not by the ratio of the sizes.
Kernel interpolate(const NodeView& n) {
  const Resampling mode = ops::resampling(n.arg("mode").as_string());
  const bool align = is_set(n, "align_corners");
  std::vector<double> scale = numbers(n, "scale_factor");
  const std::size_t rank = n.result_type(0).rank() - 2;
  if (scale.size() == 1) scale.resize(rank, scale[0]);
  if (is_set(n, "recompute_scale_factor") || mode == Resampling::Area) scale.clear();
  const std::vector<plan::Size>& shape = n.result_type(0).shape;
  const FetchSizes sizes(n.plan(), {shape.begin() + 2, shape.end()});
  return single(n, [=, x = n.tensor("input")](const Frame& f) {
    if (!scale.empty()) return resample(mode, x(f), c10::nullopt, align, at::ArrayRef<double>(scale));
    const Integers size = sizes(f);
    return resample(mode, x(f), size, align, c10::nullopt);
  });
}

void lower_views(Lowerings& lowerings) {
  for (const char* name :
       {"reshape", "view", "flatten", "unflatten", "view_as", "reshape_as", "atleast_1d", "atleast_2d", "atleast_3d"})
    lowerings.add(name, reshape);
  for (const char* name : {"expand", "expand_as", "broadcast_to"}) lowerings.add(name, expand);
  lowerings.add("permute", with_sizes("dims", [](const Tensor& x, const Integers& d) { return x.permute(d); }));
  lowerings.add("flip", with_sizes("dims", [](const Tensor& x, const Integers& d) { return x.flip(d); }));
  lowerings.add("tile", with_sizes("dims", [](const Tensor& x, const Integers& d) { return x.tile(d); }));
  lowerings.add("repeat", with_sizes("repeats", [](const Tensor& x, const Integers& d) { return x.repeat(d); }));
  lowerings.add("unsqueeze",
                with_sizes("dim", [](const Tensor& x, const Integers& d) { return x.unsqueeze(d.at(0)); }));
  lowerings.add("t", unary([](const Tensor& x) { return x.t(); }));
  lowerings.add("transpose", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), a = n.integer("dim0"), b = n.integer("dim1")](const Frame& f) {
      return x(f).transpose(a, b);
    });
  });
  lowerings.add("movedim", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), from = n.integers("source"),
                      to = n.integers("destination")](const Frame& f) { return x(f).movedim(from, to); });
  });
  // The sizes that go are those that inference found to be 1.
  lowerings.add("squeeze", reshape);
  lowerings.add("narrow", [](const NodeView& n) {
    return single(
        n, [x = n.tensor("input"), dim = n.integer("dim"), start = n.sizes("start"),
            length = n.sizes("length")](const Frame& f) { return x(f).narrow(dim, start(f).at(0), length(f).at(0)); });
  });
  lowerings.add("select", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), dim = n.integer("dim"), at = n.sizes("index")](const Frame& f) {
      return x(f).select(dim, at(f).at(0));
    });
  });
  lowerings.add("diagonal", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), offset = n.integer("offset"), a = n.integer("dim1"),
                      b = n.integer("dim2")](const Frame& f) { return x(f).diagonal(offset, a, b); });
  });
}

void lower_selection(Lowerings& lowerings) {
  lowerings.add("gather", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), dim = n.integer("dim"), index = n.tensor("index")](const Frame& f) {
      return at::gather(x(f), dim, index(f));
    });
  });
  lowerings.add("index_select", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), dim = n.integer("dim"), index = n.tensor("index")](const Frame& f) {
      return at::index_select(x(f), dim, index(f));
    });
  });
  lowerings.add("roll", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), shifts = n.sizes("shifts"),
                      dims = integers_or_none(n, "dims")](const Frame& f) { return at::roll(x(f), shifts(f), dims); });
  });
  lowerings.add("repeat_interleave", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), times = n.sizes("repeats"), dim = maybe_integer(n, "dim")](
                         const Frame& f) { return at::repeat_interleave(x(f), times(f).at(0), dim); });
  });
  const auto diagonal = [](auto f) -> Lowering {
    return [f](const NodeView& n) {
      return single(n, [f, x = n.tensor("input"), k = n.integer("diagonal")](const Frame& fr) { return f(x(fr), k); });
    };
  };
  lowerings.add("tril", diagonal([](const Tensor& x, std::int64_t k) { return at::tril(x, k); }));
  lowerings.add("triu", diagonal([](const Tensor& x, std::int64_t k) { return at::triu(x, k); }));
  lowerings.add("diag", diagonal([](const Tensor& x, std::int64_t k) { return at::diag(x, k); }));
}

void lower_spatial(Lowerings& lowerings) {
  lowerings.add("pixel_shuffle", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), r = n.integer("upscale_factor")](const Frame& f) {
      return at::pixel_shuffle(x(f), r);
    });
  });
  lowerings.add("pixel_unshuffle", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), r = n.integer("downscale_factor")](const Frame& f) {
      return at::pixel_unshuffle(x(f), r);
    });
  });
  lowerings.add("interpolate", interpolate);
  lowerings.add("pad", [](const NodeView& n) {
    return single(n,
                  [x = n.tensor("input"), ends = n.sizes("pad"), mode = n.arg("mode").as_string(),
                   value = maybe_number(n, "value")](const Frame& f) { return at::pad(x(f), ends(f), mode, value); });
  });
}

}  // namespace

void lower_shape(Lowerings& lowerings) {
  lowerings.add("cat", cat);
  lowerings.add("concat", cat);
  lowerings.add("stack", [](const NodeView& n) {
    return single(
        n, [xs = n.tensors("tensors"), dim = n.integer("dim")](const Frame& f) { return at::stack(xs(f), dim); });
  });
  lowerings.add("chunk", pieces("input"));
  lowerings.add("split", pieces("tensor"));
  for (const char* name : {"to", "type_as", "float", "double", "half", "bfloat16", "int", "long", "short", "char",
                           "byte", "bool", "cfloat", "cdouble"})
    lowerings.add(name, convert);
  for (const char* name : {"_identity", "contiguous"}) lowerings.add(name, unary([](const Tensor& x) { return x; }));
  lowerings.add("clone", unary([](const Tensor& x) { return x.clone(); }));
  lowerings.add("detach", unary([](const Tensor& x) { return x.detach(); }));
  lower_views(lowerings);
  lower_selection(lowerings);
  lower_spatial(lowerings);
  lower_indexing(lowerings);
  lower_scattering(lowerings);
  lower_folding(lowerings);
  lower_rearrange(lowerings);
}

}  // namespace modelc::kernels
