"""Reductions over all, one or several dimensions, kept or not, by dtype; running sums."""

from case import case, cases

CASES = [
    *[case(f"{name}({arguments})", "float[2, 3, 4]") for name in "sum mean amax amin std var".split() for arguments in (
        "x", "x, 1", "x, dim=-1", "x, dim=0, keepdim=true", "x, dim=[0, 2]", "x, dim=(1, -1), keepdim=true")],
    *[case(f"{name}({arguments})", "float[2, 3, 4]") for name in "argmax argmin all any max min".split() for arguments in (
        "x", "x, 1", "x, dim=-1", "x, dim=0, keepdim=true")],
    *[case(f"x.{name}({arguments})", "int[2, 5]") for name in "sum prod amax amin argmax argmin all any max min cumsum".split()
      for arguments in ("dim=1", "-1") + (("",) if name not in ("cumsum",) else ())],
    *[case(f"x.{name}({arguments})", "bool[2, 5]") for name in "sum all any prod cumsum".split() for arguments in ("dim=1", "0")],
    *[case(f"x.{name}(dim=1)", "int32[2, 5]") for name in "sum prod amax argmax cumsum max".split()],
    *[case(f"x.{name}(dim=1)", "uint8[2, 5]") for name in "sum all any amax cumsum".split()],
    case("all(x)", "uint8[4]"), case("any(x)", "uint8[4]"), case("sum(x)", "bool[B, 6]"),
    case("any(x)", "bool[B, 6]"), case("all(x)", "bool[B, 6]"),
    *[case(f"{name}(x)", "float[B, 6]") for name in "sum mean prod amax amin argmax argmin max min std var norm".split()],
    *cases('''
        prod(x)
        prod(x, 1)
        x.prod(dim=-1, keepdim=true)
        sum(x, dim=1, dtype=float64)
        mean(x, dim=1, dtype=float64)
        prod(x, dim=1, dtype=float64)
        sum(x, dtype=float64)
        logsumexp(x, dim=1)
        logsumexp(x, [0, 2])
        x.logsumexp(-1, keepdim=true)
        cumsum(x, dim=1)
        x.cumsum(-1)
        cumsum(x, 0, dtype=float64)
        std(x, dim=1, unbiased=false)
        var(x, dim=(0, 1), unbiased=false, keepdim=true)
        std(x, 1, true, true)
        x.std()
        var(x, [0, 2])
        std(x, unbiased=false)
        std(x, dim=1, correction=0)
        var(x, [0, 2], correction=2, keepdim=true)
        x.var(unbiased=false)
        norm(x)
        norm(x, dim=1)
        norm(x, p=1)
        norm(x, p=1, dim=1, keepdim=true)
        norm(x, 2, -1)
        norm(x, p=3, dim=(0, 1))
        norm(x, p=inf, dim=1)
        norm(x, p="fro", dim=(0, 1))
        norm(x, dim=(1, 2))
        norm(x, p=0.5, dim=1)
        norm(x, p=0, dim=1)
        x.norm(dim=-1, keepdim=true)
        x.norm(p=2)
        x.max(dim=1).values
        x.min(-1).indices
        max(x, dim=1).values
        max(x, dim=-1)[1]
        x.max()
        x.mean([1, 2])
        x.sum((0,))
        x.amax((0, 1))
        x.mean(-1, true)
        argmax(x, keepdim=true)
        argmin(x, null, true)
        sum(x, null, true)
        mean(x, null, true)
        mean(x, [], true)
        sum(x, [], true)
        amax(x, [], true)
        std(x, null, true, true)
        norm(x, keepdim=true)
        max(x, 1, true).values
        max(x, 1, true).indices
        min(x, 0, false).values
        x.max(1, true).values
    ''', "float[2, 3, 4]"),
    case("max(x, y)", "float[3], float[3]"), case("min(x, y)", "float[2, 3], float[3]"),
    case("x.max(y)", "int[3], float[3]", python="maximum(x, y)"),
    case("sum(x, dim=1)", "float16[2, 3]"), case("sum(x)", "float[]"), case("mean(x)", "float[]"),
    case("mean(x, dtype=float32)", "int[4]"),
    case("logsumexp(x, 0)", "int[4]"), case("mean(x, dim=1)", "float[B, T, 3]"),
    case("sum(x, dim=1) / sum(y, dim=1)", "float[2, 3], positive[2, 3]"),
    case("logsumexp(x, -1)", "float[B, 6]"), case("cumsum(x, 1)", "float[B, T]"),
    case("argmax(x, dim=-1)", "float[B, 3]"),
    case("sum(x, dim=0, dtype=int32)", "int[3, 2]"),
]
