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
    case("concatenate([x, y], 1)", "float[2, 2], float[2, 3]"),
    *[case(f"{name}([x, y])", operands) for name in ("hstack", "vstack", "dstack", "row_stack", "column_stack") for operands in
      ("float[3], float[3]", "float[2, 3], float[2, 3]", "float[2, 3, 4], int[2, 3, 4]", "float[], float[]")],
    case("hstack([x, y])", "float[B, 2], float[B, 3]"), case("vstack([x, y])", "float[B, 2], float[3, 2]"), case("column_stack([x, y])", "float[B], float[B, 3]"),
    case("dstack([x, y])", "float[B, 2], float[B, 2]"), case("block_diag(x, y, z)", "float[2, 3], float[4], float[]"),
    case("block_diag(x, y)", "float[B, 3], int[2, 2]"), case("cartesian_prod(x, y)", "float[3], float[2]"), case("cartesian_prod(x, y, z)", "int[3], int[B], int[2]"),
    case("cartesian_prod(x)", "float[3]"), case("meshgrid(x, y)", "float[3], float[2]"), case('meshgrid(x, y, z, indexing="xy")', "float[3], float[2], float[4]"),
    case('meshgrid([x, y], indexing="ij")', "int[B], int[2]"), case('meshgrid(x, y, indexing="xy")', "float[], float[2]"),
    case("broadcast_tensors(x, y)", "float[3, 1], float[2]"), case("broadcast_tensors(x, y, z)", "int[B, 1], float[2], float[]"),
    *[case(f"combinations(x{rest})", "float[5]") for rest in ("", ", 3", ", r=2, with_replacement=true", ", 1", ", 4, true")],
    *[case(f"atleast_{n}d(x)", operands) for n in (1, 2, 3) for operands in ("float[]", "float[3]", "float[2, 3]", "int[B]", "float[2, 1, 2, 3]")],
    *[case(f"unbind(x{rest})", operands) for rest in ("", ", 1", ", dim=-1") for operands in ("float[3, 2]", "int[2, 3, 2]")],
    case("x.unbind(1)", "float[B, 3]"),
    *[case(f"tensor_split(x, {rest})", "float[7, 6]") for rest in ("3", "2, dim=1", "[2, 3], 1", "[1, 4]", "4, dim=-1")],
    case("x.tensor_split(2)", "int[5]"), case("tensor_split(x, 3, 1)", "float[B, 6]"),
    *[case(f"{name}(x, {rest})", "float[4, 6, 8]") for name in ("hsplit", "vsplit", "dsplit") for rest in ("2", "[1, 3]")],
    case("hsplit(x, 2)", "float[4]"), case("split_with_sizes(x, [2, 4], dim=1)", "float[B, 6]"), case("x.split_with_sizes([1, 2])", "float[3]"),
    case("x.split(split_size=2, dim=1)", "float[B, 6]"), case("x.split([1, 2])", "float[3]"), case("x.split(2, 1)", "float[2, 5]"),
]
