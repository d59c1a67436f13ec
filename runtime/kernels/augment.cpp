#include "kernels/augment.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <array>
#include <cmath>
#include <numbers>

#include "kernels/colors.h"
#include "kernels/images.h"

namespace modelc::kernels {
namespace {

using at::Tensor;

enum class Change {
  Nothing,
  ShearX,
  ShearY,
  TranslateX,
  TranslateY,
  Rotate,
  Brightness,
  Color,
  Contrast,
  Sharpness,
  Posterize,
  Solarize,
  Autocontrast,
  Equalize,
};
constexpr std::uint64_t kChanges = 14, kStrengths = 31;

/// How far it goes at the strongest.
double reach(Change change) {
  switch (change) {
    case Change::TranslateX:
    case Change::TranslateY:
      return 32;
    case Change::Rotate:
      return 135;
    default:
      return 0.99;
  }
}

struct Drawn {
  Change change = Change::Nothing;
  double strength = 0;  // bits that are kept, the threshold, or how far in either direction
};

Drawn draw(support::Random& random) {
  Drawn drawn{static_cast<Change>(random.below(kChanges)), 0};
  const double share = static_cast<double>(random.below(kStrengths)) / static_cast<double>(kStrengths - 1);
  const double sign = random.below(2) == 0 ? 1 : -1;
  if (drawn.change == Change::Posterize) drawn.strength = 8 - std::nearbyint(6 * share);
  else if (drawn.change == Change::Solarize) drawn.strength = 255 * (1 - share);
  else drawn.strength = sign * share * reach(drawn.change);
  return drawn;
}

/// Shears keep the upper left corner, turns the middle; shifts are of whole pixels.
Affine map_of(Change change, double strength, double height, double width) {
  const double angle = -strength * std::numbers::pi / 180;
  switch (change) {
    case Change::ShearX:
      return {1, strength, strength * height / 2, 0, 1, 0};
    case Change::ShearY:
      return {1, 0, 0, strength, 1, strength * width / 2};
    case Change::TranslateX:
      return {1, 0, -std::trunc(strength), 0, 1, 0};
    case Change::TranslateY:
      return {1, 0, 0, 0, 1, -std::trunc(strength)};
    case Change::Rotate:
      return {std::cos(angle), std::sin(angle), 0, -std::sin(angle), std::cos(angle), 0};
    default:
      return {1, 0, 0, 0, 1, 0};
  }
}

Tensor moved(const Tensor& images, Change change, const PerRow& strengths) {
  std::vector<Affine> maps;
  for (const double strength : strengths)
    maps.push_back(map_of(change, strength, static_cast<double>(images.size(2)), static_cast<double>(images.size(3))));
  return mapped(images, maps, 0);
}

Tensor recoloured(const Tensor& images, Change change, const PerRow& strengths) {
  Colors colors = Colors::of(images);
  PerRow factors;
  for (const double strength : strengths) factors.push_back(1 + strength);
  switch (change) {
    case Change::Brightness:
      adjust_brightness(colors, factors);
      break;
    case Change::Color:
      adjust_saturation(colors, factors);
      break;
    case Change::Contrast:
      adjust_contrast(colors, factors);
      break;
    case Change::Sharpness:
      adjust_sharpness(colors, factors);
      break;
    case Change::Posterize:
      posterize(colors, strengths);
      break;
    case Change::Solarize:
      solarize(colors, strengths);
      break;
    case Change::Autocontrast:
      autocontrast(colors);
      break;
    case Change::Equalize:
      equalize(colors);
      break;
    default:
      break;
  }
  return colors.as(images.scalar_type());
}

Tensor changed(const Tensor& images, Change change, const PerRow& strengths) {
  if (change == Change::Nothing) return images;
  const bool moves = change >= Change::ShearX && change <= Change::Rotate;
  return moves ? moved(images, change, strengths) : recoloured(images, change, strengths);
}

/// The rows that a change was drawn for are changed together.
Tensor augmented_bytes(const Tensor& images, const Draws& draws) {
  std::array<std::vector<std::int64_t>, kChanges> rows;
  std::array<PerRow, kChanges> strengths;
  for (std::int64_t row = 0; row < images.size(0); ++row) {
    support::Random random = draws.of(row);
    const Drawn drawn = draw(random);
    rows[static_cast<std::size_t>(drawn.change)].push_back(row);
    strengths[static_cast<std::size_t>(drawn.change)].push_back(drawn.strength);
  }
  Tensor out = at::empty_like(images);
  for (std::size_t i = 0; i < kChanges; ++i) {
    if (rows[i].empty()) continue;
    const Tensor index = at::tensor(rows[i], at::kLong);
    out.index_copy_(0, index, changed(images.index_select(0, index), static_cast<Change>(i), strengths[i]));
  }
  return out;
}

}  // namespace

Tensor trivially_augmented(const Tensor& images, const Draws& draws) {
  if (!at::isFloatingType(images.scalar_type())) return augmented_bytes(images, draws);
  // 1 is the last of 256 equal parts.
  const Tensor bytes = (images.clamp(0, 1) * (256 - 1e-3)).floor().to(at::kByte);
  return augmented_bytes(bytes, draws).to(images.scalar_type()) / 255;
}

}  // namespace modelc::kernels
