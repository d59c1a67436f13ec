#include "kernels/colors.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <cmath>

namespace modelc::kernels {
namespace {

using at::Tensor;

/// [N, 1, 1, 1].
Tensor column_of(const PerRow& values, const Tensor& like) {
  Tensor column = at::empty({static_cast<std::int64_t>(values.size()), 1, 1, 1}, at::kDouble);
  for (std::size_t i = 0; i < values.size(); ++i) column.data_ptr<double>()[i] = values[i];
  return column.to(like.scalar_type());
}

/// Bytes are cut off after each step, as torchvision does by going back to uint8.
Tensor stored(const Colors& images, const Tensor& values) { return images.of_bytes() ? values.floor() : values; }

void blend(Colors& images, const Tensor& other, const PerRow& factors) {
  PerRow rests;
  for (const double factor : factors) rests.push_back(1 - factor);
  const Tensor own = images.values * column_of(factors, images.values);
  images.values = stored(images, (own + other * column_of(rests, images.values)).clamp(0, images.bound));
}

Tensor grey(const Colors& images) {
  const Tensor& x = images.values;
  if (x.size(1) == 1) return x;
  return stored(images, 0.2989 * x.narrow(1, 0, 1) + 0.587 * x.narrow(1, 1, 1) + 0.114 * x.narrow(1, 2, 1));
}

struct HueSaturationValue {
  Tensor hue, saturation, value;
};

HueSaturationValue to_hsv(const Tensor& rgb) {
  const Tensor red = rgb.select(1, 0), green = rgb.select(1, 1), blue = rgb.select(1, 2);
  const Tensor most = rgb.amax(1), least = rgb.amin(1);
  const Tensor same = most.eq(least);
  const Tensor span = most - least, ones = at::ones_like(most);
  const Tensor divisor = at::where(same, ones, span);
  const Tensor r = (most - red) / divisor, g = (most - green) / divisor, b = (most - blue) / divisor;
  const Tensor of_red = most.eq(red).to(rgb.scalar_type()) * (b - g);
  const Tensor of_green = most.eq(green).logical_and(most.ne(red)).to(rgb.scalar_type()) * (2.0 + r - b);
  const Tensor of_blue = most.ne(green).logical_and(most.ne(red)).to(rgb.scalar_type()) * (4.0 + g - r);
  return {at::fmod((of_red + of_green + of_blue) / 6.0 + 1.0, 1.0), span / at::where(same, ones, most), most};
}

Tensor to_rgb(const HueSaturationValue& hsv) {
  const Tensor sixth = (hsv.hue * 6.0).floor(), rest = hsv.hue * 6.0 - sixth;
  const Tensor& s = hsv.saturation;
  const Tensor& v = hsv.value;
  const Tensor p = (v * (1.0 - s)).clamp(0, 1), q = (v * (1.0 - s * rest)).clamp(0, 1);
  const Tensor t = (v * (1.0 - s * (1.0 - rest))).clamp(0, 1);
  const Tensor sector = sixth.to(at::kLong).remainder(6).unsqueeze(0);
  const auto choose = [&](const std::vector<Tensor>& of_sector) { return at::stack(of_sector).gather(0, sector)[0]; };
  return at::stack({choose({v, q, p, p, t, v}), choose({t, v, v, q, p, p}), choose({p, p, t, v, v, q})}, 1);
}

/// The image but for its border, blurred by [[1, 1, 1], [1, 5, 1], [1, 1, 1]] / 13.
Tensor blurred(const Colors& images) {
  const Tensor& x = images.values;
  const std::int64_t channels = x.size(1), height = x.size(2), width = x.size(3);
  if (height <= 2 || width <= 2) return x;
  Tensor kernel = at::ones({3, 3}, x.options());
  kernel[1][1].fill_(5);
  kernel = (kernel / kernel.sum()).expand({channels, 1, 3, 3});
  Tensor out = x.clone();
  Tensor inner = at::conv2d(x, kernel, {}, /*stride=*/1, at::IntArrayRef(0), 1, channels);
  if (images.of_bytes()) inner = inner.round();
  out.narrow(2, 1, height - 2).narrow(3, 1, width - 2).copy_(inner);
  return out;
}

/// torchvision's _scale_channel: the cumulated histogram as a table of the 256 values.
Tensor equalized(const Tensor& channel) {
  const Tensor bytes = channel.to(at::kLong).reshape({-1});
  const Tensor histogram = at::bincount(bytes, {}, 256);
  const Tensor present = histogram.masked_select(histogram.ne(0));
  const Tensor most = present.narrow(0, 0, present.size(0) - 1).sum();
  const auto step = at::floor_divide(most, 255).item<std::int64_t>();
  if (step == 0) return channel;
  Tensor table = at::floor_divide(histogram.cumsum(0) + step / 2, step);
  table = at::constant_pad_nd(table, {1, 0}).narrow(0, 0, 256).clamp(0, 255);
  return table.index_select(0, bytes).reshape(channel.sizes()).to(channel.scalar_type());
}

}  // namespace

Colors Colors::of(const Tensor& images) {
  const bool bytes = !at::isFloatingType(images.scalar_type());
  return {bytes ? images.to(at::kFloat) : images, bytes ? 255.0 : 1.0};
}

Tensor Colors::as(at::ScalarType type) const { return values.to(type); }

void adjust_brightness(Colors& images, const PerRow& factors) {
  blend(images, at::zeros({}, images.values.options()), factors);
}

void adjust_contrast(Colors& images, const PerRow& factors) {
  blend(images, grey(images).mean({1, 2, 3}, /*keepdim=*/true), factors);
}

void adjust_saturation(Colors& images, const PerRow& factors) {
  if (images.values.size(1) != 1) blend(images, grey(images), factors);
}

void adjust_hue(Colors& images, const PerRow& shifts) {
  if (images.values.size(1) == 1) return;
  HueSaturationValue hsv = to_hsv(images.values / images.bound);
  hsv.hue = (hsv.hue + column_of(shifts, images.values).squeeze(1)).remainder(1.0);
  images.values = to_rgb(hsv) * images.bound;
  if (images.of_bytes()) images.values = images.values.round();
}

void adjust_sharpness(Colors& images, const PerRow& factors) { blend(images, blurred(images), factors); }

void posterize(Colors& images, const PerRow& bits) {
  PerRow steps;
  for (const double kept : bits) steps.push_back(std::exp2(8 - kept));
  const Tensor step = column_of(steps, images.values);
  images.values = (images.values / step).floor() * step;
}

void solarize(Colors& images, const PerRow& thresholds) {
  const Tensor reached = images.values.ge(column_of(thresholds, images.values));
  images.values = at::where(reached, images.bound - images.values, images.values);
}

void autocontrast(Colors& images) {
  const Tensor least = images.values.amin({2, 3}, true), most = images.values.amax({2, 3}, true);
  const Tensor flat = most.eq(least);
  const Tensor scale = at::where(flat, at::ones_like(most), images.bound / (most - least));
  const Tensor low = at::where(flat, at::zeros_like(least), least);
  images.values = stored(images, ((images.values - low) * scale).clamp(0, images.bound));
}

void equalize(Colors& images) {
  Tensor out = at::empty_like(images.values);
  for (std::int64_t i = 0; i < out.size(0); ++i)
    for (std::int64_t c = 0; c < out.size(1); ++c) out[i][c].copy_(equalized(images.values[i][c]));
  images.values = out;
}

}  // namespace modelc::kernels
