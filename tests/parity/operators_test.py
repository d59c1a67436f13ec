"""Operators against PyTorch: one description that calls them all, and the same expressions evaluated in Python.

Values, the gradient of every operand and parameter, running statistics aside, and the initial values for a seed. An
expression is written once and read by both sides; a module is written twice, since PyTorch wants the sizes that modelc
infers. Operands: `a`, `b`, `c` are parameters of the given shapes, `i` is integers, `m` a mask.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn import utils

import safetensors_io

TOLERANCE = 1e-5

# expression, shapes of a, b, c; `i:` and `m:` prefix the shape of an integer or bool operand.
FUNCTIONS = [
    # arithmetic; numbers on either side
    ("a + b", (2, 3), (3,)), ("a - 2", (2, 3)), ("3 - a", (2, 3)), ("a * 2.5", (2, 3)), ("a / b", (2, 3), (2, 1)),
    ("2 / (a * a + 1)", (2, 3)), ("detach(a) // 0.3", (2, 3)), ("a % 0.3", (2, 3)), ("-a", (2, 3)), ("a ** 2", (2, 3)),
    ("a ** 3", (2, 3)), ("(a * a + 0.5) ** 0.5", (2, 3)), ("2 ** a", (2, 3)), ("(a * a + 0.5) ** b", (2, 3), (2, 3)),
    ("a @ b", (2, 3), (3, 4)), ("a @ b", (5, 2, 3), (3, 4)), ("a @ b", (3,), (3,)),
    ("div(a, b, rounding_mode=\"floor\")", (2, 3), (3,)), ("i / 2", "i:4"), ("i // 2", "i:4"), ("i % 2", "i:4"),
    ("i * 1.5", "i:4"), ("i + a", "i:3", (3,)), ("where(m, a, 0.0)", "m:2,3", (2, 3)), ("a > 0", (2, 3)),
    ("masked_fill(a, m, -1.5)", (2, 3), "m:2,3"), ("clamp(a, min=-0.5, max=0.5)", (2, 3)), ("clamp(a, min=0)", (2, 3)),
    ("maximum(a, b)", (2, 3), (2, 3)), ("minimum(a, b)", (2, 3), (2, 3)), ("logical_and(a > 0, m)", (2, 3), "m:2,3"),
    ("~m", "m:4"), ("m & m", "m:4"), ("sign(a)", (2, 3)), ("round(a * 3)", (2, 3)), ("floor(a * 3)", (2, 3)),
    *[(f"{name}(a)", (2, 3)) for name in
      "exp sin cos tan tanh sigmoid relu silu erf abs square expm1 neg gelu leaky_relu elu softplus ceil".split()],
    *[(f"{name}(a * a + 0.5)", (2, 3)) for name in "log log2 log10 log1p sqrt rsqrt reciprocal".split()],
    ("gelu(a, approximate=\"tanh\")", (2, 3)), ("leaky_relu(a, 0.2)", (2, 3)), ("elu(a, alpha=0.7)", (2, 3)),
    ("softplus(a, beta=2, threshold=3)", (2, 3)), ("softmax(a, dim=-1)", (2, 3)), ("log_softmax(a, dim=0)", (2, 3)),
    # reductions and order
    ("sum(a)", (2, 3)), ("sum(a, dim=1)", (2, 3)), ("a.sum(dim=[0, 2], keepdim=true)", (2, 3, 4)), ("mean(a)", (2, 3)),
    ("mean(a, dim=-1, keepdim=true)", (2, 3)), ("prod(a, dim=1)", (2, 3)), ("std(a, dim=1)", (4, 5)),
    ("var(a, dim=0, unbiased=false)", (4, 5)), ("std(a)", (4, 5)), ("amax(a, dim=1)", (2, 3)), ("amin(a, dim=0)", (2, 3)),
    ("argmax(a, dim=1)", (2, 3)), ("argmin(a)", (2, 3)), ("norm(a)", (2, 3)), ("norm(a, dim=1)", (2, 3)),
    ("norm(a, p=1, dim=1, keepdim=true)", (2, 3)), ("logsumexp(a, dim=1)", (2, 3)), ("all(m, dim=1)", "m:2,3"),
    ("any(m)", "m:2,3"), ("cumsum(a, dim=1)", (2, 3)), ("a.max()", (2, 3)), ("a.max(dim=1).values", (2, 3)),
    ("a.min(dim=1).indices", (2, 3)), ("topk(a, 2).values", (2, 5)), ("topk(a, 2, dim=0, largest=false).indices", (4, 2)),
    ("sort(a, dim=1, descending=true).values", (2, 5)), ("argsort(a, dim=0)", (4, 2)), ("max(a, dim=0).values", (2, 3)),
    # shapes
    ("cat([a, b], dim=1)", (2, 3), (2, 1)), ("stack([a, b], dim=-1)", (2, 3), (2, 3)), ("chunk(a, 2, dim=1)[1]", (2, 5)),
    ("split(a, 2, dim=1)[2]", (2, 5)), ("split(a, [1, 4], dim=1)[1]", (2, 5)), ("flatten(a, 1)", (2, 3, 4)),
    ("flatten(a)", (2, 3)), ("unflatten(a, 1, [2, 3])", (2, 6)), ("a.reshape(3, -1)", (2, 6)), ("a.view([3, 4])", (2, 6)),
    ("a.permute(2, 0, 1)", (2, 3, 4)), ("a.transpose(0, 1)", (2, 3)), ("a.t()", (2, 3)), ("movedim(a, 0, 2)", (2, 3, 4)),
    ("squeeze(a, 1)", (2, 1, 3)), ("squeeze(a)", (2, 1, 3)), ("unsqueeze(a, -1)", (2, 3)), ("a.expand(4, -1, 3)", (2, 1)),
    ("a.expand_as(b)", (1, 3), (2, 3)), ("a.repeat(2, 1, 3)", (2, 3)), ("repeat_interleave(a, 2, dim=1)", (2, 3)),
    ("flip(a, [0, 1])", (2, 3)), ("roll(a, 1, 1)", (2, 3)), ("tile(a, [2, 2])", (2, 3)), ("broadcast_to(a, [2, 3])", (3,)),
    ("narrow(a, 1, 1, 2)", (2, 4)), ("select(a, 1, -1)", (2, 3)), ("index_select(a, 0, i)", (4, 3), "i:5"),
    ("gather(a, 1, i)", (2, 4), "i:2,3"), ("tril(a)", (3, 3)), ("triu(a, 1)", (3, 3)), ("diag(a)", (3,)),
    ("diagonal(a, dim1=1, dim2=2)", (2, 3, 3)), ("a[:, -1]", (2, 3)), ("a[..., ::2]", (2, 3, 5)), ("a[0]", (2, 3)),
    ("a[:, null, 1:]", (2, 3)), ("a[:, -2:]", (2, 5)), ("a[i]", (4, 3), "i:2,2"), ("a[:, i]", (4, 4), "i:3"),
    ("a[1:, ..., 0]", (3, 2, 4)), ("a.detach() * a", (2, 3)), ("i.float() / 2", "i:4"), ("a.to(float64)", (2, 3)),
    ("m.int()", "m:4"), ("one_hot(i, 4)", "i:3"), ("embedding(i, a)", "i:2,3", (4, 5)),
    # products, convolutions, pooling, padding
    ("bmm(a, b)", (2, 3, 4), (2, 4, 5)), ("mm(a, b)", (2, 3), (3, 4)), ("outer(a, b)", (2,), (3,)), ("dot(a, b)", (3,), (3,)),
    ("linear(a, b, c)", (2, 3), (4, 3), (4,)), ("bilinear(a, b, c)", (2, 3), (2, 4), (5, 3, 4)),
    ("einsum(\"bij,bjk->bik\", a, b)", (2, 3, 4), (2, 4, 5)), ("conv1d(a, b, c, padding=1)", (2, 3, 7), (4, 3, 3), (4,)),
    ("conv2d(a, b, stride=2, padding=1, groups=2)", (2, 4, 7, 7), (6, 2, 3, 3)), ("max_pool2d(a, 3, 2, 1)", (2, 3, 8, 8)),
    ("max_pool1d(a, 2)", (2, 3, 8)), ("avg_pool2d(a, 3, 2, 1, count_include_pad=false)", (2, 3, 8, 8)),
    ("avg_pool1d(a, 2)", (2, 3, 8)), ("adaptive_avg_pool2d(a, 3)", (2, 3, 8, 7)), ("adaptive_avg_pool1d(a, 3)", (2, 3, 8)),
    ("pad(a, [1, 2])", (2, 3)), ("pad(a, [1, 2, 0, 1], value=2.5)", (2, 3)), ("pad(a, [1, 2], mode=\"reflect\")", (2, 3, 5)),
    ("pad(a, [1, 1, 1, 1], mode=\"circular\")", (1, 2, 3, 4)), ("pad(a, [1, 2], mode=\"replicate\")", (2, 3, 5)),
    ("interpolate(a, scale_factor=2)", (1, 2, 3, 4)), ("interpolate(a, size=[5, 7], mode=\"bilinear\")", (1, 2, 3, 4)),
    ("interpolate(a, scale_factor=1.5, mode=\"bilinear\", align_corners=true)", (1, 2, 4, 4)),
    ("interpolate(a, size=5, mode=\"linear\")", (1, 2, 3)), ("interpolate(a, scale_factor=2, mode=\"bicubic\")", (1, 2, 4, 4)),
    ("pixel_shuffle(a, 2)", (1, 8, 3, 3)), ("normalize(a, dim=1)", (2, 3)), ("cosine_similarity(a, b)", (2, 3), (2, 3)),
    ("layer_norm(a, [3], b, c)", (2, 3), (3,), (3,)), ("dropout(a, 0.0)", (2, 3)),
    # made
    ("arange(5) + i", "i:5"), ("arange(1, 6, 2) * 1.0 + a", (3,)), ("zeros(2, 3) + a", (2, 3)), ("ones_like(a) + a", (2, 3)),
    ("full([2, 3], 0.5) + a", (2, 3)), ("eye(3) + a", (3, 3)), ("linspace(0, 1, 3) + a", (3,)), ("zeros_like(a) - a", (2, 3)),
    # losses
    ("cross_entropy(a, i)", (3, 4), "i:3"), ("cross_entropy(a, i, detach(b * b), label_smoothing=0.1)", (3, 4), "i:3", (4,)),
    ("cross_entropy(a, softmax(b, dim=1), reduction=\"sum\")", (3, 4), (3, 4)), ("cross_entropy(a, i)", (2, 4, 3), "i:2,3"),
    ("nll_loss(log_softmax(a, dim=1), i, reduction=\"none\")", (3, 4), "i:3"), ("mse_loss(a, b)", (2, 3), (2, 3)),
    ("l1_loss(a, b)", (2, 3), (2, 3)), ("smooth_l1_loss(a, b, beta=0.5)", (2, 3), (2, 3)),
    ("huber_loss(a, b, delta=0.5)", (2, 3), (2, 3)), ("binary_cross_entropy(sigmoid(a), m.float())", (2, 3), "m:2,3"),
    ("binary_cross_entropy_with_logits(a, m.float(), pos_weight=detach(b * b))", (2, 3), "m:2,3", (3,)),
    ("kl_div(log_softmax(a, dim=1), softmax(b, dim=1), reduction=\"batchmean\")", (2, 3), (2, 3)),
]

# What modelc writes, what PyTorch writes, shapes of the operands, and which of several results.
MODULES = [
    ("weight_norm(Linear(4))", lambda: utils.weight_norm(nn.Linear(3, 4)), (2, 3)),
    ("weight_norm(Conv2d(4, 3), dim=null)", lambda: utils.weight_norm(nn.Conv2d(3, 4, 3), dim=None), (2, 3, 5, 5)),
    ("weight_norm(Conv1d(4, 3, bias=false), dim=1)", lambda: utils.weight_norm(nn.Conv1d(3, 4, 3, bias=False), dim=1), (2, 3, 7)),
    ("spectral_norm(Linear(4))", lambda: utils.spectral_norm(nn.Linear(3, 4)), (2, 3)),
    ("spectral_norm(ConvTranspose2d(4, 3), n_power_iterations=3)",
     lambda: utils.spectral_norm(nn.ConvTranspose2d(3, 4, 3), n_power_iterations=3), (2, 3, 5, 5)),
    ("Linear(4)", lambda: nn.Linear(3, 4), (2, 3)),
    ("Linear(4, bias=false)", lambda: nn.Linear(3, 4, bias=False), (2, 5, 3)),
    ("Bilinear(4)", lambda: nn.Bilinear(3, 5, 4), (2, 3), (2, 5)),
    ("Conv1d(4, 3, padding=1, padding_mode=\"circular\")", lambda: nn.Conv1d(3, 4, 3, padding=1, padding_mode="circular"), (2, 3, 7)),
    ("Conv2d(4, 3, stride=2, padding=1, bias=false)", lambda: nn.Conv2d(3, 4, 3, 2, 1, bias=False), (2, 3, 8, 8)),
    ("Conv2d(6, (3, 2), padding=\"same\", dilation=2, groups=3)",
     lambda: nn.Conv2d(3, 6, (3, 2), padding="same", dilation=2, groups=3), (2, 3, 8, 8)),
    ("Conv2d(4, 4, padding=\"same\", padding_mode=\"reflect\")",
     lambda: nn.Conv2d(3, 4, 4, padding="same", padding_mode="reflect"), (2, 3, 8, 8)),
    ("Conv3d(2, 2)", lambda: nn.Conv3d(3, 2, 2), (1, 3, 4, 4, 4)),
    ("ConvTranspose1d(4, 3, stride=2)", lambda: nn.ConvTranspose1d(3, 4, 3, stride=2), (2, 3, 5)),
    ("ConvTranspose2d(4, 3, stride=2, padding=1, output_padding=1)",
     lambda: nn.ConvTranspose2d(3, 4, 3, 2, 1, 1), (2, 3, 5, 5)),
    ("MaxPool2d(3, 2, ceil_mode=true)", lambda: nn.MaxPool2d(3, 2, ceil_mode=True), (2, 3, 8, 8)),
    ("AvgPool2d(2)", lambda: nn.AvgPool2d(2), (2, 3, 8, 8)),
    ("AdaptiveAvgPool2d((null, 2))", lambda: nn.AdaptiveAvgPool2d((None, 2)), (2, 3, 5, 6)),
    ("AdaptiveMaxPool1d(3)", lambda: nn.AdaptiveMaxPool1d(3), (2, 3, 8)),
    ("BatchNorm1d", lambda: nn.BatchNorm1d(3), (4, 3)),
    ("BatchNorm2d(momentum=null)", lambda: nn.BatchNorm2d(3, momentum=None), (4, 3, 5, 5)),
    ("BatchNorm2d(track_running_stats=false, affine=false)",
     lambda: nn.BatchNorm2d(3, track_running_stats=False, affine=False), (4, 3, 5, 5)),
    ("LayerNorm", lambda: nn.LayerNorm(3), (4, 3)),
    ("LayerNorm(normalized_shape=[3, 5], elementwise_affine=false)", lambda: nn.LayerNorm([3, 5], elementwise_affine=False), (4, 3, 5)),
    ("GroupNorm(2)", lambda: nn.GroupNorm(2, 4), (3, 4, 5)),
    ("InstanceNorm1d(affine=true)", lambda: nn.InstanceNorm1d(3, affine=True), (2, 3, 6)),
    ("InstanceNorm2d", lambda: nn.InstanceNorm2d(3), (2, 3, 6, 6)),
    ("Embedding(5, 3, padding_idx=1)", lambda: nn.Embedding(5, 3, padding_idx=1), "i:2,4"),
    ("LSTM(4, batch_first=true)", lambda: nn.LSTM(3, 4, batch_first=True), (2, 5, 3)),
    ("LSTM(4, num_layers=2, bidirectional=true)", lambda: nn.LSTM(3, 4, 2, bidirectional=True), (5, 2, 3)),
    ("LSTM(4, proj_size=2)", lambda: nn.LSTM(3, 4, proj_size=2), (5, 2, 3)),
    ("GRU(4, bidirectional=true)", lambda: nn.GRU(3, 4, bidirectional=True), (5, 2, 3)),
    ("RNN(4, nonlinearity=\"relu\", bias=false)", lambda: nn.RNN(3, 4, nonlinearity="relu", bias=False), (5, 2, 3)),
    ("LSTMCell(4)", lambda: nn.LSTMCell(3, 4), (2, 3)),
    ("GRUCell(4)", lambda: nn.GRUCell(3, 4), (2, 3)),
    ("MultiheadAttention(2, batch_first=true)", lambda: nn.MultiheadAttention(4, 2, batch_first=True), (2, 3, 4), (2, 5, 4), (2, 5, 4)),
    ("MultiheadAttention(2)", lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=5), (3, 2, 4), (6, 2, 3), (6, 2, 5)),
    ("MultiheadAttention(2, bias=false)", lambda: nn.MultiheadAttention(4, 2, bias=False), (3, 4), (6, 4), (6, 4)),
    ("PReLU(3)", lambda: nn.PReLU(3), (2, 3, 4)),
    *[(name, getattr(nn, name), (2, 4)) for name in
      "ReLU ReLU6 LeakyReLU ELU SELU CELU GELU SiLU Mish Sigmoid Tanh Softplus Softsign Hardtanh Hardsigmoid Hardswish "
      "Hardshrink Softshrink Tanhshrink LogSigmoid GLU Flatten Identity".split()],
    *[(f"{name}(dim=1)", lambda name=name: getattr(nn, name)(dim=1), (2, 4)) for name in "Softmax LogSoftmax Softmin".split()],
    ("Threshold(0.1, 20)", lambda: nn.Threshold(0.1, 20), (2, 4)),
    ("PixelShuffle(2)", lambda: nn.PixelShuffle(2), (1, 8, 3, 3)),
    ("PixelUnshuffle(2)", lambda: nn.PixelUnshuffle(2), (1, 2, 4, 4)),
    ("Upsample(scale_factor=2, mode=\"bilinear\")", lambda: nn.Upsample(scale_factor=2, mode="bilinear"), (1, 2, 4, 4)),
    ("Upsample(size=(5, 6))", lambda: nn.Upsample(size=(5, 6)), (1, 2, 4, 4)),
    ("ZeroPad2d(1)", lambda: nn.ZeroPad2d(1), (1, 2, 4, 4)),
    ("ConstantPad1d((1, 2), 3.5)", lambda: nn.ConstantPad1d((1, 2), 3.5), (1, 2, 4)),
    ("ReflectionPad2d((1, 2, 0, 1))", lambda: nn.ReflectionPad2d((1, 2, 0, 1)), (1, 2, 4, 4)),
    ("ReplicationPad2d(1)", lambda: nn.ReplicationPad2d(1), (1, 2, 4, 4)),
    ("CosineSimilarity(dim=-1)", lambda: nn.CosineSimilarity(dim=-1), (2, 3), (2, 3)),
    ("Unflatten(1, [2, 3])", lambda: nn.Unflatten(1, (2, 3)), (2, 6)),
]


class Case:
    """Operands of one call; parameters by name `a7`, fed ones in `fed`."""

    def __init__(self, number, shapes, generator):
        self.names, self.parameters, self.fed = {}, {}, {}
        letters = iter("abc")
        for shape in shapes:
            if isinstance(shape, str):
                kind, sizes = shape.split(":")
                sizes = [int(size) for size in sizes.split(",")]
                name = f"{kind}{number}"
                value = torch.randint(0, 4, sizes, generator=generator)
                self.fed[name] = value if kind == "i" else value % 2 == 0
                self.names[kind] = name
            else:
                letter = next(letters)
                name = f"{letter}{number}"
                self.parameters[name] = torch.randn(shape, generator=generator)
                self.names[letter] = name


def rename(expression, names):
    """The letters of an expression, where they stand alone, by the case's names."""
    out, i = "", 0
    while i < len(expression):
        if expression[i] == '"':
            end = expression.index('"', i + 1) + 1
        else:
            end = i + 1
            while (expression[i].isalpha() or expression[i] == "_") and end < len(expression) and (
                    expression[end].isalnum() or expression[end] == "_"):
                end += 1
        word = expression[i:end]
        out += names.get(word, word)
        i = end
    return out


