#include "kernels/images.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>

namespace modelc::kernels {

using at::Tensor;

Tensor mapped(const Tensor& images, const std::vector<Affine>& maps, double fill) {
  const bool floats = at::isFloatingType(images.scalar_type());
  Tensor x = floats ? images : images.to(at::kFloat);
  const std::int64_t count = x.size(0), height = x.size(2), width = x.size(3);
  Tensor matrices = at::empty({count, 2, 3}, at::kDouble);
  for (std::size_t i = 0; i < maps.size(); ++i)
    std::copy(maps[i].begin(), maps[i].end(), matrices.data_ptr<double>() + 6 * i);
  const Tensor middle = at::empty({2}, at::kDouble);
  middle[0].fill_(0.5 * static_cast<double>(width));
  middle[1].fill_(0.5 * static_cast<double>(height));
  // The grid in pixels from the middle, as torchvision makes it; then the maps, then grid_sample's units.
  const auto line = [&](std::int64_t n) {
    const double half = 0.5 * static_cast<double>(n) - 0.5;
    return at::linspace(-half, half, n, x.options());
  };
  Tensor base = at::ones({height, width, 3}, x.options());
  base.select(2, 0).copy_(line(width).unsqueeze(0).expand({height, width}));
  base.select(2, 1).copy_(line(height).unsqueeze(1).expand({height, width}));
  const Tensor scaled = (matrices.transpose(1, 2) / middle).to(x.scalar_type());
  const Tensor grid = base.reshape({1, height * width, 3}).expand({count, -1, -1}).bmm(scaled);
  // What lies outside is told by a channel of ones.
  if (fill != 0) x = at::cat({x, at::ones({count, 1, height, width}, x.options())}, 1);
  constexpr std::int64_t kBilinear = 0, kZeros = 0;
  Tensor out = at::grid_sampler(x, grid.reshape({count, height, width, 2}), kBilinear, kZeros, /*align_corners=*/false);
  if (fill != 0) {
    const Tensor inside = out.narrow(1, out.size(1) - 1, 1);
    out = out.narrow(1, 0, out.size(1) - 1) * inside + (1 - inside) * fill;
  }
  return floats ? out : out.round().clamp(0, 255).to(images.scalar_type());
}

Tensor resized(const Tensor& images, std::int64_t height, std::int64_t width) {
  if (images.size(2) == height && images.size(3) == width) return images;
  if (at::isFloatingType(images.scalar_type()))
    return at::_upsample_bilinear2d_aa(images, {height, width}, /*align_corners=*/false);
  const Tensor floats = at::_upsample_bilinear2d_aa(images.to(at::kFloat), {height, width}, /*align_corners=*/false);
  return floats.round().clamp(0, 255).to(images.scalar_type());
}

Tensor centre_cropped(const Tensor& images, std::int64_t height, std::int64_t width) {
  Tensor whole = images;
  const std::int64_t lacks_y = std::max<std::int64_t>(height - whole.size(2), 0);
  const std::int64_t lacks_x = std::max<std::int64_t>(width - whole.size(3), 0);
  if (lacks_y > 0 || lacks_x > 0)
    whole = at::constant_pad_nd(whole, {lacks_x / 2, (lacks_x + 1) / 2, lacks_y / 2, (lacks_y + 1) / 2}, 0);
  // Halves to even, as Python's round(), which torchvision asks.
  const auto half = [](std::int64_t rest) { return std::llrint(static_cast<double>(rest) / 2); };
  return whole.narrow(2, half(whole.size(2) - height), height).narrow(3, half(whole.size(3) - width), width);
}

Tensor covering(const Tensor& images, std::int64_t height, std::int64_t width) {
  const std::int64_t have_y = images.size(2), have_x = images.size(3);
  if (have_y == height && have_x == width) return images;
  // The side that just fits; the other one in proportion, cut off as torchvision's Resize does.
  const bool by_height = height * have_x >= width * have_y;
  const std::int64_t y = by_height ? height : std::max(height, width * have_y / have_x);
  const std::int64_t x = by_height ? std::max(width, height * have_x / have_y) : width;
  return centre_cropped(resized(images, y, x), height, width);
}

}  // namespace modelc::kernels
