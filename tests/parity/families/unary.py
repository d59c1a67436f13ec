"""Elementwise operators of one operand, on floats and integers."""

from case import case

ANY = "neg abs sign square exp expm1 sin cos tan tanh sigmoid erf isnan isinf isfinite logical_not".split()
POSITIVE = "log log2 log10 log1p sqrt rsqrt reciprocal".split()
ROUNDING = "floor ceil round".split()

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
    case("square(x)", "bool[6]"),
]
