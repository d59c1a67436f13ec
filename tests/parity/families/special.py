"""torch.special, in its own names."""

from case import case

SMOOTH = "entr erf erfc erfcx erfinv exp2 expit expm1 gammaln i0 i0e i1 i1e log1p log_ndtr logit ndtr ndtri psi digamma sinc".split()
PLAIN = ("airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 "
         "modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0").split()
POLYNOMIALS = [*[f"{shifted}chebyshev_polynomial_{kind}" for shifted in ("", "shifted_") for kind in "tuvw"],
               "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p"]

CASES = [
    *[case(f"special.{name}(x)", operands) for name in SMOOTH for operands in ("unit[2, 6]", "unit[B, 6]", "int[4]", "bool[3]")],
    *[case(f"special.{name}(x)", operands) for name in PLAIN for operands in ("unit[2, 6]", "float64[B, 6]", "int[4]")],
    *[case(f"special.{name}(x, {degree})", operands) for name in POLYNOMIALS for degree, operands in
      ((3, "unit[2, 6]"), ("y", "float[2, 3], index[3]"), (2, "float64[B]"), (4, "int[3]"))],
    *[case(f"special.{name}(x, y)", operands) for name in ("xlogy", "xlog1py") for operands in
      ("float[2, 3], positive[3]", "index[3], positive[3]", "int[3], index[3]")],
    case("special.xlog1py(2.0, x)", "positive[3]"), case("special.xlogy(x, 0.5)", "float[3]"),
    case("special.zeta(x + 1.5, y)", "positive[2, 3], positive[3]"), case("special.zeta(x, 2.0)", "index[3]"),
    *[case(f"special.{name}(x, y)", "weights[2, 3], positive[3]") for name in ("gammainc", "gammaincc")],
    case("special.polygamma(2, x)", "positive[3]"), case("special.multigammaln(x + 2.0, 2)", "positive[3]"),
    case("special.round(x)", "halves[4]"), case("special.softmax(x, 1)", "float[2, 3]"), case("special.log_softmax(x, dim=0)", "float[B, 3]"),
    case("special.logsumexp(x, 1)", "float[2, 3]"), case("special.logsumexp(x, [0, 1], keepdim=true)", "float[2, 3]"),
]
