// TrivialAugment (Müller and Hutter 2021), torchvision's TrivialAugmentWide: one of fourteen changes to each image, of
// a strength that is drawn.
#pragma once

#include "kernels/draws.h"

namespace modelc::kernels {

/// Of images [B, 1 or 3, H, W]: bytes, or floats from 0 to 1, which are changed in 256 steps.
at::Tensor trivially_augmented(const at::Tensor& images, const Draws& draws);

}  // namespace modelc::kernels