def tensors_of(result):
    if isinstance(result, torch.Tensor):
        return [result]
    return [tensor for part in result if part is not None for tensor in tensors_of(part)]


class Model(nn.Module):
    """The description's counterpart: operands first, then the modules, in the same order."""

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(7)
        self.functions = [(case[0], Case(n, case[1:], generator)) for n, case in enumerate(FUNCTIONS)]
        start = len(FUNCTIONS)
        self.calls = [(case[0], Case(start + n, case[2:], generator)) for n, case in enumerate(MODULES)]
        for _, case in self.functions + self.calls:
            for name, value in case.parameters.items():
                self.register_parameter(name, nn.Parameter(torch.zeros_like(value)))
        for n, case in enumerate(MODULES):
            self.add_module(f"m{start + n}", case[1]())

    def fed(self):
        return {name: value for _, case in self.functions + self.calls for name, value in case.fed.items()}

    def operand(self, name, case):
        return case.fed[name] if name in case.fed else getattr(self, name)

    def forward(self):
        space = {**vars(torch), **vars(F), "true": True, "false": False, "null": None}
        outputs = {}
        for n, (expression, case) in enumerate(self.functions):
            values = {letter: self.operand(name, case) for letter, name in case.names.items()}
            outputs[f"o{n}"] = [eval(expression, {**space, **values})]
        for n, (_, case) in enumerate(self.calls, len(self.functions)):
            outputs[f"o{n}"] = tensors_of(getattr(self, f"m{n}")(*[self.operand(name, case) for name in case.names.values()]))
        return outputs


