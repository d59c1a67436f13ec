"""Tensors made of sizes and numbers."""

from case import case, cases

CASES = [
    *cases('''
        zeros(2, 3) + x
        zeros([2, 3])
        zeros((3,), dtype=int64)
        ones(3)
        ones([2], dtype=bool)
        full([2, 3], 0.5)
        full([2], 3)
        full([2], true)
        full((2,), 3, dtype=float64)
        full([2], 2.5, dtype=float32)
        eye(3)
        eye(2, 4)
        eye(3, dtype=int64)
        eye(n=2, m=3)
        arange(5)
        arange(1, 6)
        arange(1, 6, 2)
        arange(5.0)
        arange(0, 1, 0.3)
        arange(5, 0, -2)
        arange(3, dtype=float32)
        arange(0.5, 3)
        arange(end=4)
        arange(2, 7, step=3)
        linspace(0, 1, 5)
        linspace(-1, 1, steps=4)
        linspace(2, 1, 3, dtype=float64)
        linspace(0, 1, 1)
        zeros_like(x)
        ones_like(x)
        full_like(x, 2)
        full_like(x, 2.5)
        zeros_like(x, dtype=int64)
        ones_like(x, dtype=bool)
        full_like(x, 2, dtype=int32)
        arange(x.shape[0])
        arange(3) + x
        zeros(x.shape)
        zeros(x.shape[0], 2)
        ones(2, 2).tril()
    ''', "float[3]"),
    case("zeros_like(x)", "int[3]"), case("ones_like(x)", "bool[3]"), case("full_like(x, 2)", "int[3]"),
    case("full_like(x, true)", "bool[3]"),
    case("full_like(x, 2.5)", "float64[3]"), case("zeros(x.shape[0], 3) + y", "float[B, 2], float[3]"),
    case("full_like(x, 1)", "uint8[3]"),
    case("arange(x.shape[1])", "float[B, T]"), case("arange(x.shape[1]) < y[:, null]", "float[B, T], int[B]"),
    case("zeros_like(x)", "float[B, 6]"), case("ones_like(x)", "float[B, 6]"),
    case("full([x.shape[0], 2], 1.5)", "float[B, 6]"),
    case("eye(x.shape[1])", "float[B, T]"), case("arange(1, x.shape[1] + 1)", "float[B, T]"),
    case("zeros([])", "float[2]"),
    case("ones(x.shape[0], dtype=y.dtype)", "float[B], float64[2]"), case("linspace(0, 1, x.shape[1])", "float[B, T]"),
    *[case(f"x.new_{name} + x.sum()", "float[3]") for name in ("zeros(2, 3)", "ones([2])", "full([2, 2], 0.5)", "zeros(2, dtype=float64)")],
    case("x.new_ones(x.shape[0], 2)", "int[B]"), case("x.new_empty(2, 3)", "float[2]", python="x.new_zeros(2, 3)"), case("empty(2, 3)", python="zeros(2, 3)"),
    case("empty_like(x)", "float[B, 3]", python="zeros_like(x)"), case("tensor(2.5)"), case("tensor([1, 2, 3])"), case("tensor([[1, 2.5], [0, -3]])"), case("tensor([true, false])"),
    case("tensor([1, 2], dtype=float64)"), case("x + tensor([1.0, 2.0])", "float[B, 2]"), case("as_tensor([1, 2])"), case("as_tensor(x)", "float[B, 2]"), case("as_tensor(x, dtype=float64)", "float[2]"), case("tensor(x)", "float[2]"), case("scalar_tensor(2)", python="scalar_tensor(2.0)"),
    case("logspace(0.0, 1.0, 5)"), case("logspace(-1, 2, 4, base=2)"), case("logspace(0, 1, steps=3, dtype=float64)"),
    *[case(f"{name}_window({rest})") for name in ("hann", "hamming", "blackman", "bartlett", "kaiser") for rest in ("8", "7, false", "6, dtype=float64", "1")],
    case("hamming_window(6, true, 0.5, 0.5)"), case("kaiser_window(6, true, 8.0)"),
    *[case(f"{name}_indices({rest})") for name in ("tril", "triu") for rest in ("3, 3", "4, 2, 1", "2, 5, -1", "3, 4, offset=2")],
]
