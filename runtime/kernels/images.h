// Images of another size, as torchvision resizes tensors: bilinear, antialiased. [N, C, H, W], of bytes or floats.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace modelc::kernels {

at::Tensor resized(const at::Tensor& images, std::int64_t height, std::int64_t width);

/// The middle; what is cut out of a smaller image is surrounded by zeros.
at::Tensor centre_cropped(const at::Tensor& images, std::int64_t height, std::int64_t width);

/// Resized by one factor until it just covers the size, then the middle cut out: nothing is distorted.
at::Tensor covering(const at::Tensor& images, std::int64_t height, std::int64_t width);

}  // namespace modelc::kernels