def type_of(tensor):
    return {torch.int64: "int", torch.bool: "bool"}.get(tensor.dtype, "float") + str(list(tensor.shape))


def description(model, outputs):
    """Only a loss reaches gradients: the sum of squares of every floating result."""
    lines = ["inputs:"] + [f'  {name}: "{type_of(value)}"' for name, value in model.fed().items()]
    lines += ["parameters:"]
    for _, case in model.functions + model.calls:
        for name, value in case.parameters.items():
            lines.append(f'  {name}: "{type_of(value)} = zeros({", ".join(map(str, value.shape))})"')
    lines += ["modules:"] + [f"  m{n}: '{text}'" for n, (text, _) in enumerate(model.calls, len(model.functions))]
    lines += ["forward:"]
    losses, names = [], {}
    for n, (expression, case) in enumerate(model.functions):
        lines.append(f"  o{n}: '{rename(expression, case.names)}'")
    for n, (text, case) in enumerate(model.calls, len(model.functions)):
        lines.append(f"  r{n}: 'm{n}({', '.join(case.names.values())})'")
        parts = outputs[f"o{n}"]
        if len(parts) == 1:
            lines.append(f"  o{n}: r{n}")
        elif text.startswith("LSTM("):
            lines += [f"  o{n}: 'r{n}[0]'", f"  o{n}x1: 'r{n}[1][0]'", f"  o{n}x2: 'r{n}[1][1]'"]
        else:
            lines += [f"  o{n}: 'r{n}[0]'"] + [f"  o{n}x{k}: 'r{n}[{k}]'" for k in range(1, len(parts))]
    for name, parts in outputs.items():
        for k, part in enumerate(parts):
            names[name if k == 0 else f"{name}x{k}"] = part
    lines += ["outputs:"] + [f"  {name}: {name}" for name in names]
    for name, part in names.items():
        if part.is_floating_point() and part.requires_grad:
            losses.append((name, part))
    lines += ["loss:"] + [f"  l_{name}: 'sum(square(outputs.{name})).float()'" for name, _ in losses]
    loss = sum((part.square().sum().float() for _, part in losses), torch.zeros(()))
    return "\n".join(lines) + "\n", names, loss


