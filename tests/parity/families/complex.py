"""Complex numbers: made of parts, taken apart, and the operators that are true of them."""

from case import case

UNARY = ("neg abs exp log log2 log10 sqrt rsqrt square reciprocal sin cos tan tanh acos asin atan cosh sinh sigmoid sinc angle sgn positive "
         "isreal isnan isinf isfinite logical_not acosh asinh atanh conj conj_physical real imag view_as_real").split()
BINARY = "add sub rsub mul div pow eq ne logical_and logical_or logical_xor true_divide".split()
MOVING = ("flip(x, [0])", "roll(x, 1, 1)", "tril(x)", "diag(x)", "x.T", "x.reshape(-1)", "cat([x, x], dim=1)", "stack([x, x])", "x[:, 1:]", "x[0]",
          "x.repeat(2, 1)", "zeros_like(x)", "ones_like(x)", "x.clone()", "x.unsqueeze(0)", "chunk(x, 2, dim=1)[1]", "x.to(complex128)", "x.sum()",
          "x.sum(dim=0)", "mean(x, dim=1)", "prod(x, dim=1)", "cumsum(x, 1)", "all(x)", "any(x, dim=0)", "detach(x)")

CASES = [
    *[case(f"{name}(x)", operand) for name in UNARY for operand in ("complex64[3, 4]", "complex128[4]", "complex64[B, 4]")],
    *[case(f"{name}(x, y)", operands) for name in BINARY for operands in
      ("complex64[3, 4], complex64[4]", "complex64[3, 4], float[4]", "float[3, 4], complex64[4]", "complex64[3], complex128[3]",
       "complex64[3], float64[3]", "int[4], complex64[4]", "complex64[B, 4], complex64[]", "float64[3], complex64[]")],
    *[case(text, operand) for text in MOVING for operand in ("complex64[4, 4]",)],
    *[case(f"x {op} 2.5", "complex64[3]") for op in "+ - * /".split()], case("2 * x - 1", "complex64[B, 3]"), case("x ** 2", "complex64[3]"), case("x ** -1", "complex64[3]"),
    *[case(f"{name}(x, y)", operands) for name in ("complex", "polar") for operands in ("float[3, 4], float[4]", "float64[3], float64[3]", "float[B, 3], float[3]")],
    case("view_as_complex(x)", "float[3, 4, 2]"), case("view_as_complex(x)", "float64[B, 2]"), case("view_as_complex(x.unflatten(-1, [-1, 2]))", "float[2, 6]"),
    case("view_as_real(view_as_complex(x.unflatten(-1, [-1, 2])) * polar(ones_like(y), y)).flatten(-2)", "float[2, 5, 6], float[5, 3]"),
    case("x.real * x.imag", "complex64[3]"), case("x.real", "float[3]"), case("x @ y", "complex64[2, 3], complex64[3, 4]"), case("bmm(x, y)", "complex64[B, 2, 3], complex64[B, 3, 4]"),
    case("einsum(\"ij,jk->ik\", x, y)", "complex64[2, 3], complex64[3, 4]"), case("vdot(x, y)", "complex64[3], complex64[3]"), case("vdot(x, y)", "float[3], float[3]"),
    *[case(text, operand) for text in ("linalg.eigvals(x)", "linalg.eig(x)[0]", "abs(linalg.eig(x)[1])") for operand in ("float[4, 4]", "complex64[2, 3, 3]", "float64[3, 3]")],
    case("where(x, y, z)", "bool[3], complex64[3], float[3]"), case("masked_fill(x, y, 0.5)", "complex64[3], bool[3]"),
    case("gather(x, 1, y)", "complex64[3, 4], index[3, 2]"), case("index_select(x, 0, y)", "complex64[4, 2], index[3]"),
    case("x.cfloat()", "float[3]"), case("x.cdouble()", "complex64[3]"), case("x.to(complex64) * complex(x, x)", "float[4]"),
    case("zeros(2, 3, dtype=complex64) + x", "float[3]"), case("x.abs() + x.angle()", "complex64[3, 4]"),
]
