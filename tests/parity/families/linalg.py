"""Linear algebra: matrices that are square, positive definite, or any; norms, distances, weighted products."""

from case import case

SPD = "(x @ x.transpose(-2, -1) + 2 * eye(3))"
SHAPES = ("float[3, 3]", "float[2, 3, 3]", "float64[B, 3, 3]")

CASES = [
    *[case(f"{name}(x + 2 * eye(3))", operands) for name in "linalg.inv inverse linalg.det det linalg.matrix_exp matrix_exp linalg.slogdet slogdet".split()
      for operands in SHAPES],
    *[case(f"{name}({SPD})", operands) for name in "linalg.cholesky logdet linalg.eigvalsh linalg.matrix_rank linalg.svdvals".split() for operands in SHAPES],
    *[case(f"linalg.matrix_power(x, {n})", "float[B, 3, 3]") for n in (0, 1, 3, -2)], case("matrix_power(x, 2)", "float[3, 3]"),
    case(f"linalg.cholesky({SPD}, upper=true)", "float[2, 3, 3]"), case("cholesky_inverse(x + 2 * eye(3))", "float[3, 3]"), case("cholesky_inverse(x + 2 * eye(3), true)", "float[3, 3]"),
    case("cholesky_solve(x, y + 2 * eye(3))", "float[3, 2], float[3, 3]"),
    case(f"linalg.eigh({SPD}).eigenvalues", "float[3, 3]", python=f"linalg.eigh({SPD})[0]"), case(f"abs(linalg.eigh({SPD}).eigenvectors)", "float[2, 3, 3]", python=f"abs(linalg.eigh({SPD})[1])"),
    *[case(f"linalg.qr(x{rest})", "float[4, 3]") for rest in ("", ', "reduced"')], case('linalg.qr(x, mode="complete")', "float[3, 3]"), case("linalg.qr(x)", "float[B, 4, 3]"),
    case("linalg.svd(x, full_matrices=false).S", "float[4, 3]", python="linalg.svd(x, full_matrices=False)[1]"),
    case("linalg.svd(x).S", "float[B, 2, 3]", python="linalg.svd(x)[1]"), case("linalg.lu(x)", "float[3, 3]"), case("linalg.lu(x)", "float[B, 4, 3]"),
    case("linalg.lu_factor(x)", "float[B, 3, 3]"), case("linalg.pinv(x)", "float[4, 3]"), case("linalg.pinv(x)", "float[B, 3, 4]"), case(f"linalg.pinv({SPD}, hermitian=true)", "float[3, 3]"),
    *[case(f"linalg.cond(x + 2 * eye(3){rest})", "float[2, 3, 3]") for rest in ("", ", 2", ", -2", ', "fro"', ", 1", ", inf")],
    case("linalg.householder_product(x, y)", "float[4, 3], float[3]"),
    *[case("linalg.solve(x + 2 * eye(3), y)", operands) for operands in
      ("float[3, 3], float[3]", "float[3, 3], float[3, 2]", "float[2, 3, 3], float[3, 2]", "float[2, 3, 3], float[2, 3]", "float[B, 3, 3], float[B, 3, 2]")],
    *[case(f"linalg.solve_triangular(x + 2 * eye(3), y, {rest})", operands) for rest, operands in
      (("upper=true", "float[3, 3], float[3, 2]"), ("upper=false, unitriangular=true", "float[2, 3, 3], float[3, 2]"), ("upper=true, left=false", "float[3, 3], float[2, 3]"))],
    case("linalg.tensorinv(x + 3 * eye(6).reshape(6, 2, 3), 1)", "float[6, 2, 3]"),
    case("linalg.tensorinv(x + 3 * eye(6).reshape(2, 3, 6))", "float[2, 3, 6]"),
    *[case(f"linalg.vector_norm(x{rest})", operands) for rest in ("", ", 1", ", 3, 1", ", inf, [0, 1], true", ", ord=0.5, dim=-1", ", dim=0, dtype=float64")
      for operands in ("float[3, 4]", "float64[B, 4]")],
    *[case(f"linalg.matrix_norm(x{rest})", "float[2, 3, 4]") for rest in ("", ', "nuc"', ", 1", ", inf, [0, 2]", ", 2, keepdim=true", ', "fro", [0, 1], true')],
    *[case(f"linalg.norm(x{rest})", "float[3, 4]") for rest in ("", ", 2", ', "fro"', ", 1, 0", ", null, 1", ', "nuc", [0, 1], true', ", ord=inf, dim=1, keepdim=true")],
    case("linalg.norm(x, 3)", "float[B]"), *[case("linalg.vecdot(x, y)", operands) for operands in ("float[3, 4], float[4]", "float[B, 3], float[B, 3]")],
    case("linalg.vecdot(x, y, dim=0)", "float[3, 4], float[3, 4]"),
    *[case(f"{name}(x, y)", operands) for name in ("cross", "linalg.cross") for operands in ("float[4, 3], float[4, 3]", "float[B, 3], float[1, 3]", "int[3], int[3]")],
    case("cross(x, y, 0)", "float[3, 4], float[3, 4]"), case("linalg.cross(x, y, dim=0)", "float[3, 4], float[3, 1]"),
    case("linalg.vander(x)", "float[3]"), case("linalg.vander(x, N=4)", "int[2, 3]"), case("linalg.diagonal(x)", "float[B, 3, 4]"), case("linalg.diagonal(x, offset=1, dim1=0, dim2=1)", "float[3, 4]"),
    case("linalg.matmul(x, y)", "float[2, 3], float[3, 2]"), case("ger(x, y)", "float[2], float[3]"),
    *[case(f"pairwise_distance(x, y{rest})", "float[4, 3], float[4, 3]") for rest in ("", ", 1", ", 3, 0.1, true")], case("pairwise_distance(x, y)", "float[B, 3], float[3]"),
    case("PairwiseDistance()", "float[4, 3], float[4, 3]"), case("PairwiseDistance(1, 0.1, true)", "float[B, 3], float[B, 3]"),
    *[case(f"cdist(x, y{rest})", "float[4, 3], float[5, 3]") for rest in ("", ", 1", ", p=3", ", inf")], case("cdist(x, y)", "float[B, 2, 3], float[1, 4, 3]"),
    *[case(f"pdist(x{rest})", "float[4, 3]") for rest in ("", ", 1", ", 3")], case("pdist(x)", "float[4, B]"),
    *[case(f"addmm(x, y, z{rest})", "float[4], float[2, 3], float[3, 4]") for rest in ("", ", beta=0.5, alpha=2")], case("addmm(x, y, z)", "int[4], int[2, 3], int[3, 4]"),
    *[case(f"{name}(x, y, z{rest})", "float[2, 4], float[B, 2, 3], float[B, 3, 4]") for name in ("addbmm", "baddbmm") for rest in ("", ", beta=0.5, alpha=2")],
    case("addmv(x, y, z)", "float[2], float[2, 3], float[3]"), case("addr(x, y, z, alpha=0.5)", "float[2, 3], float[2], float[3]"), case("mv(x, y)", "float[B, 3], float[3]"),
    *[case("inner(x, y)", operands) for operands in ("float[2, 3], float[4, 3]", "float[3], float[3]", "float[], float[2, 3]", "int[2, 3], int[3]")],
    *[case("kron(x, y)", operands) for operands in ("float[2, 3], float[3]", "float[2], float[B]", "float[2, 2], int[2, 1, 2]", "float[], float[3]", "int32[], int8[3]")],
    *[case(f"tensordot(x, y, {dims})", operands) for dims, operands in
      (("1", "float[2, 3], float[3, 4]"), ("2", "float[B, 3, 4], float[3, 4, 2]"), ("[[0, 2], [1, 0]]", "float[2, 3, 4], float[4, 2, 5]"), ("0", "float[2], float[3]"))],
    case("tensordot(x, y)", "float[2, 3, 4], float[3, 4]"), case("linalg.multi_dot([x, y, z])", "float[2, 3], float[3, 4], float[4, 2]"),
    case("linalg.multi_dot([x, y, z])", "float[3], float[3, 4], float[4]"), case("chain_matmul(x, y, z)", "float[B, 3], float[3, 4], float[4, 2]"),
    case("vdot(x, y)", "float[4], float[4]"), case("pinverse(x)", "float[4, 3]"),
]
