"""Interpolation by its modes and pixel shuffling."""

from case import case, cases

CASES = [
    *cases('''
        Upsample(scale_factor=2)
        Upsample(size=5)
        interpolate(x, scale_factor=2)
        interpolate(x, scale_factor=0.5)
        interpolate(x, size=11)
        interpolate(x, size=11, mode="linear")
        interpolate(x, scale_factor=1.7, mode="linear")
        interpolate(x, size=11, mode="linear", align_corners=true)
        interpolate(x, scale_factor=1.7, mode="linear", recompute_scale_factor=true)
        interpolate(x, size=4, mode="area")
        interpolate(x, scale_factor=0.5, mode="area")
        interpolate(x, size=11, mode="nearest-exact")
        interpolate(x, scale_factor=1.7, mode="nearest-exact")
    ''', "float[2, 3, 8]"),
    *cases('''
        Upsample((4, 9))
        Upsample((4, 9), mode="bilinear")
        Upsample(scale_factor=2, mode="bilinear")
        Upsample(scale_factor=(1.5, 2.0), mode="bilinear", align_corners=true)
        Upsample(scale_factor=2, mode="bicubic")
        Upsample(scale_factor=1.3, mode="bilinear", recompute_scale_factor=true)
        interpolate(x, scale_factor=2)
        interpolate(x, (7, 3))
        interpolate(x, size=[7, 3], mode="bilinear")
        interpolate(x, size=[7, 3], mode="bilinear", align_corners=false)
        interpolate(x, scale_factor=1.5, mode="bilinear")
        interpolate(x, scale_factor=[1.5, 0.7], mode="bilinear", align_corners=true)
        interpolate(x, scale_factor=0.7)
        interpolate(x, scale_factor=1.3, mode="bicubic")
        interpolate(x, size=(7, 9), mode="bicubic", align_corners=true)
        interpolate(x, size=(3, 4), mode="area")
        interpolate(x, size=(3, 9), mode="nearest-exact")
    ''', "float[2, 3, 5, 6]"),
    *cases('''
        Upsample(scale_factor=2)
        Upsample(scale_factor=2, mode="trilinear")
        interpolate(x, size=(3, 5, 9))
        interpolate(x, size=5, mode="trilinear", align_corners=true)
        interpolate(x, scale_factor=1.5, mode="trilinear")
        interpolate(x, size=2, mode="area")
        interpolate(x, scale_factor=1.5, mode="nearest-exact")
    ''', "float[2, 2, 3, 4, 5]"),
    case("interpolate(x, scale_factor=0.29)", "float[2, 3, 100]"),
    case("interpolate(x, scale_factor=2)", "float[B, 3, S, L]"),
    case('interpolate(x, scale_factor=1.5, mode="bilinear")', "float[B, 3, S, L]"),
    case('interpolate(x, size=y.shape[2:], mode="bilinear")', "float[B, 3, 4, 4], float[B, 3, S, L]"),
    case("PixelShuffle(2)", "float[B, 12, S, L]"), case("PixelShuffle(3)", "float[9, 2, 3]"),
    case("PixelUnshuffle(2)", "float[2, 3, 4, 6]"),
    case("PixelUnshuffle(2)", "float[3, 4, 6]"), case("pixel_shuffle(x, 2)", "float[2, 12, 2, 3]"),
    case("pixel_unshuffle(x, 2)", "float[2, 3, 4, 6]"),
    case("interpolate(x, scale_factor=2)", "uint8[2, 3, 4, 5]"), case("Upsample(scale_factor=2)", "uint8[2, 3, 4]"),
    case('interpolate(x, size=[3, 7], mode="nearest-exact")', "uint8[2, 3, 4, 5]"), case("interpolate(x, size=3)", "uint8[2, 3, 4, 5, 2]"),
    *[case(f"unfold(x, {rest})", operands) for rest in ("2", "[2, 3], 1, 1, 2", "3, dilation=2, padding=2") for operands in ("float[2, 3, 6, 7]", "float[B, 2, 6, 6]")],
    case("Unfold(2, stride=2)", "float[2, 3, 6, 6]"), case("Unfold([2, 3], padding=1)", "float[3, 6, 6]"),
    *[case(f"fold(x, {rest})", operands) for rest, operands in
      (("[4, 5], 2", "float[2, 12, 12]"), ("6, 2, stride=2", "float[B, 8, 9]"), ("[4, 4], [2, 2], 1, 1, 2", "float[4, 9]"))],
    case("Fold([4, 5], 2)", "float[2, 12, 12]"), case("channel_shuffle(x, 2)", "float[2, 4, 3, 3]"), case("ChannelShuffle(3)", "float[B, 6, 2, 2]"),
    *[case(f"grid_sample(x, y{rest})", "float[2, 3, 5, 6], unit[2, 4, 3, 2]") for rest in
      ("", ", align_corners=true", ', "nearest"', ', "bicubic", "border"', ', padding_mode="reflection", align_corners=false')],
    case("grid_sample(x, y)", "float[2, 3, 4, 5, 6], unit[2, 2, 3, 4, 3]"), case("grid_sample(x, y)", "float[B, 3, 5, 6], unit[B, 4, 3, 2]"),
    *[case(f"affine_grid(x, {rest})", operands) for rest, operands in
      (("[2, 1, 4, 5]", "float[2, 2, 3]"), ("[2, 1, 4, 5], align_corners=true", "float[2, 2, 3]"), ("[2, 1, 3, 4, 5]", "float[2, 3, 4]"))],
    *[case(f"{name}(scale_factor=2)", "float[2, 3, 4, 5]") for name in ("UpsamplingNearest2d", "UpsamplingBilinear2d")],
    *[case(f"{name}(size=[6, 7])", "float[B, 3, 4, 5]") for name in ("UpsamplingNearest2d", "UpsamplingBilinear2d")],
    case("upsample(x, scale_factor=2)", "float[2, 3, 4]"), case('upsample(x, [6, 7], mode="bilinear")', "float[2, 3, 4, 5]"),
    case("upsample_nearest(x, scale_factor=2)", "float[2, 3, 4, 5]"), case("upsample_bilinear(x, [6, 7])", "float[B, 3, 4, 5]"),
]
