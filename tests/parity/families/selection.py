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
]
