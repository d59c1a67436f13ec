// What a feed changes about images: each row by its own draws, in training; where nothing is drawn, crops are the
// middle and images stay as they are. The numbers are those of torchvision's transforms for the same draws.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/augment.h"
#include "kernels/bind.h"
#include "kernels/colors.h"
#include "kernels/draws.h"
#include "kernels/images.h"

namespace modelc::kernels {
namespace {

using at::Tensor;
using support::Random;

/// `change(images, draws)` of images [B, C, H, W], whether they come with channels or without.
template <class Change>
Kernel of_images(const NodeView& n, Change change) {
  return single(n, [x = n.tensor("input"), draws = n.tensor("draws"), place = n.integer("place"),
                    change = std::move(change)](const Frame& f) {
    const bool plain = x(f).dim() == 3;
    const Tensor changed = change(plain ? x(f).unsqueeze(1) : x(f), Draws(draws(f), place));
    return plain ? changed.squeeze(1) : changed;
  });
}

/// As above where images stay as they are when nothing is drawn.
template <class Change>
Kernel of_images_in_training(const NodeView& n, Change change) {
  return of_images(n, [change = std::move(change)](const Tensor& x, const Draws& draws) {
    return draws.any() ? change(x, draws) : x;
  });
}

struct Size {
  std::int64_t height, width;
};
Size size_of(const NodeView& n) {
  const Integers size = n.integers("size");
  return {size.at(0), size.at(1)};
}

struct Ends {
  double low, high;
};
/// Two numbers as they stand; one reaches as far on either side of the middle, not below `least`.
Ends ends_of(const NodeView& n, std::string_view name, double middle = 0, double least = -HUGE_VAL) {
  const std::vector<double> given = numbers(n, name);
  if (given.size() == 2) return {given[0], given[1]};
  return {std::max(middle - given.at(0), least), middle + given.at(0)};
}

/// A rectangle of an image.
struct Box {
  std::int64_t top = 0, left = 0, height = 0, width = 0;
};

std::int64_t below(Random& random, std::int64_t bound) {
  return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound)));
}

/// Halves to even, as Python's round().
std::int64_t rounded(double value) { return std::llrint(value); }

/// A box of a share of the area and a ratio of its sides that is drawn until it fits, ten times at most.
template <class Fits>
std::optional<Box> draw_box(Random& random, Size whole, Ends scale, Ends ratio, bool wide, Fits fits) {
  for (int tries = 0; tries < 10; ++tries) {
    const double area = static_cast<double>(whole.height * whole.width) * random.uniform(scale.low, scale.high);
    const double sides = std::exp(random.uniform(std::log(ratio.low), std::log(ratio.high)));
    Box box;
    box.height = rounded(std::sqrt(wide ? area / sides : area * sides));
    box.width = rounded(std::sqrt(wide ? area * sides : area / sides));
    if (!fits(box)) continue;
    box.top = below(random, whole.height - box.height + 1);
    box.left = below(random, whole.width - box.width + 1);
    return box;
  }
  return std::nullopt;
}

/// The largest box in the middle whose sides have a ratio within the bounds.
Box middle_box(Size whole, Ends ratio) {
  const auto height = static_cast<double>(whole.height), width = static_cast<double>(whole.width);
  Box box{0, 0, whole.height, whole.width};
  if (width / height < ratio.low) box.height = std::max<std::int64_t>(rounded(width / ratio.low), 1);
  else if (width / height > ratio.high) box.width = std::max<std::int64_t>(rounded(height * ratio.high), 1);
  box.top = (whole.height - box.height) / 2;
  box.left = (whole.width - box.width) / 2;
  return box;
}

Tensor part(const Tensor& images, const Box& box) {
  return images.narrow(-2, box.top, box.height).narrow(-1, box.left, box.width);
}

Kernel random_crop(const NodeView& n) {
  const Size size = size_of(n);
  const std::int64_t padding = n.integer("padding");
  const double fill = n.number("fill");
  return of_images(n, [=](const Tensor& x, const Draws& draws) {
    const Tensor whole = padding ? at::constant_pad_nd(x, {padding, padding, padding, padding}, fill) : x;
    const std::int64_t free_y = whole.size(2) - size.height + 1, free_x = whole.size(3) - size.width + 1;
    if (!draws.any()) return centre_cropped(whole, size.height, size.width);
    Tensor out = at::empty({x.size(0), x.size(1), size.height, size.width}, x.options());
    for (std::int64_t row = 0; row < x.size(0); ++row) {
      Random random = draws.of(row);
      const std::int64_t top = below(random, free_y), left = below(random, free_x);
      out[row].copy_(part(whole[row], {top, left, size.height, size.width}));
    }
    return out;
  });
}

