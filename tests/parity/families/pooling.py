"""Pooling by windows and to a size, as modules and functions."""

from case import case, cases


def both(texts, operands):
    """A module's line, and the function's with the same arguments."""
    found = []
    for text in texts.strip().splitlines():
        name, arguments = text.strip().split("(", 1)
        function = "".join("_" + c.lower() if c.isupper() else c for c in name)[1:]
        found += [case(text.strip(), operands), case(f"{function}(x, {arguments}", operands)]
    return found


def drawn(got):
    """Places are drawn; type and sizes are compared."""


CASES = [
    *both('''
        MaxPool1d(2)
        MaxPool1d(3, 2, 1)
        MaxPool1d(3, 2, 0, 2)
        MaxPool1d(4, stride=3, padding=2, ceil_mode=true)
        AvgPool1d(2)
        AvgPool1d(4, 3, 2, true)
        AvgPool1d(3, 2, 1, count_include_pad=false)
        AdaptiveMaxPool1d(4)
        AdaptiveAvgPool1d(4)
        AdaptiveAvgPool1d(20)
    ''', "float[2, 3, 15]"),
    case("MaxPool1d(2)", "float[3, 15]"), case("AvgPool1d(2)", "float[3, 15]"),
    case("AdaptiveAvgPool1d(2)", "float[B, 3, L]"),
    case("AdaptiveMaxPool1d(2)", "float[3, 15]"), case("MaxPool1d(2)", "float[B, 3, L]"),
    case("max_pool1d(x, 2, ceil_mode=true)", "float[B, 3, L]"),
    *both('''
        MaxPool2d(2)
        MaxPool2d(3, 2, 1, ceil_mode=true)
        MaxPool2d((2, 3), ceil_mode=true)
        MaxPool2d((3, 2), (1, 2), (1, 0), (2, 1))
        AvgPool2d(2)
        AvgPool2d(3, 2, 1, true, false)
        AvgPool2d((3, 2), divisor_override=5)
        AvgPool2d(2, 3, 1, true)
        AdaptiveMaxPool2d((3, null))
        AdaptiveMaxPool2d(5)
        AdaptiveAvgPool2d((null, 7))
        AdaptiveAvgPool2d(1)
        AdaptiveAvgPool2d((4, 9))
    ''', "float[2, 3, 11, 12]"),
    case("MaxPool2d(2)", "float[3, 11, 12]"), case("AvgPool2d(2)", "float[3, 11, 12]"),
    case("AdaptiveAvgPool2d(2)", "float[3, 11, 12]"),
    *both('''
        MaxPool3d(2)
        MaxPool3d((2, 3, 1), stride=2, padding=(1, 1, 0), ceil_mode=true)
        AvgPool3d(2)
        AvgPool3d(3, 2, 1, true, false)
        AvgPool3d((1, 2, 2), divisor_override=3)
        AdaptiveMaxPool3d((2, 3, null))
        AdaptiveAvgPool3d(3)
        AdaptiveAvgPool3d((null, 2, 4))
    ''', "float[2, 3, 5, 6, 7]"),
    *[case(f"MaxPool{n}d(2, return_indices=true)", f"float[2, 3{sizes}]", f"m(x)[{part}]")
      for n, sizes in ((1, ", 8"), (2, ", 8, 6"), (3, ", 4, 4, 6")) for part in (0, 1)],
    *[case(f"adaptive_max_pool{n}d(x, 3, return_indices=true)[{part}]", f"float[2, 3{sizes}]")
      for n, sizes in ((1, ", 8"), (2, ", 8, 6"), (3, ", 4, 4, 6")) for part in (0, 1)],
    case("max_pool2d(x, 3, 2, 1, return_indices=true)[1]", "float[2, 3, 8, 8]"),
    case("AvgPool2d(2)", "int[2, 3, 8, 8]"), case("avg_pool1d(x, 3)", "int[2, 3, 8]"),
    *[case(f"lp_pool{n}d(x, {rest})", operands) for n, operands in ((1, "positive[2, 3, 9]"), (2, "positive[2, 3, 9, 7]")) for rest in
      ("2, 3", "3.0, 2, 1", "1.5, 3, stride=2, ceil_mode=true")],
    case("LPPool1d(2, 3)", "positive[2, 3, 9]"), case("LPPool2d(2, [3, 2], stride=2)", "positive[B, 3, 9, 7]"),
    *[case(f"max_unpool{n}d(max_pool{n}d(x, 2), max_pool{n}d(x, 2, return_indices=true)[1], 2)", operands) for n, operands in
      ((1, "float[2, 3, 8]"), (2, "float[2, 3, 8, 6]"), (3, "float[1, 2, 4, 6, 4]"))],
    case("max_unpool2d(max_pool2d(x, 3, 2), max_pool2d(x, 3, 2, return_indices=true)[1], 3, 2, output_size=[8, 8])", "float[2, 3, 8, 8]"),
    *[case(f"MaxUnpool{n}d(2)", operands, f"m(max_pool{n}d(x, 2), max_pool{n}d(x, 2, return_indices=true)[1])") for n, operands in
      ((1, "float[2, 3, 8]"), (2, "float[2, 3, 8, 6]"), (3, "float[1, 2, 4, 6, 4]"))],
    *[case(f"fractional_max_pool{n}d(x, 2, {rest})", operands, random=drawn) for n, operands in ((2, "float[2, 3, 9, 9]"), (3, "float[2, 3, 9, 9, 9]"))
      for rest in ("4", "output_ratio=0.5", "5, return_indices=true")],
    *[case(f"FractionalMaxPool{n}d(2, 4)", operands, random=drawn) for n, operands in ((2, "float[2, 3, 9, 9]"), (3, "float[2, 3, 9, 9, 9]"))],
]
