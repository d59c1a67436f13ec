"""Elementwise operators of one operand, on floats and integers."""

from case import case

ANY = "neg abs sign square exp expm1 sin cos tan tanh sigmoid erf isnan isinf isfinite logical_not".split()
POSITIVE = "log log2 log10 log1p sqrt rsqrt reciprocal".split()
ROUNDING = "floor ceil round".split()

SMOOTH = ("acos asin asinh atan atanh cosh sinh exp2 erfc erfinv sinc lgamma digamma i0 deg2rad rad2deg angle").split()
BEYOND_ONE = "acosh lgamma digamma".split()

CASES = [
    *[case(f"{name}(x)", "float[B, 6]") for name in ANY + ROUNDING],
    *[case(f"{name}(x)", "float[2, 6]") for name in ANY], *[case(f"{name}(x)", "positive[2, 6]") for name in POSITIVE],
    *[case(f"{name}(x)", "halves[3, 6]") for name in ROUNDING + ["sign", "abs"]],
    *[case(f"{name}(x)", "int[3, 6]") for name in ANY],
    *[case(f"{name}(x)", "float64[3, 6]") for name in ANY + ROUNDING],
    *[case(f"{name}(x)", "int32[6]") for name in "neg abs sign square exp tanh sigmoid".split()],
    *[case(f"{name}(x)", "uint8[6]") for name in "neg abs sign square exp log1p sqrt".split()],
    *[case(f"{name}(x)", "bool[6]") for name in "exp sqrt sin sign sigmoid logical_not bitwise_not isnan".split()],
    *[case(f"{name}(x)", "special[10]") for name in "isnan isinf isfinite relu sigmoid floor sign logical_not".split()],
    *[case(f"{name}(x)", "bfloat16[6]") for name in ANY], case("x.floor()", "int[4]"), case("round(x)", "int[4]"),
    case("-x", "float[3]"), case("-x", "int[3]"), case("~x", "bool[3]"), case("~x", "int[3]"), case("~x", "uint8[3]"),
    case("x.abs().sqrt()", "float[3]"), case("exp(x)", "float[]"), case("bitwise_not(x)", "bool[B, 6]"),
    case("square(x)", "bool[6]"), case("round(x, decimals=2)", "float[B, 6]"), case("x.round(decimals=-1)", "float64[5]"),
    *[case(f"{name}(x)", operands) for name in SMOOTH for operands in
      ("unit[2, 6]", "float[B, 6]", "float64[3, 6]", "int[3, 6]", "bool[6]", "bfloat16[6]", "uint8[6]")],
    *[case(f"{name}(x)", operands) for name in BEYOND_ONE for operands in ("positive[2, 6]", "int[4]")],
    *[case(f"{name}(x)", operands) for name in "trunc positive sgn".split() for operands in
      ("halves[3, 6]", "int[3]", "uint8[4]", "float[B, 6]", "bfloat16[5]")],
    case("frac(x)", "halves[3, 6]"), case("frac(x)", "float[B, 6]"), case("sgn(x)", "bool[4]"),
    *[case(f"{name}(x)", operands) for name in "signbit isposinf isneginf isreal real conj nan_to_num".split() for operands in
      ("special[10]", "float[2, 3]", "int[4]", "bool[4]", "float[B, 2]")],
    case("nan_to_num(x, 0.5, 2.0, -3.0)", "special[10]"), case("nan_to_num(x, posinf=7.0)", "special[10]"),
    case("logit(x)", "unit[2, 6]"), case("logit(x, 0.3)", "unit[2, 6]"), case("x.logit(eps=0.2)", "unit[B, 3]"),
    case("polygamma(0, x)", "positive[4]"), case("polygamma(2, x)", "positive[B, 4]"), case("polygamma(1, x)", "int[3]", python="polygamma(1, x)"),
    case("mvlgamma(x + 3.0, 2)", "positive[4]"), case("x.mvlgamma(1)", "positive[B, 4]"),
    *[case(f"{name}(x)", "unit[5]") for name in "absolute negative fix arccos arcsin arcsinh arctan arctanh".split()],
    case("arccosh(x + 1.0)", "positive[5]"), case("x.absolute()", "int[4]"), case("x.arctan()", "float[B]"),
]
