"""Order: topk, sort, argsort."""

from case import case, cases

CASES = [
    *cases('''
        topk(x, 2)
        topk(x, 2, dim=0)
        topk(x, k=1, dim=-1, largest=false)
        x.topk(3).values
        x.topk(3, 1, false).indices
        topk(x, 5)[1]
        sort(x)
        sort(x, dim=0)
        x.sort(-1, true)
        sort(x, dim=1, descending=true).values
        sort(x).indices
        argsort(x)
        argsort(x, dim=0)
        x.argsort(-1, true)
        argsort(x, descending=true)
    ''', "float[3, 5]"),
    case("topk(x, 2)", "float[B, 6]"), case("sort(x)", "float[B, 6]"), case("argsort(x)", "float[B, 6]"),
    case("sort(x, stable=true)", "index[9]"), case("argsort(x, dim=0, stable=true)", "index[9, 2]"),
    case("sort(x).values", "int[7]"), case("topk(x, 3).values", "int[7]"),
    case("sort(x, descending=true).values", "bool[5]"),
    case("sort(x).values", "uint8[5]"), case("sort(x)", "float64[5]"), case("sort(x)", "float[]"),
    case("msort(x)", "float[4, 3]"), case("x.msort()", "int[5]"), case("msort(x)", "float[4, B]"),
]
