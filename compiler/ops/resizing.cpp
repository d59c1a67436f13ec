// Images of another size: interpolation and pixel shuffle.
#include <cmath>

#include "ops/modes.h"
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kScale{"resizing.scale", "a scale is a positive number"};
constexpr Constraint kExactScale{"resizing.exact_scale", "a scaled symbolic size is exact"};
constexpr Constraint kScales{"resizing.scales", "there is one scale, or one for each dimension"};
constexpr Constraint kModeRank{"resizing.mode_rank", "the mode belongs to the number of dimensions"};
constexpr Constraint kAlignCorners{"resizing.align_corners", "`align_corners` goes with a linear or cubic mode"};
constexpr Constraint kSizeOrScale{"resizing.size_or_scale", "either `size` or `scale_factor` is given"};
constexpr Constraint kSizes{"resizing.sizes", "there is one size, or one for each dimension"};
constexpr Constraint kRecompute{"resizing.recompute", "`recompute_scale_factor` goes with a `scale_factor`"};

/// floor(n * scale) in double, as PyTorch computes it; of a symbolic size only for fractions a/b with b a small power
/// of two, where that is a*n // b (docs/dimensions.md).
std::optional<Dim> scaled(InferContext& cx, Dim n, double scale) {
  constexpr double kGreatest = 1e9;
  if (!(scale > 0) || scale > kGreatest) {
    cx.fault(
        kScale,
        cx.op() + " is given " + tick("scale_factor=" + cx.arg("scale_factor").str()) + ", expected a positive number",
        {}, "scale_factor");
    return std::nullopt;
  }
  if (n.is_constant()) return Dim(static_cast<std::int64_t>(std::floor(static_cast<double>(n.constant()) * scale)));
  for (std::int64_t b = 1; b <= 64; b *= 2) {
    const double a = scale * static_cast<double>(b);
    if (a == std::floor(a)) return floor_div(n * Dim(static_cast<std::int64_t>(a)), b);
  }
  cx.fault(kExactScale,
           cx.op() + " scales the size " + n.str() + " by " + Constant(scale).str() +
               ", whose product is not exact for every size",
           "give `size=`", "scale_factor");
  return std::nullopt;
}

std::optional<std::vector<double>> scales(InferContext& cx, std::size_t n) {
  const Constant& given = cx.arg("scale_factor");
  std::vector<double> values;
  if (given.is_list()) {
    for (const Constant& value : given.as_list())
      if (value.is_float() || value.is_int()) values.push_back(value.as_double());
  } else {
    values.assign(n, given.as_double());
  }
  if (values.size() == n) return values;
  cx.fault(
      kScales,
      cx.op() + " is given " + tick("scale_factor=" + given.str()) + ", expected one number or " + std::to_string(n),
      {}, "scale_factor");
  return std::nullopt;
}

bool require_mode(InferContext& cx, std::size_t n) {
  const std::string& mode = cx.word("mode");
  const std::size_t wanted = dimensions_of(resampling(mode));
  if (wanted && wanted != n) {
    cx.fault(kModeRank,
             cx.op() + " receives " + cx.tensor("input").str() + " for " + tick("mode=\"" + mode + "\"") +
                 ", expected " + std::to_string(wanted + 2) + " dimensions",
             n == 1   ? "`mode=\"linear\"`"
             : n == 2 ? "`mode=\"bilinear\"`"
                      : "`mode=\"trilinear\"`",
             "mode");
    return false;
  }
  if (!wanted && !cx.is_null("align_corners")) {
    cx.fault(kAlignCorners,
             cx.op() + " is given `align_corners` for " + tick("mode=\"" + mode + "\"") +
                 ", expected one of the linear or cubic modes",
             {}, "align_corners");
    return false;
  }
  return true;
}

