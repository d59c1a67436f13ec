// Pooling.
#include <ATen/Functions.h>

#include "kernels/bind.h"
#include "kernels/sampling.h"

namespace modelc::kernels {
namespace {

std::vector<at::Tensor> both(std::tuple<at::Tensor, at::Tensor> pair) {
  return {std::move(std::get<0>(pair)), std::move(std::get<1>(pair))};
}

Lowering max_pool(int rank) {
  return [rank](const NodeView& n) -> Kernel {
    const Integers kernel = n.integers("kernel_size"), stride = integers_or_none(n, "stride");
    const Integers padding = n.integers("padding"), dilation = n.integers("dilation");
    const bool ceil = n.flag("ceil_mode");
    auto x = n.tensor("input");
    if (n.flag("return_indices")) {
      return several(n, [=](const Frame& f) {
        if (rank == 1) return both(at::max_pool1d_with_indices(x(f), kernel, stride, padding, dilation, ceil));
        if (rank == 2) return both(at::max_pool2d_with_indices(x(f), kernel, stride, padding, dilation, ceil));
        return both(at::max_pool3d_with_indices(x(f), kernel, stride, padding, dilation, ceil));
      });
    }
    return single(n, [=](const Frame& f) {
      if (rank == 1) return at::max_pool1d(x(f), kernel, stride, padding, dilation, ceil);
      if (rank == 2) return at::max_pool2d(x(f), kernel, stride, padding, dilation, ceil);
      return at::max_pool3d(x(f), kernel, stride, padding, dilation, ceil);
    });
  };
}

Lowering avg_pool(int rank) {
  return [rank](const NodeView& n) {
    const Integers kernel = n.integers("kernel_size"), stride = integers_or_none(n, "stride");
    const Integers padding = n.integers("padding");
    const bool ceil = n.flag("ceil_mode"), count_pad = n.flag("count_include_pad");
    const auto divisor = rank == 1 ? c10::nullopt : maybe_integer(n, "divisor_override");
    return single(n, [=, x = n.tensor("input")](const Frame& f) {
      if (rank == 1) return at::avg_pool1d(x(f), kernel, stride, padding, ceil, count_pad);
      if (rank == 2) return at::avg_pool2d(x(f), kernel, stride, padding, ceil, count_pad, divisor);
      return at::avg_pool3d(x(f), kernel, stride, padding, ceil, count_pad, divisor);
    });
  };
}

/// The last `rank` sizes of the result, as inferred: a null entry of `output_size` keeps the input's.
FetchSizes pooled_sizes(const NodeView& n, int rank) {
  const std::vector<plan::Size>& shape = n.result_type(0).shape;
  return {n.plan(), {shape.end() - rank, shape.end()}};
}

Lowering adaptive_average(int rank) {
  return [rank](const NodeView& n) {
    return single(n, [rank, x = n.tensor("input"), sizes = pooled_sizes(n, rank)](const Frame& f) {
      if (rank == 1) return at::adaptive_avg_pool1d(x(f), sizes(f));
      if (rank == 2) return at::adaptive_avg_pool2d(x(f), sizes(f));
      return at::adaptive_avg_pool3d(x(f), sizes(f));
    });
  };
}

/// Values and positions; what was not asked for is dropped.
Lowering adaptive_max(int rank) {
  return [rank](const NodeView& n) {
    return several(n, [rank, x = n.tensor("input"), sizes = pooled_sizes(n, rank)](const Frame& f) {
      if (rank == 1) return both(at::adaptive_max_pool1d(x(f), sizes(f)));
      if (rank == 2) return both(at::adaptive_max_pool2d(x(f), sizes(f)));
      return both(at::adaptive_max_pool3d(x(f), sizes(f)));
    });
  };
}

}  // namespace

void lower_pooling(Lowerings& lowerings) {
  for (int rank = 1; rank <= 3; ++rank) {
    const std::string digit = std::to_string(rank) + "d";
    lowerings.add("max_pool" + digit, max_pool(rank));
    lowerings.add("avg_pool" + digit, avg_pool(rank));
    lowerings.add("adaptive_avg_pool" + digit, adaptive_average(rank));
    lowerings.add("adaptive_max_pool" + digit, adaptive_max(rank));
  }
  lower_unpooling(lowerings);
}

}  // namespace modelc::kernels
