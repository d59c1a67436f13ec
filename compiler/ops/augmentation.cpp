// What a recipe's feed does to images (LANGUAGE §11): changes that are drawn anew for each row, in training only.
// `draws` has a number for each row from which its draws follow, 0 where nothing is drawn; `place` tells two calls
// apart. A call is a function of these, so that no order of rows and no number of threads changes what is drawn.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kImages{"augmentation.images", "images are [B, H, W] or [B, C, H, W], of uint8 or floats"};
constexpr Constraint kColors{"augmentation.colors", "the images have one channel or three"};
constexpr Constraint kRange{"augmentation.range", "a range goes from the lower number to the higher one"};
constexpr Constraint kMixable{"augmentation.mixable", "what is mixed are shares or numbers, not class numbers"};

std::string text_of(const InferContext& cx, std::string_view name) {
  return tick(std::string(name) + "=" + cx.arg(name).str());
}

bool require_images(InferContext& cx) {
  const TensorType& image = cx.tensor("input");
  const bool numbers = image.dtype == DType::UInt8 || types::is_floating(image.dtype);
  if (numbers && (image.rank() == 3 || image.rank() == 4)) return true;
  cx.fault(kImages, received(cx, "input") + ", expected [B, H, W] or [B, C, H, W] of uint8 or floats",
           numbers && image.rank() > 4 ? "`rearrange` brings other dimensions into the batch" : std::string(), "input");
  return false;
}

/// Channels that colours can be told from.
bool require_colors(InferContext& cx) {
  const TensorType& image = cx.tensor("input");
  if (image.rank() == 3) return true;
  const Dim channels = image.shape[1];
  if (channels == Dim(1) || channels == Dim(3)) return true;
  cx.fault(kColors, received(cx, "input") + ", expected 1 or 3 channels in dimension 1",
           channels.is_constant() && image.shape[3] == Dim(3) ? "channels stand first: `permute(image, [0, 3, 1, 2])`"
                                                              : std::string(),
           "input");
  return false;
}

/// A number, or two of which the lower one stands first.
bool require_range(InferContext& cx, std::string_view name) {
  const Constant& given = cx.arg(name);
  if (!given.is_list()) return true;
  const types::ConstantList& ends = given.as_list();
  if (ends.size() == 2 && ends[0].as_double() <= ends[1].as_double()) return true;
  cx.fault(kRange, cx.op() + " is given " + text_of(cx, name) + ", expected the lower number and the higher one", {},
           name);
  return false;
}

std::vector<Dim> with_size(const InferContext& cx) {
  std::vector<Dim> shape = cx.tensor("input").shape;
  const std::vector<std::int64_t> size = cx.integers("size");
  shape[shape.size() - 2] = Dim(size[0]);
  shape[shape.size() - 1] = Dim(size[1]);
  return shape;
}

Type keep_images(InferContext& cx) { return require_images(cx) ? Type::of(cx.tensor("input")) : Type::poison(); }

Type keep_colors(InferContext& cx) {
  return require_images(cx) && require_colors(cx) ? Type::of(cx.tensor("input")) : Type::poison();
}

Type infer_crop(InferContext& cx) {
  if (!require_images(cx)) return Type::poison();
  const TensorType& image = cx.tensor("input");
  const std::vector<std::int64_t> size = cx.integers("size");
  const std::int64_t padding = 2 * cx.integer("padding");
  for (std::size_t i = 0; i < 2; ++i) {
    const Dim have = image.shape[image.rank() - 2 + i] + Dim(padding);
    if (!cx.require_at_least(have, Dim(size[i]), [&] {
          return "a crop of " + std::to_string(size[i]) + " fits into the " + side_name(i, 2) + " of " + image.str() +
                 (padding > 0 ? " with its padding" : "");
        }))
      return Type::poison();
  }
  return result(cx, image.dtype, with_size(cx));
}

Type infer_sized(InferContext& cx) {
  return require_images(cx) ? result(cx, cx.tensor("input").dtype, with_size(cx)) : Type::poison();
}

Type infer_resized_crop(InferContext& cx) {
  return require_range(cx, "scale") && require_range(cx, "ratio") ? infer_sized(cx) : Type::poison();
}

Type infer_rotation(InferContext& cx) { return require_range(cx, "degrees") ? keep_images(cx) : Type::poison(); }

Type infer_erasing(InferContext& cx) {
  return require_range(cx, "scale") && require_range(cx, "ratio") ? keep_images(cx) : Type::poison();
}

Type infer_jitter(InferContext& cx) {
  for (const char* name : {"brightness", "contrast", "saturation", "hue"})
    if (!require_range(cx, name)) return Type::poison();
  return keep_colors(cx);
}

/// The target becomes a share of each of two rows.
bool require_mixable(InferContext& cx) {
  const TensorType& target = cx.tensor("target");
  if (target.rank() >= 1 && target.dtype != DType::String && (types::is_floating(target.dtype) || target.rank() >= 2))
    return cx.require_equal(target.shape[0], cx.tensor("input").shape[0], "images and targets have the same rows");
  cx.fault(kMixable, received(cx, "target") + ", expected a number for each class",
           "`one_hot(label, 10)` makes class numbers into shares", "target");
  return false;
}

