"""Elementwise operators of two operands: broadcasting, numbers on either side, mixed dtypes, negatives."""

from case import case, cases

ARITHMETIC = '''
    x + y
    x - y
    x * y
    x / y
    x // y
    x % y
    maximum(x, y)
    minimum(x, y)
    x == y
    x != y
    x < y
    x <= y
    x > y
    x >= y
    add(x, y)
    sub(x, y)
    mul(x, y)
    div(x, y)
    floor_divide(x, y)
    remainder(x, y)
    eq(x, y)
    ne(x, y)
    lt(x, y)
    le(x, y)
    gt(x, y)
    ge(x, y)
    logical_and(x, y)
    logical_or(x, y)
    div(x, y, rounding_mode="trunc")
    div(x, y, rounding_mode="floor")
'''
# Odd whatever is fed: `modelc build` runs the model on zeros, and integers are not divided by 0.
ODD = ARITHMETIC.replace(" y", " (y | 1)")
NUMBERS = '''
    x + 2
    2 + x
    x - 2
    2 - x
    x * 3
    3 * x
    x / 2
    x // 2
    x // -2
    x % 3
    x % -3
    x ** 2
    x ** 3
    x == 2
    2 == x
    x < 2
    2 < x
    x >= -1
    x != 0
    x + 0.5
    1.5 - x
    x * 0.5
    x / 0.5
    x // 0.7
    x % 0.7
    x ** 2.0
    x < 0.5
    x + true
    clamp(x, -1, 1)
    clamp(x, min=-1)
    clamp(x, max=1)
    clip(x, -2, 2)
    pow(x, 2)
    div(x, 2, rounding_mode="trunc")
    div(x, -2, rounding_mode="floor")
    where(x > 0, x, 2)
    where(x > 0, 1, x)
    where(x > 0, 1.0, 0.0)
    where(x > 0, 1, 0)
    where(x > 0, x, -x)
    x.where(x > 0, -x)
    masked_fill(x, x > 0, 3)
    x.masked_fill(x < 0, 0)
'''

