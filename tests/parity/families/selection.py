"""Parts of a tensor: by position, by index tensor, by slices."""

from case import case, cases

CASES = [
    *cases('''
        narrow(x, 1, 1, 2)
        x.narrow(dim=-1, start=0, length=3)
        narrow(x, 1, -2, 2)
        select(x, 1, -1)
        x.select(0, 1)
        x[0]
        x[-1]
        x[:, -1]
        x[1:]
        x[:, 1:3]
        x[:, -2:]
        x[:, :-1]
        x[:, ::2]
        x[..., 1::2]
        x[..., 0]
        x[..., -1, :]
        x[0, 1, 2]
        x[1, ..., 0]
        x[null]
        x[:, null]
        x[:, null, 1:]
        x[..., null]
        x[0:1]
        x[:, 1:100]
        x[:, -100:2]
        x[:]
        x[...]
        x[:, 1]
        x[1][2]
        x[:, 1, 1:]
    ''', "float[3, 4, 5]"),
    # Tensors of positions together, and lists that stand for them: in place, or in front where something is between.
    *cases('''
        x[[0, 2]]
        x[:, [0, 2]]
        x[[0, 2], [1, 3]]
        x[:, [0, 2], [1, 3]]
        x[[0, 2], :, [1, 3]]
        x[[0, 2], null, [1, 3]]
        x[[0, 2], 1, [1, 3]]
        x[[[0], [2]], [1, 3]]
        x[..., [-1, 0]]
        x[[true, false, true]]
        x[:, [true, false, true, true], 1:]
        x[x > 0]
        x[..., x[0, 0] > 0]
    ''', "float[3, 4, 5]"),
    *cases('''
        x[y, z]
        x[:, y, z]
        x[y, :, z]
        x[y, null, z]
        x[y[:, null], z]
        x[y, 0, z]
        x[1:, y, z]
        x[y > 0]
        x[y > 0, 1:]
    ''', "float[3, 4, 5], index[3], index[3]"),
    case("index_select(x, 1, [0, 2])", "float[3, 4]", python="index_select(x, 1, tensor([0, 2]))"),
    case("x @ [[1.0], [2.0]]", "float[3, 2]", python="x @ tensor([[1.0], [2.0]])"),
    # Sizes that the data decide, none at all among them, and what is computed of them.
    *cases('''
        nonzero(x > 0)
        nonzero(x > 100)
        (x > 0).nonzero()
        nonzero(x > 0, as_tuple=true)
        nonzero(x > 0)[:, 0] * 2 + 1
        nonzero(x > 100)[:, 1] - 1
        nonzero(x > 0).float().sum(dim=0)
        concat([nonzero(x > 0), nonzero(x > 1)], dim=0)
    ''', "float[3, 4, 5]"),
    case("nonzero(x)", "int[6]"), case("nonzero(x)", "bool[B, T]"), case("nonzero(x, as_tuple=true)", "float[]"),
    *cases('''
        x[y]
        x[:, y]
        x[..., y]
        x[y, 1]
        x[1:, y]
        x[null, y]
        x[:, :, y]
        x[y, :, 1:]
        index_select(x, 0, y)
        x.index_select(-1, y)
    ''', "float[3, 4, 5], index[6]"),
    case("x[y]", "float[4, 3], index[2, 2]"), case("x[:, y]", "float[4, 3], index[2, 2]"),
    case("x[y]", "float[4, 3], index[]"),
    case("x[0, y]", "float[4, 3], index[5]"), case("x[y - 3]", "float[4, 3], index[5]"),
    case("gather(x, 1, y)", "float[2, 4], index[2, 3]"), case("x.gather(-1, y)", "float[4, 4], index[2, 6]"),
    case("gather(x, 0, y)", "float[3, 4, 2], index[5, 2, 2]"),
    case("gather(x, dim=1, index=y)", "int[2, 4], index[2, 1]"),
    case("x[:, -1]", "float[B, T, 3]"), case("x[:, 1:]", "float[B, T, 3]"), case("x[:, :3]", "float[B, 4, 2]"),
    case("x[:, x.shape[1] - 1]", "float[B, T, 3]"), case("x[:, ::2]", "float[B, T]"),
    case("x[:, :-1]", "index[B, T]"), case("x[0]", "bool[3]"), case("x[y, 0]", "float[3, 4], index[6]"),
    case("index_select(x, 0, y - y)", "float[], index[1]"), case("index_select(x, 0, y - y)", "float[], index[]"),
    case("narrow_copy(x, 1, 0, 2)", "float[2, 3]", python="x.narrow_copy(1, 0, 2)"), case("take(x, y)", "float[2, 3], index[4]"), case("x.take(y)", "float[B, 3], index[2, 2]"),
    *[case(f"take_along_dim(x, y{rest})", "float[3, 3], index[3, 2]") for rest in ("", ", 1", ", dim=-1")],
    case("take_along_dim(x, y, 0)", "float[3, B], index[2, 1]"),
    *[case(f"scatter(x, {rest})", "float[4, 5], index[4, 3], float[4, 3]") for rest in ("1, y, z", "dim=0, index=y, src=z", "1, y, 2.0", "-1, y, value=0.5", '1, y, z, reduce="add"', '1, y, 2, reduce="multiply"') if not rest.startswith("-1")],
    case("scatter(x, 1, y, value=0.5)", "float[B, 6], index[B, 1]"), case("scatter(x, 0, y, 1)", "int[3, 2], index[1, 2]"),
    *[case(f"scatter_add(x, {dim}, y, z)", operands) for dim in (0, 1) for operands in ("float[3, 5], index[2, 3], float[3, 3]", "int[4, 4], index[3, 2], int[4, 4]")],
    case("x.scatter_add(1, y, z)", "float[B, 6], index[B, 2], float[B, 2]"),
    *[case(f'scatter_reduce(x, 1, y, z, "{how}"{rest})', "float[3, 5], index[3, 2], float[3, 2]") for how in ("sum", "prod", "mean", "amax", "amin")
      for rest in ("", ", include_self=false")],
    *[case(f"index_add(x, {rest})", "float[4, 5], index[3], float[3, 5]") for rest in ("0, y, z", "dim=-2, index=y, source=z, alpha=0.5")],
    case("index_add(x, 1, y, z, alpha=2)", "int[B, 4], index[2], int[B, 2]"), case("index_copy(x, 1, y, z)", "float[B, 4], index[1], float[B, 1]"),
    case("x.index_copy(0, y, z)", "float[4, 2], index[1], float[1, 2]"),
    *[case(f'index_reduce(x, 0, y, z, "{how}"{rest})', "float[4, 2], index[3], float[3, 2]") for how in ("prod", "mean", "amax", "amin") for rest in ("", ", include_self=false")],
    *[case(f"index_fill(x, {rest})", "float[4, 5], index[2], float[]") for rest in ("0, y, 1.5", "dim=1, index=y, value=-1", "1, y, z")],
    case("masked_scatter(x, y, z)", "float[3, 4], bool[3, 4], float[3, 4]"), case("x.masked_scatter(y, z)", "float[B, 4], bool[4], float[B, 4]"),
    case("index_put(x, [y], z)", "float[4, 2], index[1], float[1, 2]", python="x.index_put((y,), z)"),
    case("index_put(x, [y, w], z, true)", "float[4, 3], index[3], float[3], index[3]", python="x.index_put((y, w), z, True)"),
    case("index_put(x, [y], z, accumulate=true)", "float[4, B], index[3], float[]", python="x.index_put((y,), z, accumulate=True)"),
    case("x.put(y, z)", "float[2, 3], index[1], float[1]"), case("x.put(y, z, accumulate=true)", "float[B, 3], index[2], float[2]"),
    *[case(f"select_scatter(x, y, 1, {i})", "float[2, 3], float[2]") for i in (0, -1)], case("select_scatter(x, y, 0, 1)", "float[3, B], float[B]"),
    *[case(f"slice_scatter(x, y, {rest})", "float[2, 6], float[2, 2]", python=f"slice_scatter(x, y, {stepped})") for rest, stepped in
      (("1, 2, 4", "1, 2, 4, 1"), ("1, -2", "1, -2, null, 1"), ("1, 0, 4, 2",) * 2, ("dim=1, start=1, end=3", "1, 1, 3, 1"))],
    case("slice_scatter(x, y)", "float[2, B], float[2, B]", python="slice_scatter(x, y, 0, null, null, 1)"),
    *[case(f"diagonal_scatter(x, y{rest})", operands) for rest, operands in (("", "float[3, 4], float[3]"), (", 1", "float[3, 4], float[3]"),
      (", -1, 0, 2", "float[3, 2, 4], float[2, 2]"))],
]
