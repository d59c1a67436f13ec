// Convolutions, by number of spatial dimensions.
#include <ATen/Functions.h>

#include "kernels/bind.h"
#include "ops/modes.h"

namespace modelc::kernels {
namespace {

at::Tensor convolve(std::size_t rank, const at::Tensor& x, const at::Tensor& w, const c10::optional<at::Tensor>& b,
                    const Integers& stride, const Integers& padding, const Integers& dilation, std::int64_t groups) {
  if (rank == 1) return at::conv1d(x, w, b, stride, padding, dilation, groups);
  if (rank == 2) return at::conv2d(x, w, b, stride, padding, dilation, groups);
  return at::conv3d(x, w, b, stride, padding, dilation, groups);
}

at::Tensor convolve(std::size_t rank, const at::Tensor& x, const at::Tensor& w, const c10::optional<at::Tensor>& b,
                    const Integers& stride, const std::string& padding, const Integers& dilation, std::int64_t groups) {
  if (rank == 1) return at::conv1d(x, w, b, stride, padding, dilation, groups);
  if (rank == 2) return at::conv2d(x, w, b, stride, padding, dilation, groups);
  return at::conv3d(x, w, b, stride, padding, dilation, groups);
}

/// What `torch.nn.modules.conv._ConvNd` pads by for modes other than zeros: the last dimension first, both ends.
Integers both_ends(const NodeView& n, std::size_t rank, const Integers& dilation) {
  Integers ends(2 * rank, 0);
  const plan::Attribute& padding = n.arg("padding");
  if (padding.is_string() && padding.as_string() == "valid") return ends;
  const std::vector<plan::Size>& weight = n.type("weight").shape;
  const Integers plain = padding.is_string() ? Integers{} : n.integers("padding");
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t at = 2 * (rank - 1 - i);
    const std::int64_t total = dilation[i] * (weight[2 + i].constant - 1);
    ends[at] = plain.empty() ? total / 2 : plain[i];
    ends[at + 1] = plain.empty() ? total - total / 2 : plain[i];
  }
  return ends;
}

Lowering convolution(std::size_t rank) {
  return [rank](const NodeView& n) -> Kernel {
    const Integers stride = n.integers("stride"), dilation = n.integers("dilation");
    const std::int64_t groups = n.integer("groups");
    const std::string mode = n.arg("padding_mode").as_string();
    auto x = n.tensor("input"), w = n.tensor("weight"), b = n.tensor("bias");
    if (ops::pad_mode(mode) != ops::PadMode::Constant) {
      return single(n, [=, ends = both_ends(n, rank, dilation), none = Integers(rank, 0)](const Frame& f) {
        return convolve(rank, at::pad(x(f), ends, mode), w(f), maybe(b(f)), stride, none, dilation, groups);
      });
    }
    if (n.arg("padding").is_string()) {
      return single(n, [=, padding = n.arg("padding").as_string()](const Frame& f) {
        return convolve(rank, x(f), w(f), maybe(b(f)), stride, padding, dilation, groups);
      });
    }
    return single(n, [=, padding = n.integers("padding")](const Frame& f) {
      return convolve(rank, x(f), w(f), maybe(b(f)), stride, padding, dilation, groups);
    });
  };
}

Lowering transposed(std::size_t rank) {
  return [rank](const NodeView& n) {
    const Integers stride = n.integers("stride"), padding = n.integers("padding"), dilation = n.integers("dilation");
    const Integers extra = n.integers("output_padding");
    const std::int64_t groups = n.integer("groups");
    return single(n, [=, x = n.tensor("input"), w = n.tensor("weight"), b = n.tensor("bias")](const Frame& f) {
      const auto bias = maybe(b(f));
      if (rank == 1) return at::conv_transpose1d(x(f), w(f), bias, stride, padding, extra, groups, dilation);
      if (rank == 2) return at::conv_transpose2d(x(f), w(f), bias, stride, padding, extra, groups, dilation);
      return at::conv_transpose3d(x(f), w(f), bias, stride, padding, extra, groups, dilation);
    });
  };
}

}  // namespace

void lower_convolution(Lowerings& lowerings) {
  for (std::size_t rank = 1; rank <= 3; ++rank) {
    const std::string digit = std::to_string(rank) + "d";
    lowerings.add("conv" + digit, convolution(rank));
    lowerings.add("conv_transpose" + digit, transposed(rank));
  }
}

}  // namespace modelc::kernels