Type mixed(InferContext& cx, DType images) {
  return Type::tuple(
      {Type::of({images, cx.tensor("input").shape}), Type::of({DType::Float32, cx.tensor("target").shape})});
}

Type infer_mixup(InferContext& cx) {
  return require_images(cx) && require_mixable(cx) ? mixed(cx, float_of(cx.tensor("input").dtype)) : Type::poison();
}

Type infer_cutmix(InferContext& cx) {
  return require_images(cx) && require_mixable(cx) ? mixed(cx, cx.tensor("input").dtype) : Type::poison();
}

OpBuilder drawn(const char* name, const char* summary) {
  return function_op(name).summary(summary).input("input: Tensor").traits(kPure).demands({kImages});
}

/// What every one of them has behind its own arguments.
Op with_draws(OpBuilder& op) { return op.keyword("draws: Tensor").keyword("place: int"); }

void declare_geometry(std::vector<Op>& ops) {
  ops.push_back(with_draws(drawn("_feed_random_crop", "a part of each image, anywhere")
                               .input("size: int[2]")
                               .input("padding: int = 0")
                               .input("fill: float = 0")
                               .infer(infer_crop)
                               .example("random_crop(x, 24, padding=2)", "uint8[B, 3, 28, 28]")));
  ops.push_back(with_draws(drawn("_feed_random_resized_crop", "a part of each image, of any size, resized")
                               .input("size: int[2]")
                               .input("scale: float[2]")
                               .input("ratio: float[2]")
                               .demands({kRange})
                               .infer(infer_resized_crop)
                               .example("random_resized_crop(x, 24)", "uint8[B, 3, 28, 28]")));
  ops.push_back(with_draws(drawn("_feed_random_flip", "some images mirrored")
                               .input("p: float")
                               .input("vertical: bool")
                               .infer(keep_images)
                               .example("random_flip(x)", "uint8[B, 3, 28, 28]")));
  ops.push_back(with_draws(drawn("_feed_random_rotation", "each image turned about its middle")
                               .input("degrees: float|float[]")
                               .input("fill: float")
                               .demands({kRange})
                               .infer(infer_rotation)
                               .example("random_rotation(x, 10)", "uint8[B, 3, 28, 28]")));
  ops.push_back(with_draws(drawn("_feed_random_erasing", "a rectangle of some images overwritten")
                               .input("p: float")
                               .input("scale: float[2]")
                               .input("ratio: float[2]")
                               .input("value: float")
                               .demands({kRange})
                               .infer(infer_erasing)
                               .example("random_erasing(x)", "uint8[B, 3, 28, 28]")));
}

void declare_colors(std::vector<Op>& ops) {
  ops.push_back(with_draws(drawn("_feed_color_jitter", "brightness, contrast, saturation and hue changed")
                               .input("brightness: float|float[]")
                               .input("contrast: float|float[]")
                               .input("saturation: float|float[]")
                               .input("hue: float|float[]")
                               .demands({kRange, kColors})
                               .infer(infer_jitter)
                               .example("color_jitter(x, brightness=0.2)", "uint8[B, 3, 28, 28]")));
  ops.push_back(with_draws(drawn("_feed_augment", "one change of any kind and strength to each image")
                               .demands({kColors})
                               .infer(keep_colors)
                               .example("augment(x)", "uint8[B, 3, 28, 28]")));
}

void declare_mixing(std::vector<Op>& ops) {
  ops.push_back(with_draws(drawn("_feed_mixup", "each image and target mixed with another row's")
                               .input("target: Tensor")
                               .input("alpha: float")
                               .results({"input", "target"})
                               .demands({kMixable})
                               .infer(infer_mixup)
                               .example("mixup(x, one_hot(label, 10))", "uint8[B, 3, 28, 28], int[B]")));
  ops.push_back(
      with_draws(drawn("_feed_cutmix", "a rectangle of each image from another row, the targets in proportion")
                     .input("target: Tensor")
                     .input("alpha: float")
                     .results({"input", "target"})
                     .demands({kMixable})
                     .infer(infer_cutmix)
                     .example("cutmix(x, one_hot(label, 10))", "uint8[B, 3, 28, 28], int[B]")));
}

}  // namespace

std::vector<Op> augmentation_family() {
  std::vector<Op> ops;
  declare_geometry(ops);
  declare_colors(ops);
  declare_mixing(ops);
  ops.push_back(drawn("_feed_resize", "images of another size")
                    .input("size: int[2]")
                    .infer(infer_sized)
                    .example("resize(x, 24)", "uint8[B, 3, 28, 28]"));
  ops.push_back(drawn("_feed_center_crop", "the middle of each image")
                    .input("size: int[2]")
                    .infer(infer_sized)
                    .example("center_crop(x, 24)", "uint8[B, 3, 28, 28]"));
  return ops;
}

}  // namespace modelc::ops
