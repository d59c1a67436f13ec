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
]
