// Colours of images [N, C, H, W] changed by a factor of each row, with torchvision's formulas for tensors. Values are
// floats in the images' own range: 0 to `bound`, which is 255 where they came as bytes and 1 where they came as floats.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace modelc::kernels {

/// Images as floats, and what their values mean.
struct Colors {
  at::Tensor values;
  double bound = 1;

  static Colors of(const at::Tensor& images);
  /// In the dtype that the images came in.
  at::Tensor as(at::ScalarType type) const;
  bool of_bytes() const { return bound > 1; }
};

using PerRow = std::vector<double>;

// Each replaces the values. Of images with one channel the saturation and the hue stay.
void adjust_brightness(Colors& images, const PerRow& factors);
void adjust_contrast(Colors& images, const PerRow& factors);
void adjust_saturation(Colors& images, const PerRow& factors);
/// A part of the colour circle is added.
void adjust_hue(Colors& images, const PerRow& shifts);
void adjust_sharpness(Colors& images, const PerRow& factors);
/// So many of the eight bits are kept; of bytes.
void posterize(Colors& images, const PerRow& bits);
/// What reaches the threshold is inverted.
void solarize(Colors& images, const PerRow& thresholds);
/// The least value of a channel becomes 0, its greatest the bound.
void autocontrast(Colors& images);
/// All values of a channel become as frequent as possible; of bytes.
void equalize(Colors& images);

}  // namespace modelc::kernels