Kernel random_resized_crop(const NodeView& n) {
  const Size size = size_of(n);
  const Ends scale = ends_of(n, "scale"), ratio = ends_of(n, "ratio");
  return of_images(n, [=](const Tensor& x, const Draws& draws) {
    if (!draws.any()) return covering(x, size.height, size.width);
    const Size whole{x.size(2), x.size(3)};
    const auto fits = [&](const Box& box) {
      return box.height > 0 && box.width > 0 && box.height <= whole.height && box.width <= whole.width;
    };
    Tensor out = at::empty({x.size(0), x.size(1), size.height, size.width}, x.options());
    for (std::int64_t row = 0; row < x.size(0); ++row) {
      Random random = draws.of(row);
      const auto drawn = draw_box(random, whole, scale, ratio, /*wide=*/true, fits);
      const Tensor chosen = part(x.narrow(0, row, 1), drawn ? *drawn : middle_box(whole, ratio));
      out.narrow(0, row, 1).copy_(resized(chosen, size.height, size.width));
    }
    return out;
  });
}

Kernel random_flip(const NodeView& n) {
  return of_images_in_training(
      n, [p = n.number("p"), side = n.flag("vertical") ? 2 : 3](const Tensor& x, const Draws& draws) {
        Tensor turned = at::empty({x.size(0), 1, 1, 1}, at::kBool);
        for (std::int64_t row = 0; row < x.size(0); ++row) turned.data_ptr<bool>()[row] = draws.of(row).uniform() < p;
        return at::where(turned, x.flip({side}), x);
      });
}

Affine turn(double degrees) {
  const double angle = -degrees * std::numbers::pi / 180;
  return {std::cos(angle), std::sin(angle), 0, -std::sin(angle), std::cos(angle), 0};
}

Kernel random_rotation(const NodeView& n) {
  return of_images_in_training(
      n, [degrees = ends_of(n, "degrees"), fill = n.number("fill")](const Tensor& x, const Draws& draws) {
        return mapped(x, draws.each([&](Random& r) { return turn(r.uniform(degrees.low, degrees.high)); }), fill);
      });
}

Kernel random_erasing(const NodeView& n) {
  const Ends scale = ends_of(n, "scale"), ratio = ends_of(n, "ratio");
  return of_images_in_training(
      n, [=, p = n.number("p"), value = n.number("value")](const Tensor& x, const Draws& draws) {
        const Size whole{x.size(2), x.size(3)};
        const auto fits = [&](const Box& box) { return box.height < whole.height && box.width < whole.width; };
        Tensor out = x.clone();
        for (std::int64_t row = 0; row < x.size(0); ++row) {
          Random random = draws.of(row);
          if (random.uniform() >= p) continue;
          if (const auto box = draw_box(random, whole, scale, ratio, /*wide=*/false, fits))
            part(out[row], *box).fill_(value);
        }
        return out;
      });
}

Kernel color_jitter(const NodeView& n) {
  // A factor of 1 changes nothing, and neither does a hue that is turned by 0.
  struct Step {
    void (*adjust)(Colors&, const PerRow&);
    Ends ends;
    double nothing;
  };
  const std::vector<Step> steps{{adjust_brightness, ends_of(n, "brightness", 1, 0), 1},
                                {adjust_contrast, ends_of(n, "contrast", 1, 0), 1},
                                {adjust_saturation, ends_of(n, "saturation", 1, 0), 1},
                                {adjust_hue, ends_of(n, "hue"), 0}};
  return of_images_in_training(n, [steps](const Tensor& x, const Draws& draws) {
    const std::vector<std::array<double, 4>> drawn = draws.each([&](Random& random) {
      std::array<double, 4> values{};
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = random.uniform(steps[i].ends.low, steps[i].ends.high);
      return values;
    });
    Colors colors = Colors::of(x);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].ends.low == steps[i].nothing && steps[i].ends.high == steps[i].nothing) continue;
      PerRow values;
      for (const auto& row : drawn) values.push_back(row[i]);
      steps[i].adjust(colors, values);
    }
    return colors.as(x.scalar_type());
  });
}

// ---- two rows mixed

/// Marsaglia and Tsang (2000); below 1 by the power of a uniform number.
double draw_gamma(Random& random, double alpha) {
  if (alpha < 1) return draw_gamma(random, alpha + 1) * std::pow(1 - random.uniform(), 1 / alpha);
  const double d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.normal(), v = std::pow(1 + c * x, 3);
    if (v <= 0) continue;
    const double u = 1 - random.uniform();
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double draw_beta(Random& random, double alpha) {
  const double a = draw_gamma(random, alpha), b = draw_gamma(random, alpha);
  return a + b > 0 ? a / (a + b) : 0.5;
}

/// A row of the batch and the one that it is mixed with: the rows in an order that their draws decide, each with the
/// next. `numbers` are what the caller draws of a row.
template <class Number>
struct Mixed {
  std::vector<Number> numbers;
  Tensor partners;  // int64 [B]
};

template <class Draw>
auto mixed_by(const Draws& draws, Draw draw) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> order;
  Mixed<decltype(draw(std::declval<Random&>()))> out;
  for (std::int64_t row = 0; row < draws.count(); ++row) {
    Random random = draws.of(row);
    order.emplace_back(random.next(), row);
    out.numbers.push_back(draw(random));
  }
  std::sort(order.begin(), order.end());
  out.partners = at::empty({draws.count()}, at::kLong);
  for (std::size_t i = 0; i < order.size(); ++i)
    out.partners.template data_ptr<std::int64_t>()[order[i].second] = order[(i + 1) % order.size()].second;
  return out;
}

