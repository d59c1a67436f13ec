#include "kernels/images.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <cmath>

namespace modelc::kernels {

using at::Tensor;

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
