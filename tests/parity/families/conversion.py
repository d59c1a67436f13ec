"""Conversions between dtypes, and operators that pass values on."""

from case import case

CASES = [
    *[case(f"x.{name}()", operands) for name in "float double half int long bool".split() for operands in (
        "float[B, 6]", "int[4]", "bool[4]", "uint8[4]", "halves[6]", "float64[3]")],
    *[case(f"x.to({name})", operands) for name in
      "float32 float64 float16 bfloat16 int64 int32 int16 bool uint8 int8".split() for operands in ("int[4]", "bool[4]", "positive[4]")],
    case("x.to(float32)", "int[B, 6]"), case("to(x, int32)", "halves[6]"), case("x.to(y.dtype)", "int[3], float64[2]"),
    case("x.float().sum()", "uint8[4]"), case("x.detach()", "float[B, 6]"), case("detach(x) * x", "float[4]"),
    case("x.contiguous()", "float[B, 6]"), case("x.t().contiguous()", "float[2, 3]"), case("x.clone()", "float[B, 6]"),
    case("clone(x) + x", "float[4]"), case("x.float()", "float[3]"), case("x.double() * x", "float[3]"),
    case("x.to(float64)", "float[3]"),
    *[case(f"x.{name}()", operands) for name in "bfloat16 short byte char".split() for operands in ("halves[4]", "index[B, 2]", "bool[3]")
      if not (name in ("byte", "char") and operands.startswith("halves"))],
    # The derivative of a number by what it was computed from: of a parameter, of an input, of a value in between.
    case("grad(sum(x ** 3), x)", "float[4]", python="torch.autograd.grad((x ** 3).sum(), x, create_graph=True)[0]"),
    case("grad(sum(sin(x) * y), x) ** 2", "float[B, 4], float[4]", python="(x.cos() * y) ** 2"),
    case("grad(mean(exp(x)), x)", "float[2, 3]",
         python="torch.autograd.grad(x.exp().mean(), x, create_graph=True)[0]"),
]