/// x * share + x[partner] * (1 - share), a share for each row.
Tensor blended(const Tensor& x, const Tensor& partners, const PerRow& shares) {
  Integers shape(static_cast<std::size_t>(x.dim()), 1);
  shape[0] = x.size(0);
  Tensor share = at::empty(shape, at::kDouble);
  std::copy(shares.begin(), shares.end(), share.data_ptr<double>());
  share = share.to(x.scalar_type());
  return x * share + x.index_select(0, partners) * (1 - share);
}

Kernel mixup(const NodeView& n) {
  return several(n, [image = n.tensor("input"), target = n.tensor("target"), draws = n.tensor("draws"),
                     place = n.integer("place"), alpha = n.number("alpha"),
                     dtype = result_dtype(n, 0)](const Frame& f) {
    const Tensor x = image(f).to(dtype), y = target(f).to(at::kFloat);
    const Draws drawn(draws(f), place);
    if (!drawn.any()) return std::vector<Tensor>{x, y};
    const auto mixed = mixed_by(drawn, [&](Random& random) { return draw_beta(random, alpha); });
    return std::vector<Tensor>{blended(x, mixed.partners, mixed.numbers), blended(y, mixed.partners, mixed.numbers)};
  });
}

/// A box about a point, of the share of the area that comes from the partner; what stands out is cut off.
Box draw_cut(Random& random, Size whole, double alpha) {
  const double half = 0.5 * std::sqrt(1 - draw_beta(random, alpha));
  const std::int64_t y = below(random, whole.height), x = below(random, whole.width);
  const auto reach_y = static_cast<std::int64_t>(half * static_cast<double>(whole.height));
  const auto reach_x = static_cast<std::int64_t>(half * static_cast<double>(whole.width));
  Box box;
  box.top = std::max<std::int64_t>(y - reach_y, 0);
  box.left = std::max<std::int64_t>(x - reach_x, 0);
  box.height = std::min(y + reach_y, whole.height) - box.top;
  box.width = std::min(x + reach_x, whole.width) - box.left;
  return box;
}

Kernel cutmix(const NodeView& n) {
  return several(n, [image = n.tensor("input"), target = n.tensor("target"), draws = n.tensor("draws"),
                     place = n.integer("place"), alpha = n.number("alpha")](const Frame& f) {
    const Tensor x = image(f), y = target(f).to(at::kFloat);
    const Draws drawn(draws(f), place);
    if (!drawn.any()) return std::vector<Tensor>{x, y};
    const Size whole{x.size(-2), x.size(-1)};
    const auto mixed = mixed_by(drawn, [&](Random& random) { return draw_cut(random, whole, alpha); });
    Tensor out = x.clone();
    PerRow shares;
    for (std::int64_t row = 0; row < x.size(0); ++row) {
      const Box& box = mixed.numbers[static_cast<std::size_t>(row)];
      part(out[row], box).copy_(part(x[mixed.partners.data_ptr<std::int64_t>()[row]], box));
      const double area = static_cast<double>(whole.height * whole.width);
      shares.push_back(1 - static_cast<double>(box.height * box.width) / area);
    }
    return std::vector<Tensor>{out, blended(y, mixed.partners, shares)};
  });
}

// ---- what draws nothing

template <class Change>
Lowering sized(Change change) {
  return [change](const NodeView& n) {
    return single(n, [x = n.tensor("input"), size = size_of(n), change](const Frame& f) {
      const bool plain = x(f).dim() == 3;
      const Tensor out = change(plain ? x(f).unsqueeze(1) : x(f), size.height, size.width);
      return plain ? out.squeeze(1) : out;
    });
  };
}

}  // namespace

void lower_augmentation(Lowerings& lowerings) {
  lowerings.add("_feed_random_crop", random_crop);
  lowerings.add("_feed_random_resized_crop", random_resized_crop);
  lowerings.add("_feed_random_flip", random_flip);
  lowerings.add("_feed_random_rotation", random_rotation);
  lowerings.add("_feed_random_erasing", random_erasing);
  lowerings.add("_feed_color_jitter", color_jitter);
  lowerings.add("_feed_augment", [](const NodeView& n) { return of_images_in_training(n, trivially_augmented); });
  lowerings.add("_feed_mixup", mixup);
  lowerings.add("_feed_cutmix", cutmix);
  lowerings.add("_feed_resize", sized(resized));
  lowerings.add("_feed_center_crop", sized(centre_cropped));
}

}  // namespace modelc::kernels