Type infer_interpolate(InferContext& cx) {
  // Images of bytes keep their values where they are only repeated.
  const bool repeats = cx.word("mode").starts_with("nearest") && cx.tensor("input").dtype == DType::UInt8;
  if (!cx.require_rank_between("input", 3, 5) || (!repeats && !cx.require_floating("input"))) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const std::size_t n = input.rank() - 2;
  if (!require_mode(cx, n)) return Type::poison();
  if (cx.is_null("size") == cx.is_null("scale_factor"))
    return cx.fault(kSizeOrScale, cx.op() + (cx.is_null("size") ? " is given neither" : " is given both") +
                                      " `size` and `scale_factor`, expected one of them");
  std::vector<Dim> shape(input.shape.begin(), input.shape.begin() + 2);
  if (!cx.is_null("size")) {
    std::vector<Dim> sizes = cx.dims("size");
    if (!cx.arg("size").is_list()) sizes.resize(n, sizes[0]);
    if (sizes.size() != n)
      return cx.fault(kSizes,
                      cx.op() + " of " + input.str() + " is given " + tick("size=" + cx.arg("size").str()) +
                          ", expected one number or " + std::to_string(n),
                      {}, "size");
    if (!cx.is_null("recompute_scale_factor") && cx.flag("recompute_scale_factor"))
      return cx.fault(kRecompute,
                      cx.op() + " is given `recompute_scale_factor=true` and `size`, expected a `scale_factor`", {},
                      "recompute_scale_factor");
    shape.insert(shape.end(), sizes.begin(), sizes.end());
    return result(cx, input.dtype, std::move(shape));
  }
  const auto factors = scales(cx, n);
  if (!factors) return Type::poison();
  for (std::size_t i = 0; i < n; ++i) {
    const auto size = scaled(cx, cx.simplify(input.shape[2 + i]), (*factors)[i]);
    if (!size || !cx.require_at_least(*size, 1, [&] {
          return "the scaled " + side_name(i, n) + " of " + input.str() + " is at least 1";
        }))
      return Type::poison();
    shape.push_back(*size);
  }
  return result(cx, input.dtype, std::move(shape));
}

