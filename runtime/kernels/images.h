// Images of another size, as torchvision resizes tensors: bilinear, antialiased. [N, C, H, W], of bytes or floats.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <vector>

namespace modelc::kernels {

/// Where each pixel of the result is taken from: [a, b, c, d, e, f] takes (x, y) from (a x + b y + c, d x + e y + f),
/// in pixels from the middle of the image.
using Affine = std::array<double, 6>;

/// A map for each row, bilinear; what comes from outside is `fill`.
at::Tensor mapped(const at::Tensor& images, const std::vector<Affine>& maps, double fill);

at::Tensor resized(const at::Tensor& images, std::int64_t height, std::int64_t width);

/// The middle; what is cut out of a smaller image is surrounded by zeros.
at::Tensor centre_cropped(const at::Tensor& images, std::int64_t height, std::int64_t width);

/// Resized by one factor until it just covers the size, then the middle cut out: nothing is distorted.
at::Tensor covering(const at::Tensor& images, std::int64_t height, std::int64_t width);

}  // namespace modelc::kernels
