"""Tensors joined and cut, shorter last pieces included."""

from case import case, cases

CASES = [
    *cases('''
        cat([x, y])
        cat([x, y], dim=1)
        cat([x, y], -1)
        cat((x, y, x), 0)
        concat([x, y], dim=1)
        stack([x, y])
        stack([x, y], dim=1)
        stack([x, y], -1)
    ''', "float[2, 3], float[2, 3]"),
    case("cat([x, y], dim=1)", "float[B, 3], float[B, 4]"), case("cat([x, y])", "int[2], float[3]"),
    case("cat([x, y])", "int32[2], int[3]"), case("cat([x])", "float[2]"), case("stack([x, y])", "float[], float[]"),
    case("cat([x, y, z], dim=1)", "float[B, T, 3], float[B, 1, 3], float[B, 2, 3]"),
    case("cat([x, y])", "bool[2], bool[3]"),
    case("cat([x, y])", "float64[2], float[3]"),
    *cases('''
        chunk(x, 2)
        chunk(x, 2, dim=1)
        x.chunk(3, 1)
        x.chunk(4, -1)
        chunk(x, 3, dim=1)[2]
        split(x, 2, dim=1)
        split(x, 3, -1)
        x.split(4, dim=1)
        split(x, [1, 4, 2], dim=1)
        x.split([3, 4], 1)[1]
        split(x, 1)
    ''', "float[2, 7]"),
    case("chunk(x, 2, dim=1)", "float[B, 6]"), case("split(x, 2, dim=1)", "float[B, 6, T]"),
    case("chunk(x, 1)", "float[3]"),
    case("cat(chunk(x, 3, dim=1), dim=0)", "float[2, 6, 3]"), case("x.split(2)", "int[5]"),
]
