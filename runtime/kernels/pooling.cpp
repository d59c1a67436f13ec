// Pooling, modules and functions alike: both have their parameters by the same names.
#include <ATen/Functions.h>

#include "kernels/bind.h"

namespace modelc::kernels {
namespace {

Lowering max_pool(int rank) {
  return [rank](const NodeView& n) {
    const Integers kernel = n.integers("kernel_size"), stride = integers_or_none(n, "stride");
    const Integers padding = n.integers("padding"), dilation = n.integers("dilation");
    const bool ceil = n.flag("ceil_mode");
    return single(n, [=, x = n.tensor("input")](const Frame& f) {
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
  const std::vector<types::Dim>& shape = n.result_type(0).shape;
  return sizes_of({shape.end() - rank, shape.end()});
}

Lowering adaptive(int rank, bool max) {
  return [rank, max](const NodeView& n) {
    return single(n, [rank, max, x = n.tensor("input"), sizes = pooled_sizes(n, rank)](const Frame& f) {
      const Integers out = sizes(f);
      if (max) {
        if (rank == 1) return std::get<0>(at::adaptive_max_pool1d(x(f), out));
        if (rank == 2) return std::get<0>(at::adaptive_max_pool2d(x(f), out));
        return std::get<0>(at::adaptive_max_pool3d(x(f), out));
      }
      if (rank == 1) return at::adaptive_avg_pool1d(x(f), out);
      if (rank == 2) return at::adaptive_avg_pool2d(x(f), out);
      return at::adaptive_avg_pool3d(x(f), out);
    });
  };
}

}  // namespace

void lower_pooling(Lowerings& lowerings) {
  for (int rank = 1; rank <= 3; ++rank) {
    const std::string digit = std::to_string(rank) + "d";
    lowerings.add("MaxPool" + digit, max_pool(rank));
    lowerings.add("max_pool" + digit, max_pool(rank));
    lowerings.add("AvgPool" + digit, avg_pool(rank));
    lowerings.add("avg_pool" + digit, avg_pool(rank));
    lowerings.add("AdaptiveAvgPool" + digit, adaptive(rank, false));
    lowerings.add("adaptive_avg_pool" + digit, adaptive(rank, false));
    lowerings.add("AdaptiveMaxPool" + digit, adaptive(rank, true));
    lowerings.add("adaptive_max_pool" + digit, adaptive(rank, true));
  }
}

}  // namespace modelc::kernels
