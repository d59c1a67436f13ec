"""Dimensions and elements in another order, triangles and diagonals, rearrange."""

from case import case, cases

CASES = [
    *cases('''
        permute(x, [2, 0, 1])
        x.permute(2, 0, 1)
        x.permute(0, -1, 1)
        x.permute((1, 2, 0))
        transpose(x, 0, 1)
        x.transpose(-1, 0)
        x.transpose(1, 1)
        movedim(x, 0, 2)
        x.movedim(-1, 0)
        movedim(x, [0, 1], [-1, 0])
        flip(x, [0])
        x.flip(0, -1)
        flip(x, [1, 2])
        roll(x, 1)
        roll(x, 2, 1)
        roll(x, [1, -2], [0, -1])
        roll(x, shifts=-1, dims=2)
        tril(x)
        triu(x)
        tril(x, -1)
        triu(x, diagonal=2)
        diagonal(x)
        diagonal(x, 1)
        diagonal(x, -1, 1, 2)
        x.diagonal(offset=1, dim1=-1, dim2=0)
    ''', "float[2, 3, 4]"),
    case("x.t()", "float[2, 3]"), case("t(x)", "float[3]"), case("tril(x)", "float[B, S, S]"),
    case("triu(x, 1)", "int[3, 3]"),
    case("tril(x)", "bool[3, 3]"), case("diag(x)", "float[3]"), case("diag(x, 1)", "float[3]"),
    case("diag(x, -2)", "float[3]"),
    case("diag(x)", "float[3, 4]"), case("diag(x, 1)", "float[3, 4]"), case("diag(x, diagonal=-1)", "float[4, 3]"),
    case("x.permute(1, 0)", "bool[2, 3]"), case("x.transpose(1, 2)", "float[B, T, 3]"),
    case('rearrange(x, "b (h d) t -> b h t d", h=2)', "float[B, 6, T]", python="x.unflatten(1, (2, 3)).permute(0, 1, 3, 2)"),
    case('rearrange(x, "b c h w -> b (h w) c")', "float[B, 3, S, T]", python="x.flatten(2).transpose(1, 2)"),
    case('rearrange(x, "b (h p) (w q) -> b (h w) (p q)", p=2, q=3)', "float[2, 4, 9]",
         python="x.reshape(2, 2, 2, 3, 3).permute(0, 1, 3, 2, 4).reshape(2, 6, 6)"),
    case('rearrange(x, "b ... -> ... b")', "float[2, 3, 4]", python="x.permute(1, 2, 0)"),
    case('rearrange(x, "a b -> a 1 b")', "float[2, 3]", python="x.unsqueeze(1)"),
    case('rearrange(x, "a 1 b -> b a")', "float[2, 1, 3]", python="x.squeeze(1).t()"),
    case('rearrange(x, "a b c -> (c b a)")', "float[2, 3, 4]", python="x.permute(2, 1, 0).flatten()"),
    case("roll(x, [1, 1], [1, 1])", "float[3, 4]"), case("roll(x, [1, 2, -1], [0, -1, 0])", "float[3, 4]"),
    case("moveaxis(x, 0, -1)", "float[2, 3, 4]"), case("moveaxis(x, [0, 1], [2, 0])", "float[B, 3, 4]"), case("swapdims(x, 0, 2)", "float[2, 3, 4]"),
    case("swapaxes(x, 1, -1)", "float[B, 3, 4]"), case("x.swapaxes(axis0=0, axis1=1)", "float[2, 3]"), case("adjoint(x)", "float[B, 3, 4]"), case("x.adjoint()", "float[2, 3]"),
    case("fliplr(x)", "float[2, 3]"), case("flipud(x)", "float[B, 3]"), case("flipud(x)", "int[3]"),
    *[case(f"rot90(x{rest})", operands) for rest in ("", ", 2", ", -1", ", 3, [1, 0]", ", k=1, dims=[0, -1]") for operands in ("float[2, 3]", "float[B, 3, 4]")],
    *[case(f"diag_embed(x{rest})", operands) for rest in ("", ", 1", ", -2", ", 0, 0, 1", ", offset=1, dim1=0, dim2=-1") for operands in ("float[3]", "float[B, 3]", "int[2, 3]")],
    *[case(f"diagflat(x{rest})", operands) for rest in ("", ", 1", ", -2") for operands in ("float[3]", "float[2, 2]")], case("diagflat(x)", "float[]"),
]
