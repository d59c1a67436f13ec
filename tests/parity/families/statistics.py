"""Order statistics, quantiles, running values, searching, and what the data decide the size of."""

from case import case

DIMS = ("", ", 1", ", 0, true", ", dim=-1, keepdim=true")
PLACES = "halves[9], weights[4]"

CASES = [
    *[case(f"{name}(x{dims})", operands) for name in ("median", "nanmedian") for dims in DIMS for operands in
      ("float[3, 5]", "int[3, 4]", "float[B, 5]")],
    case("median(x)", "float[]"), case("median(x, 0)", "float[]"), case("nanmedian(x)", "special[10]"), case("median(x)", "special[10]"),
    *[case(f"mode(x{dims})", operands) for dims in DIMS for operands in ("halves[3, 9]", "index[3, 9]", "index[B, 7]", "bool[3, 5]")],
    *[case(f"kthvalue(x, {rest})", operands) for rest in ("2", "3, 1, true", "1, dim=0") for operands in ("float[3, 5]", "int[3, 4]")],
    case("x.kthvalue(2)", "float[B, 6]"), case("kthvalue(x, 1)", "float[]"),
    *[case(f"aminmax(x{dims})", operands, python=f"aminmax(x{dims})") for dims in ("", ", dim=1", ", dim=0, keepdim=true", ", keepdim=true")
      for operands in ("weights[3, 5]", "int[3, 4]", "bool[2, 3]")],
    *[case(f"{name}(x, {rest})", operands) for name in ("quantile", "nanquantile") for rest in
      ("0.3", "0.5, 1", "0.25, 0, true", '0.4, dim=-1, interpolation="nearest"', '0.4, 1, interpolation="midpoint"', "1, keepdim=true")
      for operands in ("float[3, 5]", "float64[3, 4]", "float[B, 5]")],
    case("quantile(x, y)", "float[7], unit[3]"), case("quantile(x, y, 1, true)", "float[3, 5], unit[2]"), case("quantile(x, y)", "float[5], unit[]"),
    case("nanquantile(x, y, dim=0)", "special[10], unit[2]"),
    *[case(f"{name}(x{dims})", operands) for name in ("nansum", "nanmean") for dims in ("", ", 1", ", [0, 1], true", ", dim=-1, keepdim=true")
      for operands in ("float[3, 5]", "float[B, 5]", "bfloat16[2, 3]")],
    case("nansum(x)", "special[10]"), case("nanmean(x, 0)", "special[10]"), case("nansum(x, 1)", "int[3, 4]"), case("nansum(x)", "bool[4]"),
    case("nansum(x, 1, dtype=float64)", "float[3, 4]"), case("nanmean(x, 1, dtype=float64)", "float[3, 4]"),
    *[case(f"count_nonzero(x{dims})", operands) for dims in ("", ", 1", ", [0, 1]", ", dim=-1") for operands in
      ("halves[3, 9]", "int[3, 4]", "bool[3, 4]", "index[B, 6]")],
    *[case(f"{name}(x{rest})", operands) for name in ("var_mean", "std_mean") for rest in ("", ", 1", ", [0, 1], false, true", ", 0, unbiased=false")
      for operands in ("float[3, 5]", "float64[3, 4]", "float[B, 5]")],
    case("dist(x, y)", "float[3, 4], float[4]"), case("dist(x, y, 1)", "float[B, 4], float[B, 4]"), case("x.dist(y, p=3)", "float[3], float64[3]"),
    case("dist(x, y, inf)", "float[3, 4], float[4]"), case("trace(x)", "float[3, 4]"), case("trace(x)", "int[3, 3]"), case("trace(x)", "uint8[3, 3]"),
    *[case(f"renorm(x, {rest})", "float[3, 4]") for rest in ("2, 0, 1.0", "1, 1, 0.5", "3, -1, 2")],
    *[case(f"histc(x{rest})", "weights[20]") for rest in (", 4", ", 5, 0.5, 1.5", ", bins=3, min=0, max=1")], case("histc(x)", "float[B, 6]"),
    *[case(f"cov(x{rest})", operands) for rest in ("", ", correction=0") for operands in ("float[3, 5]", "float[6]", "int[3, 4]", "float64[B, 5]", "float[1, 4]")],
    *[case("corrcoef(x)", operands) for operands in ("float[3, 5]", "float[6]", "float[1, 5]", "float64[B, 5]")],
    *[case(f"{name}(x, {dim})", operands) for name in ("cumprod", "cummax", "cummin") for dim in ("1", "dim=0", "-1") for operands in
      ("float[3, 4]", "int[3, 4]", "float[B, 4]", "bool[2, 3]")],
    case("cumprod(x, 0, dtype=float64)", "float[4]"), case("logcumsumexp(x, 1)", "float[3, 4]"), case("logcumsumexp(x, dim=0)", "float64[B, 4]"),
    *[case(f"diff(x{rest})", operands) for rest in ("", ", 2", ", 1, 0", ", n=0", ", dim=-2") for operands in
      ("float[3, 5]", "int[3, 4]", "bool[3, 4]")],
    case("diff(x, prepend=y)", "float[3, 5], float[3, 1]"), case("diff(x, 1, 0, y, z)", "float[B, 5], float[2, 5], float[1, 5]"),
    case("diff(x)", "float[B, 6]"),
    *[case(f"{name}({rest})", operands) for name in ("trapezoid", "cumulative_trapezoid", ) for rest, operands in
      (("x", "float[3, 5]"), ("x, dx=0.5, dim=0", "float[3, 5]"), ("x, y", "float[3, 5], float[5]"), ("x, y, dim=0", "float[3, 5], float[3, 5]"),
       ("x", "int[3, 5]"), ("x, y", "float[B, 5], float64[5]"))],
    case("trapz(x)", "float[3, 5]"), case("trapz(x, y)", "float[5], float[5]"),
    *[case(f"bucketize(x, sort(y).values{rest})", PLACES, python=f"bucketize(x, sort(y)[0]{rest})") for rest in ("", ", right=true", ", out_int32=true")],
    case("bucketize(0.5, sort(y + x.sum() * 0).values)", "weights[2], weights[4]", python="bucketize(0.5, sort(y)[0])"),
    *[case(f"searchsorted(sort(y).values, x{rest})", PLACES, python=f"searchsorted(sort(y)[0], x{rest})") for rest in ("", ", right=true", ", out_int32=true", ', side="right"', ', side="left"')],
    case("searchsorted(sort(x).values, y)", "weights[2, 5], weights[2, 3]", python="searchsorted(sort(x)[0], y)"),
    case("searchsorted(sort(x).values, 1)", "int[5]", python="searchsorted(sort(x)[0], 1)"),
    case("isin(x, y)", "int[3, 4], int[2]"), case("isin(x, 1)", "index[5]"), case("isin(x, y, invert=true)", "halves[9], halves[3]"),
    case("isin(x, y, assume_unique=true)", "float[3], float[2]"), case("isin(2, x)", "index[5]"),
    case("masked_select(x, x > 0)", "float[3, 4]"), case("x.masked_select(y)", "float[B, 4], bool[4]"), case("masked_select(x, y)", "int[3], bool[2, 3]"),
    *[case(f"unique(x{rest})", operands) for rest in ("", ", return_inverse=true", ", true, true, true", ", return_counts=true",
                                                      ", dim=0", ", return_inverse=true, return_counts=true, dim=1")
      for operands in ("index[3, 4]", "bool[3, 2]")],
    case("unique(x)", "halves[9]"), case("unique(x)", "index[B, 6]"),
    *[case(f"unique_consecutive(x{rest})", "index[3, 4]") for rest in ("", ", return_inverse=true", ", return_counts=true", ", return_inverse=true, return_counts=true", ", dim=0")],
    case("bincount(x)", "index[7]"), case("bincount(x, minlength=6)", "index[7]"), case("bincount(x, y)", "index[7], weights[7]"),
    case("x.bincount(y)", "index[B], float64[B]"), case("argwhere(x > 0)", "float[3, 4]"), case("argwhere(x)", "bool[B, 2]"),
]