def compare(what, got, wanted, faults):
    if got is None:
        faults.append(f"{what} is missing")
    elif got.shape != wanted.shape or got.dtype != wanted.dtype:
        faults.append(f"{what} is {got.dtype}{list(got.shape)}, expected {wanted.dtype}{list(wanted.shape)}")
    elif not torch.allclose(got.double(), wanted.double(), rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
        faults.append(f"{what} differs by {(got.double() - wanted.double()).abs().max().item():.3g}")


def words_of(model, name):
    """The call that a key or an output belongs to."""
    number = int("".join(c for c in name.split(".")[0].split("x")[0] if c.isdigit()))
    calls = model.functions + model.calls
    return f"{name} of `{calls[number][0]}`"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--gradients", required=True)
    parser.add_argument("--keep", help="a folder for the description and the tensors")
    arguments = parser.parse_args()
    faults = []
    torch.manual_seed(5)
    model = Model()
    initial = {key: value.clone() for key, value in model.state_dict().items()}
    with torch.no_grad():
        for _, case in model.functions + model.calls:
            for name, value in case.parameters.items():
                getattr(model, name).copy_(value)
    state = {key: value.clone() for key, value in model.state_dict().items()}
    model.train()
    text, outputs, loss = description(model, model())
    loss.backward()

    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(arguments.keep or scratch)
        file, weights, data, results, built = (folder / name for name in (
            "operators.yaml", "weights.safetensors", "inputs.safetensors", "results.safetensors", "built.safetensors"))
        file.write_text(text)
        safetensors_io.save(weights, state)
        safetensors_io.save(data, model.fed())
        run = subprocess.run([arguments.program, "build", str(file), "--seed", "5", "-o", str(built)],
                             capture_output=True, text=True)
        if run.returncode != 0:
            print(run.stdout + run.stderr)
            return 1
        drawn = safetensors_io.load(built)
        if list(drawn) != list(initial):
            faults.append("the keys differ: " + str([key for key in initial if key not in drawn][:5]))
        for key, value in initial.items():
            if key in drawn and not torch.equal(drawn[key], value):
                faults.append(f"the initial {words_of(model, key)} differs")
        run = subprocess.run([arguments.gradients, str(file), "--weights", str(weights), "--inputs", str(data), "-o",
                              str(results)], capture_output=True, text=True)
        if run.returncode != 0:
            print(run.stdout + run.stderr)
            return 1
        got = safetensors_io.load(results)
    for name, value in outputs.items():
        compare(words_of(model, name), got.get(f"out.{name}"), value.detach(), faults)
    gradients = {key: p.grad for key, p in model.named_parameters() if p.grad is not None}
    for key, value in gradients.items():
        compare("the gradient of " + words_of(model, key), got.get(f"grad.{key}"), value, faults)
    for fault in faults:
        print(fault)
    print(f"{len(outputs)} results, {len(gradients)} gradients, {len(initial)} initial values, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
