"""Activations, as modules and functions, with their arguments."""

import torch

from case import case, cases

PLAIN = """ReLU ReLU6 LeakyReLU ELU SELU CELU GELU SiLU Mish Sigmoid Tanh Softplus Softsign Hardtanh Hardsigmoid Hardswish
    Hardshrink Softshrink Tanhshrink LogSigmoid""".split()

def drawn(got):
    """Slopes are drawn; type and sizes are compared."""


def shares(got):
    return None if torch.allclose(got.sum(-1), torch.ones(got.shape[:-1])) else "the shares do not add up to 1"


CASES = [
    *[case(f"{name}()", "float[3, 6]") for name in PLAIN],
    *[case(f"{name}()", "float64[B, 6]") for name in PLAIN],
    *cases('''
        LeakyReLU(0.3)
        ELU(0.7)
        CELU(alpha=0.3)
        GELU("tanh")
        Softplus(2, 1)
        Softplus(beta=0.5, threshold=0.1)
        Hardtanh(-0.3, 0.6)
        Hardshrink(0.2)
        Softshrink(0.2)
        Threshold(0.1, 20)
        Threshold(-0.5, -2.5)
        Softmax()
        Softmax(dim=0)
        Softmax(-1)
        LogSoftmax(dim=1)
        LogSoftmax()
        Softmin(dim=1)
        Softmin()
        GLU()
        GLU(0)
        GLU(dim=-2)
        PReLU()
        PReLU(init=0.1)
        PReLU(6)
        relu(x)
        x.relu()
        gelu(x)
        gelu(x, approximate="tanh")
        silu(x)
        leaky_relu(x)
        leaky_relu(x, 0.2)
        elu(x)
        elu(x, alpha=0.7)
        softplus(x)
        softplus(x, 2, 0.5)
        softmax(x, dim=-1)
        softmax(x, 0)
        softmax(x, dim=1, dtype=float64)
        x.softmax(-1)
        log_softmax(x, dim=0)
        log_softmax(x, -1)
        log_softmax(x, dim=1, dtype=float64)
    ''', "float[4, 6]"),
    *cases('''
        relu6(x)
        relu6(x * 4)
        selu(x)
        celu(x)
        celu(x, 0.3)
        mish(x)
        hardswish(x * 4)
        hardsigmoid(x * 4)
        hardtanh(x)
        hardtanh(x, -0.3, 0.6)
        hardshrink(x)
        hardshrink(x, lambd=0.2)
        softshrink(x)
        softshrink(x, 0.2)
        softsign(x)
        tanhshrink(x)
        logsigmoid(x)
        threshold(x, 0.1, 20)
        threshold(x, threshold=-0.5, value=-2.5)
        softmin(x, dim=1)
        softmin(x, 0, dtype=float64)
        glu(x)
        glu(x, 0)
    ''', "float[4, 6]"),
    case("prelu(x, y)", "float[4, 6], float[6]"), case("prelu(x, y)", "float[4, 6], float[1]"),
    case("prelu(x, y)", "float[5], float[]"),
    *[case(f"{name}()", "int[4]") for name in "Sigmoid Tanh Softsign Tanhshrink Hardtanh".split()],
    *[case(f"{name}(x)", "int32[4]") for name in "softsign tanhshrink hardtanh relu6".split()],
    case("Threshold(1, 5)", "int[4]"), case("sigmoid(x)", "bool[4]"), case("Softsign()", "uint8[4]"),
    case("ReLU(inplace=true)", "float[4, 6]", "m(x * 1.0)"), case("Softmax()", "float[4]"),
    case("Softmax()", "float[2, 3, 4]"), case("softmax(x)", "float[2, 3, 4, 2]"),
    case("Softmax()", "float[2, 3, 4, 2]"), case("PReLU(3)", "float[2, 3, 4]"), case("PReLU(1)", "float[5]"),
    case("softmax(x, dim=0, dtype=float32)", "int[4]"), case("relu(x)", "int[4]"), case("relu(x)", "int32[4]"),
    case("ReLU6()", "int[4]"), case("Hardtanh()", "float[]"), case("GELU()", "bfloat16[4]"),
    case("Softmax2d()", "float[2, 3, 4, 5]"), case("Softmax2d()", "float[3, B, 5]"), case("rrelu(x)", "float[2, 6]"), case("rrelu(x, 0.2, 0.4)", "float[B, 6]"),
    case("RReLU()", "float[B, 6]", random=drawn), case("RReLU(0.1, 0.5)", "float[2, 6]", random=drawn), case("gumbel_softmax(x)", "float[2, 6]", random=shares),
    case("gumbel_softmax(x, 0.5, true, dim=0)", "float[2, B]", random=drawn),
]
