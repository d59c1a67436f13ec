// Pooling by p-norms and at random places, unpooling, blocks as columns, samples at places.
#include "kernels/sampling.h"

#include <ATen/Functions.h>

#include "kernels/bind.h"
#include "support/words.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

/// torch.nn.functional's own lines.
Lowering lp_pool(int rank) {
  return [rank](const NodeView& n) {
    const Integers kernel = n.integers("kernel_size"), stride = integers_or_none(n, "stride");
    const bool ceil = n.flag("ceil_mode");
    std::int64_t size = 1;
    for (const std::int64_t side : kernel) size *= side;
    return single(n, [=, x = n.tensor("input"), p = n.number("norm_type")](const Frame& f) {
      const Tensor powers = x(f).pow(p);
      const Tensor mean =
          rank == 1 ? at::avg_pool1d(powers, kernel, stride, 0, ceil) : at::avg_pool2d(powers, kernel, stride, 0, ceil);
      return (at::sign(mean) * at::relu(at::abs(mean))).mul(size).pow(1.0 / p);
    });
  };
}

Lowering max_unpool(int rank) {
  return [rank](const NodeView& n) {
    const std::vector<plan::Size>& shape = n.result_type(0).shape;
    const Integers kernel = n.integers("kernel_size"), padding = n.integers("padding");
    Integers stride = integers_or_none(n, "stride");
    if (stride.empty()) stride = kernel;
    return single(n, [=, x = n.tensor("input"), places = n.tensor("indices"),
                      sizes = FetchSizes(n.plan(), {shape.end() - rank, shape.end()})](const Frame& f) {
      Integers size = sizes(f);
      if (rank == 3) return at::max_unpool3d(x(f), places(f), size, stride, padding);
      if (rank == 2) return at::max_unpool2d(x(f), places(f), size);
      size.push_back(1);
      return at::max_unpool2d(x(f).unsqueeze(-1), places(f).unsqueeze(-1), size).squeeze(-1);
    });
  };
}

/// The places are drawn in evaluation too.
Lowering fractional(int rank) {
  return [rank](const NodeView& n) {
    const std::vector<plan::Size>& shape = n.result_type(0).shape;
    return several(n, [=, x = n.tensor("input"), kernel = n.integers("kernel_size"),
                       sizes = FetchSizes(n.plan(), {shape.end() - rank, shape.end()})](const Frame& f) {
      const bool batched = x(f).dim() == rank + 2;
      const Tensor samples = at::rand({batched ? x(f).size(0) : 1, x(f).size(batched ? 1 : 0), rank}, x(f).options());
      auto [values, places] = rank == 2 ? at::fractional_max_pool2d(x(f), kernel, sizes(f), samples)
                                        : at::fractional_max_pool3d(x(f), kernel, sizes(f), samples);
      return std::vector<Tensor>{values, places};
    });
  };
}

struct Blocks {
  Integers kernel, dilation, padding, stride;
  explicit Blocks(const NodeView& n)
      : kernel(n.integers("kernel_size")),
        dilation(n.integers("dilation")),
        padding(n.integers("padding")),
        stride(n.integers("stride")) {}
};

Kernel grid_sample(const NodeView& n) {
  static constexpr support::Word<std::int64_t> kModes[] = {{"bilinear", 0}, {"nearest", 1}, {"bicubic", 2}};
  static constexpr support::Word<std::int64_t> kPaddings[] = {{"zeros", 0}, {"border", 1}, {"reflection", 2}};
  const std::int64_t mode = support::meaning_of(kModes, n.arg("mode").as_string()).value_or(0);
  const std::int64_t padding = support::meaning_of(kPaddings, n.arg("padding_mode").as_string()).value_or(0);
  return single(n, [=, x = n.tensor("input"), grid = n.tensor("grid"), align = is_set(n, "align_corners")](
                       const Frame& f) { return at::grid_sampler(x(f), grid(f), mode, padding, align); });
}

}  // namespace

void lower_unpooling(Lowerings& lowerings) {
  for (int rank = 1; rank <= 3; ++rank) {
    const std::string digit = std::to_string(rank) + "d";
    if (rank < 3) lowerings.add("lp_pool" + digit, lp_pool(rank));
    lowerings.add("max_unpool" + digit, max_unpool(rank));
    if (rank > 1) lowerings.add("fractional_max_pool" + digit, fractional(rank));
  }
}

void lower_folding(Lowerings& lowerings) {
  lowerings.add("unfold", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), b = Blocks(n)](const Frame& f) {
      return at::im2col(x(f), b.kernel, b.dilation, b.padding, b.stride);
    });
  });
  lowerings.add("fold", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), size = n.integers("output_size"), b = Blocks(n)](const Frame& f) {
      return at::col2im(x(f), size, b.kernel, b.dilation, b.padding, b.stride);
    });
  });
  lowerings.add("channel_shuffle", [](const NodeView& n) {
    return single(n, [x = n.tensor("input"), groups = n.integer("groups")](const Frame& f) {
      return at::channel_shuffle(x(f), groups);
    });
  });
  lowerings.add("grid_sample", grid_sample);
  lowerings.add("affine_grid", [](const NodeView& n) {
    return single(n, [theta = n.tensor("theta"), size = n.sizes("size"), align = is_set(n, "align_corners")](
                         const Frame& f) { return at::affine_grid_generator(theta(f), size(f), align); });
  });
}

}  // namespace modelc::kernels