Type infer_pixel_shuffle(InferContext& cx) {
  if (!cx.require_rank_between("input", 3, kAnyRank)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const Dim r = cx.dim("upscale_factor");
  std::vector<Dim> shape = input.shape;
  const std::size_t c = shape.size() - 3;
  if (!cx.require_divisible(shape[c], r * r, [&] {
        return "the channels of " + input.str() + " make upscale_factor squared pixels each";
      }))
    return Type::poison();
  shape[c] = floor_div(shape[c], r * r);
  shape[c + 1] = shape[c + 1] * r;
  shape[c + 2] = shape[c + 2] * r;
  return result(cx, input.dtype, std::move(shape));
}

Type infer_pixel_unshuffle(InferContext& cx) {
  if (!cx.require_rank_between("input", 3, kAnyRank)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const Dim r = cx.dim("downscale_factor");
  std::vector<Dim> shape = input.shape;
  const std::size_t c = shape.size() - 3;
  for (std::size_t i = 1; i <= 2; ++i) {
    if (!cx.require_divisible(shape[c + i], r, [&] {
          return "the " + side_name(i - 1, 2) + " of " + input.str() + " is cut into blocks";
        }))
      return Type::poison();
    shape[c + i] = floor_div(shape[c + i], r);
  }
  shape[c] = shape[c] * r * r;
  return result(cx, input.dtype, std::move(shape));
}

}  // namespace

void declare_resizing(std::vector<Op>& ops) {
  static const char* const kMode = "mode: {nearest|linear|bilinear|bicubic|trilinear|area|nearest-exact} = nearest";
  ops.push_back(module_op("Upsample")
                    .summary("interpolated to another size")
                    .arg("size: dim|dim[]? in 1.. = null")
                    .arg("scale_factor: float|float[]? = null")
                    .arg("mode: {nearest|linear|bilinear|bicubic|trilinear} = nearest")
                    .arg("align_corners: bool? = null")
                    .arg("recompute_scale_factor: bool? = null")
                    .input("input: Tensor")
                    .becomes("interpolate")
                    .example("Upsample(scale_factor=2)", "float[B, 3, 8, 8]"));
  ops.push_back(function_op("interpolate")
                    .summary("interpolated to another size")
                    .input("input: Tensor")
                    .input("size: dim|dim[]? in 1.. = null")
                    .input("scale_factor: float|float[]? = null")
                    .input(kMode)
                    .input("align_corners: bool? = null")
                    .input("recompute_scale_factor: bool? = null")
                    .traits(kPure)
                    .demands({kModeRank, kAlignCorners, kSizeOrScale, kSizes, kRecompute, kScales, kScale, kExactScale})
                    .infer(infer_interpolate)
                    .example("interpolate(x, scale_factor=2)", "float[B, 3, 8, 8]"));
  for (const auto& [name, mode, corners] : {std::tuple{"UpsamplingNearest2d", "nearest", Constant()},
                                            std::tuple{"UpsamplingBilinear2d", "bilinear", Constant(true)}})
    ops.push_back(module_op(name)
                      .summary(mode + std::string(" interpolation of images"))
                      .arg("size: dim|dim[]? in 1.. = null")
                      .arg("scale_factor: float|float[]? = null")
                      .input("input: Tensor")
                      .prepare([](InferContext& cx) { return cx.require_rank("input", 4); })
                      .becomes("interpolate", {fixed("mode", Constant(mode)), fixed("align_corners", corners)})
                      .example(name + std::string("(scale_factor=2)"), "float[B, 3, 8, 8]"));
  ops.push_back(function_op("upsample")
                    .summary("interpolated to another size")
                    .input("input: Tensor")
                    .input("size: dim|dim[]? in 1.. = null")
                    .input("scale_factor: float|float[]? = null")
                    .input("mode: {nearest|linear|bilinear|bicubic|trilinear} = nearest")
                    .input("align_corners: bool? = null")
                    .becomes("interpolate")
                    .example("upsample(x, scale_factor=2)", "float[B, 3, 8, 8]"));
  for (const auto& [name, mode, corners] : {std::tuple{"upsample_nearest", "nearest", Constant()},
                                            std::tuple{"upsample_bilinear", "bilinear", Constant(true)}})
    ops.push_back(function_op(name)
                      .summary(mode + std::string(" interpolation"))
                      .input("input: Tensor")
                      .input("size: dim|dim[]? in 1.. = null")
                      .input("scale_factor: float|float[]? = null")
                      .becomes("interpolate", {fixed("mode", Constant(mode)), fixed("align_corners", corners)})
                      .example(name + std::string("(x, scale_factor=2)"), "float[B, 3, 8, 8]"));
  declare_folding(ops);
  ops.push_back(module_op("PixelShuffle")
                    .summary("channels become pixels: [C*r*r, H, W] to [C, H*r, W*r]")
                    .arg("upscale_factor: int in 1..")
                    .input("input: Tensor")
                    .becomes("pixel_shuffle")
                    .example("PixelShuffle(2)", "float[B, 12, 8, 8]"));
  ops.push_back(module_op("PixelUnshuffle")
                    .summary("pixels become channels: [C, H*r, W*r] to [C*r*r, H, W]")
                    .arg("downscale_factor: int in 1..")
                    .input("input: Tensor")
                    .becomes("pixel_unshuffle")
                    .example("PixelUnshuffle(2)", "float[B, 3, 8, 8]"));
  ops.push_back(function_op("pixel_shuffle")
                    .summary("channels become pixels")
                    .input("input: Tensor")
                    .input("upscale_factor: int in 1..")
                    .traits(kView)
                    .infer(infer_pixel_shuffle)
                    .example("pixel_shuffle(x, 2)", "float[B, 12, 8, 8]"));
  ops.push_back(function_op("pixel_unshuffle")
                    .summary("pixels become channels")
                    .input("input: Tensor")
                    .input("downscale_factor: int in 1..")
                    .traits(kView)
                    .infer(infer_pixel_unshuffle)
                    .example("pixel_unshuffle(x, 2)", "float[B, 3, 8, 8]"));
}

}  // namespace modelc::ops
