#include "data/contact_sheet.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "images/load.h"
#include "support/whole_file.h"

namespace modelc::data {
namespace {

constexpr std::int64_t kGap = 2;          // pixels between two images
constexpr std::int64_t kLeastSide = 64;   // smaller images are shown enlarged
constexpr std::int64_t kMostSide = 8192;  // of the whole sheet
constexpr int kBackground = 32;

/// uint8 [N, 3, H, W].
at::Tensor as_bytes(const at::Tensor& images) {
  at::Tensor x = images.detach().to(at::kCPU).to(at::kFloat);
  if (images.scalar_type() == at::kBool) x = x * 255;
  if (at::isFloatingType(images.scalar_type())) {
    x = x.nan_to_num(0, 0, 0);
    const at::Tensor flat = x.reshape({x.size(0), -1});
    const auto low = flat.min().item<double>(), high = flat.max().item<double>();
    if (low >= 0 && high <= 1) {
      x = x * 255;
    } else if (low < 0 || high > 255) {
      const at::Tensor least = std::get<0>(flat.min(1)).reshape({-1, 1, 1, 1});
      const at::Tensor most = std::get<0>(flat.max(1)).reshape({-1, 1, 1, 1});
      x = (x - least) / (most - least).clamp_min(1e-12) * 255;
    }
  }
  x = x.round().clamp(0, 255).to(at::kByte);
  return x.size(1) < 3 ? x.narrow(1, 0, 1).expand({-1, 3, -1, -1}) : x.narrow(1, 0, 3);
}

/// The images in rows, as nearly a square as they make.
at::Tensor sheet_of(const at::Tensor& images) {
  const std::int64_t count = images.size(0), height = images.size(2), width = images.size(3);
  const auto across = static_cast<std::int64_t>(
      std::ceil(std::sqrt(static_cast<double>(count) * static_cast<double>(height) / static_cast<double>(width))));
  const std::int64_t columns = std::clamp<std::int64_t>(across, 1, count);
  const std::int64_t rows = (count + columns - 1) / columns;
  at::Tensor sheet = at::full({3, rows * (height + kGap) + kGap, columns * (width + kGap) + kGap}, kBackground,
                              at::TensorOptions().dtype(at::kByte));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t y = kGap + i / columns * (height + kGap), x = kGap + i % columns * (width + kGap);
    sheet.narrow(1, y, height).narrow(2, x, width).copy_(images[i]);
  }
  return sheet;
}

}  // namespace

std::string write_contact_sheet(const std::string& path, const at::Tensor& images) {
  if (images.dim() != 3 && images.dim() != 4)
    return fmt::format("{} dimensions, expected images [N, C, H, W] or [N, H, W]", images.dim());
  if (images.numel() == 0) return "there is no image to show";
  if (images.is_complex()) return "complex numbers, expected bytes or floats";
  at::Tensor shown = as_bytes(images.dim() == 3 ? images.unsqueeze(1) : images);
  const std::int64_t factor = (kLeastSide - 1) / std::max(shown.size(2), shown.size(3)) + 1;
  shown = shown.repeat_interleave(factor, 2).repeat_interleave(factor, 3);
  const at::Tensor sheet = sheet_of(shown).contiguous();
  if (sheet.size(1) > kMostSide || sheet.size(2) > kMostSide)
    return fmt::format("a sheet of {} times {} pixels, expected at most {} a side; show fewer images", sheet.size(1),
                       sheet.size(2), kMostSide);
  images::Pixels pixels{sheet.size(1), sheet.size(2), {}};
  pixels.planes.resize(sheet.nbytes());
  std::memcpy(pixels.planes.data(), sheet.data_ptr(), pixels.planes.size());
  std::string bytes;
  try {
    const std::string fault = images::codec().encode_png(pixels, bytes);
    return fault.empty() ? support::write_atomically(path, {bytes}) : fault;
  } catch (const std::runtime_error& fault) {
    return fault.what();
  }
}

}  // namespace modelc::data
