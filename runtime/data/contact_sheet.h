// Images of a tensor side by side in one PNG file, to see what a model is fed.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace modelc::data {

/// `images` is [N, C, H, W] or [N, H, W], of bytes or floats. Floats from 0 to 1 are shown as they are, as are those up
/// to 255; any others (standardised ones) from the least value of an image to its greatest. One channel is grey, of
/// more than three the first three are shown. The reason why not, or empty where it is done; the file is whole or not
/// there.
std::string write_contact_sheet(const std::string& path, const at::Tensor& images);

}  // namespace modelc::data
