"""The same values under another shape, and repetitions of them."""

from case import case, cases

CASES = [
    *cases('''
        Flatten()
        Flatten(0)
        Flatten(start_dim=1, end_dim=2)
        Flatten(-2, -1)
        Unflatten(1, (3, 2))
        Unflatten(-1, (1, 4))
        flatten(x)
        flatten(x, 1)
        x.flatten(2)
        flatten(x, 0, 1)
        flatten(x, start_dim=-2)
        unflatten(x, 1, [2, 3])
        unflatten(x, -1, [2, -1])
        x.unflatten(1, (2, -1))
        reshape(x, [6, -1])
        x.reshape(-1)
        x.reshape(2, 3, 2, 4, 1)
        x.reshape((4, 3, -1))
        x.view(2, -1, 2)
        x.view([48])
        x.reshape(x.shape[0], -1)
        x.view(x.shape)
        squeeze(x)
        unsqueeze(x, 0)
        unsqueeze(x, -1)
        x.unsqueeze(dim=2)
        x.repeat(2, 1, 3)
        x.repeat([2, 1, 1, 3])
        x.tile(2)
        tile(x, [2, 2, 1, 3])
        repeat_interleave(x, 2)
        repeat_interleave(x, 3, dim=1)
        x.repeat_interleave(2, -1)
        broadcast_to(x, [5, 2, 6, 4])
        x.expand(3, -1, -1, -1)
    ''', "float[2, 6, 4]"),
    case("Unflatten(1, [2, 3])", "float[B, 6]", python="Unflatten(1, (2, 3))"),
    case("Flatten()", "float[B, 3, S, 4]"), case("x.view(-1, 3)", "float[B, 6]"),
    case("flatten(x, 1)", "float[B, T, S]"),
    case("reshape(x, [x.shape[0], 2, -1])", "float[B, 6]"),
    case("x.reshape(-1, x.shape[-1])", "float[B, T, 3]"), case("unflatten(x, 1, [x.shape[1] // 2, 2])", "float[3, 8]"),
    *cases('''
        squeeze(x)
        squeeze(x, 1)
        x.squeeze(-1)
        x.squeeze(0)
        x.expand(2, 4, 3, 7)
        x.expand(-1, 4, -1, 7)
        expand(x, [5, 2, 1, 3, 1])
    ''', "float[2, 1, 3, 1]"),
    case("expand_as(x, y)", "float[1, 6], float[B, 6]"), case("x.expand_as(y)", "float[3, 1], float[2, 3, 4]"),
    case("broadcast_to(x, [4, 6])", "float[1, 6]"), case("expand(x, [4, 6])", "float[1, 6]"),
    case("x.flatten()", "float[]"), case("x.reshape(1, 1)", "float[]"), case("x.expand(3)", "float[]"),
    case("x.unsqueeze(0)", "int[]"), case("x.reshape(3, 2)", "bool[6]"), case("x.repeat(2)", "int[3]"),
    case("x.view_as(y)", "float[6], float[2, 3]"), case("x.reshape_as(y)", "float[B, 6], float[B, 2, 3]"), case("ravel(x)", "float[2, 3]"), case("x.ravel()", "float[B, 3]"),
    *[case(f"x.unfold({rest})", operands) for rest in ("0, 2, 1", "-1, 3, 2", "dimension=1, size=2, step=3") for operands in ("float[4, 6]", "int[2, 5]", "float[B + 2, 5]")
      if not operands.startswith("float[B") or not rest.startswith("0")],
    case("x.unfold(1, 3, 2)", "float[2, T]"), case("x.type_as(y)", "int[2], float[1]"),
]
