"""Padding, by constants, mirrored, repeated, wrapped round."""

from case import case, cases

CASES = [
    *cases('''
        ConstantPad1d(1, 0.5)
        ConstantPad1d((1, 2), 3.5)
        ConstantPad1d((-1, 2), value=1)
        ReflectionPad1d(2)
        ReflectionPad1d((1, 0))
        ReplicationPad1d(1)
        ReplicationPad1d((0, 3))
        pad(x, [1, 2])
        pad(x, (1, 2), value=2.5)
        pad(x, [0, 1, 2, 3])
        pad(x, [1, 2, -1, 3], "constant", -1.5)
        pad(x, [0, 0, 1, 0, 2, 0])
        pad(x, [-2, -1])
        pad(x, [1, 2], mode="reflect")
        pad(x, [3, 2], mode="replicate")
        pad(x, [1, 2], mode="circular")
        pad(x, [1, 2], "constant")
    ''', "float[2, 3, 8]"),
    case("ReflectionPad1d(2)", "float[3, 8]"), case("ReplicationPad1d(2)", "float[3, 8]"),
    case("ConstantPad1d(2, 1)", "float[8]"),
    *cases('''
        ZeroPad2d(1)
        ZeroPad2d((1, -2, 3, 0))
        ConstantPad2d(1, 0.5)
        ConstantPad2d((1, 2, 3, 4), -1.5)
        ReflectionPad2d(2)
        ReflectionPad2d((1, 2, 3, 0))
        ReplicationPad2d(1)
        ReplicationPad2d((0, 1, 2, 3))
        pad(x, [1, 2, 3, 3], mode="circular")
        pad(x, [1, 2, 3, 3], mode="reflect")
        pad(x, [1, 2, 5, 3], mode="replicate")
    ''', "float[2, 3, 5, 4]"),
    case("ReflectionPad2d(1)", "float[3, 5, 4]"), case("ZeroPad2d(1)", "float[5, 4]"),
    *cases('''
        ConstantPad3d(1, 0.5)
        ConstantPad3d((1, 0, 2, 1, 0, 3), 2)
        ReflectionPad3d(1)
        ReflectionPad3d((1, 2, 0, 1, 2, 1))
        ReplicationPad3d((1, 2, 0, 1, 2, 1))
        pad(x, [1, 0, 1, 1, 2, 1], mode="circular")
        pad(x, [1, 0, 1, 1, 2, 1], mode="reflect")
    ''', "float[2, 2, 4, 3, 5]"),
    case("pad(x, [1, 1])", "float[B, 3, L]"), case("pad(x, [1, 0], value=1)", "int[2, 3]"),
    case("pad(x, [1, 0])", "bool[2, 3]"),
    case("ZeroPad1d(1)", "float[2, 3, 4]", python="ConstantPad1d(1, 0.0)"), case("ZeroPad3d([1, 0, 2, 1, 0, 1])", "float[B, 2, 3, 3, 3]", python="ConstantPad3d([1, 0, 2, 1, 0, 1], 0.0)"),
    *[case(f"CircularPad{n}d({pad})", operands, python=f"CircularPad{n}d({pad})") for n, pad, operands in
      ((1, "1", "float[2, 3, 4]"), (2, "[1, 2, 0, 1]", "float[2, 3, 4, 4]"), (3, "1", "float[B, 2, 3, 3, 3]"))],
    case("constant_pad_nd(x, [1, 2])", "float[B, 3]"), case("constant_pad_nd(x, [1, 2, 0, 1], 0.5)", "float[2, 3]"),
]