CASES = [
    *cases(ARITHMETIC, "halves[3, 4], nonzero[3, 4]"), *cases(ARITHMETIC, "float[3, 1], float[2, 1, 4]"),
    *cases(ODD, "int[3, 4], int[4]"), *cases(NUMBERS, "int[3, 4]"), *cases(NUMBERS, "halves[3, 4]"),
    *cases(ARITHMETIC.replace("x - y", "x + y").replace("sub(", "add("), "float[B, 6], positive[6]"),
    *cases(NUMBERS, "int32[3, 4]"), *cases(NUMBERS, "float64[5]"),
    case("2 / x", "positive[3]"), case("7 // (x | 1)", "int[5]"), case("-7 // (x | 1)", "int[5]"),
    case("7 % (x | 1)", "int[5]"),
    case("-7 % (x | 1)", "int[5]"), case("7 / x", "nonzero[5]"), case("2 ** x", "float[4]"),
    case("2 ** x.abs()", "int[4]"),
    case("2.5 // (x | 1)", "int[5]"), case("2.5 % (x | 1)", "int[5]"), case("x ** y", "positive[3, 4], float[4]"),
    case("x ** y", "int[3, 4], index[4]"), case("x ** -1", "positive[4]"), case("x ** 0.5", "positive[4]"),
    case("x ** -0.5", "positive[4]"),
    case("x ** 0", "float[4]"), case("x ** 0", "int[4]"), case("x ** 1", "float[4]"), case("pow(2, x)", "float[4]"),
    case("pow(x, y)", "positive[4], int[4]"), case("pow(x, 0.5)", "positive[3]"), case("2 ** x", "index[4]"),
    *[case(f"x {op} y", operands) for op in "+ * / < ==".split() for operands in (
        "int[4], float[4]", "int32[4], int[4]", "uint8[4], int8[4]", "uint8[4], int16[4]", "float[4], float64[4]",
        "float16[4], float[4]", "bfloat16[4], float[4]", "bool[4], int[4]", "bool[4], float[4]", "bool[4], uint8[4]",
        "float64[4], float[]", "float[4], float64[]", "int[], float[4]", "int32[4], int[]", "float[], int[4]",
        "bfloat16[4], bfloat16[4]", "int32[4], float[]", "float16[4], bfloat16[4]", "int8[4], float64[]")],
    *cases('''
        x & y
        x | y
        x == y
        x != y
        logical_and(x, y)
        logical_or(x, y)
        x + y
        x * y
        maximum(x, y)
        x & true
        ~x | y
        bitwise_and(x, y)
        bitwise_or(x, y)
        where(x, y, false)
        where(x, 1, 0)
        where(x, 1.5, 0)
        where(x, y, 2)
        x.masked_fill(y, true)
    ''', "bool[3, 4], bool[4]"),
    case("x & y", "int[4], int[4]"), case("x | 4", "int[4]"), case("x & 3", "uint8[4]"),
    case("bitwise_and(x, y)", "bool[B, 6], bool[6]"),
    case("bitwise_or(x, y)", "bool[B, 6], bool[6]"), case("x & y", "int32[4], bool[4]"),
    case("where(x, y, 0.0)", "bool[4, 1], float[3]"), case("where(x, y, 2)", "bool[4, 1], int[3]"),
    case("where(x, y, z)", "bool[2, 1, 4], float[3, 1], float[4]"), case("where(x, y, z)", "bool[3], int[3], float[3]"),
    case("where(x, y, -inf)", "bool[4, 1], float[3]"), case("where(x, y, 0.5)", "bool[4], int[4]"),
    case("where(x, y, 0)", "bool[4], float[4]"), case("where(x, y, 0.5)", "bool[4], float64[4]"),
    case("where(x, y, 1)", "bool[4], int32[4]"),
    case("masked_fill(x, y, -1.0)", "float[4, 3], bool[3]"), case("masked_fill(x, y, 0.0)", "float[B, 6], bool[B, 6]"),
    case("masked_fill(x, y, z)", "float[4, 3], bool[4, 3], float[]"),
    case("x.masked_fill(y, 7)", "int[4, 3], bool[4, 1]"),
    case("masked_fill(x, y, 1)", "float[3], bool[4, 3]"), case("masked_fill(x, y, -inf)", "float[4, 3], bool[4, 3]"),
    case("clamp(x, y, z)", "float[4, 3], float[3], positive[4, 1]"), case("clamp(x, min=y)", "float[4, 3], float[3]"),
    case("clamp(x, -1)", "bool[4]"), case("clamp(x, y, z)", "uint8[4], int8[4], int8[4]"),
    case("clamp(x, max=y.shape[0] - 2)", "int[6], float[T]"), case("masked_fill(x, x > 0, y.shape[0])", "float[6], float[T]"),
    case("clamp(x, 0.5, 1.5)", "int[4]"), case("clamp(x, max=0.5)", "int[4]"),
    case("x.clip(max=y)", "float[4, 3], float[1]"),
    case("clamp(x, 1, -1)", "float[5]"), case("clamp(x, 0, 2.5)", "float[5]"), case("clamp(x, 0)", "int32[5]"),
    case("maximum(x, 0)", "float[4]", python="maximum(x, zeros(()))"),
    case("minimum(x, 1)", "int[4]", python="x.clamp(max=1)"),
    case("(x > 0) + 1", "float[3]"), case("(x > 0) * 2.5", "float[3]"), case("x + x > 0", "float[3]"),
    case("(x > 0) & (x < 1)", "float[5]"), case("x * x.ndim", "float[3, 2]"), case("x / x.shape[0]", "float[B, 3]"),
    case("x + 1e-3", "float16[4]"), case("x * 2", "float16[4]"), case("x / 3", "uint8[4]"), case("x + 1", "uint8[4]"),
    case("x + 1.5", "uint8[4]"),
    case("x + 1", "bool[4]"), case("x * 1.5", "bool[4]"), case("x / 2", "bool[4]"),
    case("x / y", "bool[4], nonzero[4]"),
    case("masked_fill(x, y, 0.0)", "int[4, 3], bool[4, 3]"), case("masked_fill(x, y, 1.5)", "int[4, 3], bool[4, 3]"),
    case("masked_fill(x, y, -1)", "uint8[4, 3], bool[4, 3]"), case("masked_fill(x, y, 0.0)", "bool[4, 3], bool[4, 3]"),
    # of tensors and numbers
    *[case(f"{name}(x, y)", operands) for name in "fmod xlogy copysign float_power".split() for operands in
      ("positive[2, 3], positive[3]", "float[B, 1], positive[3]", "index[3], nonzero[3]", "positive[3], float64[3]", "bfloat16[4], bfloat16[4]")
      if not (name in ("xlogy", "float_power", "fmod") and "nonzero" in operands)],
    case("fmod(x, y * y + 1)", "index[3], int[3]"),
    *[case(f"{name}(x, {number})", operands) for name in "fmod copysign float_power".split() for number in ("2", "1.5")
      for operands in ("positive[4]", "index[4]")],
    case("xlogy(x, 2)", "float[4]"), case("xlogy(2.5, x)", "positive[4]"), case("float_power(2, x)", "float[4]"),
    *[case(f"{name}(x, y)", operands) for name in "atan2 hypot logaddexp logaddexp2 fmax fmin ldexp nextafter".split() for operands in
      ("float[2, 3], float[3]", "float[B, 1], float[3]", "float[3], float64[3]", "float[3], int[3]")],
    *[case(f"{name}(x, y)", operands) for name in "atan2 fmax fmin ldexp".split() for operands in ("int[3], int[3]", "bool[3], bool[3]")],
    case("arctan2(x, y)", "float[2, 3], float[3]"), case("ldexp(x, y)", "float16[3], int[3]"),
    *[case(f"{name}(x, y)", "weights[2, 3], positive[3]") for name in ("igamma", "igammac")],
    *[case(f"{name}(x, y)", operands) for name in "gcd lcm bitwise_left_shift bitwise_right_shift".split() for operands in
      ("index[4], nonzero[4]", "uint8[3], index[3]", "int32[2, 1], index32[3]") if not ("shift" in name and "nonzero" in operands)],
    case("bitwise_left_shift(x, 2)", "int[4]"), case("bitwise_right_shift(x, 1)", "int[4]"),
    *[case(f"{name}(x, y)", operands) for name in ("bitwise_xor",) for operands in ("bool[3], bool[3]", "int[2, 3], int[3]", "uint8[3], int32[3]")],
    case("bitwise_xor(x, 3)", "int[4]"),
    *[case("logical_xor(x, y)", operands) for operands in ("bool[3], bool[3]", "halves[5], int[5]")],
    case("heaviside(x, y)", "halves[2, 5], weights[5]"), case("heaviside(x, y)", "int[5], int[5]"),
    case("isclose(x, y)", "halves[9], halves[9]"), case("isclose(x, y, equal_nan=true)", "special[9], special[9]"),
    case("isclose(x, y, 0.5, 0.5)", "float[3, 2], float[2]"), case("isclose(x, y)", "int[4], int[4]"),
    case("rsub(x, y)", "float[2, 3], float[3]"), case("rsub(x, 2)", "int[3]"),
    *[case(f"{name}(x, y)", "float[2, 3], nonzero[3]") for name in
      "multiply subtract divide true_divide less less_equal greater greater_equal not_equal".split()],
    case("true_divide(x, 2)", "int[3]"), case("divide(x, y, rounding_mode=\"floor\")", "float[3], positive[3]"), case("x.multiply(2)", "float[B]"),
    case("lerp(x, y, 0.3)", "float[2, 3], float[3]"), case("lerp(x, y, z)", "float[2, 3], float[3], unit[2, 1]"),
    case("x.lerp(y, weight=2)", "float[B, 3], float[3]"),
    *[case(f"{name}(x, y, z)", operands) for name in ("addcmul", "addcdiv") for operands in
      ("float[2, 3], float[3], positive[2, 1]", "float[B, 3], float64[3], positive[3]")],
    case("addcmul(x, y, z, value=2)", "int[3], int[3], int[3]"), case("addcmul(x, y, z, value=0.5)", "float[3], int[3], float[3]"),
    case("addcdiv(x, y, z, value=0.5)", "float[3], float[3], positive[3]"),
    *[case(f"{name}(x, {bound})", operands) for name in ("clamp_min", "clamp_max") for bound, operands in
      (("0.2", "float[2, 3]"), ("y", "float[2, 3], float[3]"), ("1", "int[4]"), ("0.5", "int[4]"), ("y", "float[B, 1], float[3]"))],
    case("x.type_as(y)", "int[3], float[2]"), case("type_as(x, y)", "float[3], float64[2]", python="x.type_as(y)"),
]
