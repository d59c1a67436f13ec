"""One call of an operator, written once and read by modelc and by PyTorch.

A case is `case("conv2d(x, y, stride=2)", "float[2, 4, 7, 7], float[6, 2, 3, 3]")`; of a module
`case("LSTM(4)", "float[5, 2, 3], float[1, 2, 4]", "m(x, y)")`, whose second expression is the call where it is not simply on
all operands in order. `python=` is PyTorch's wording where it differs. Operands are called x, y, z, w, u, v in order, their
types name how values are drawn (KINDS). A concrete float operand is a parameter, so that its gradient is compared; any
other is an input of the model.
"""

import ast
import inspect
import math
import re

import torch
import torch.nn.functional as F
from torch import nn

import newer

LETTERS = "xyzwuv"
SYMBOLS = {"B": 2, "T": 5, "S": 4, "L": 7}


def integers(low, high):
    return lambda shape, generator: torch.randint(low, high, shape, generator=generator)


def normal(shape, generator):
    return torch.randn(shape, generator=generator)


def uniform(low, high):
    return lambda shape, generator: torch.rand(shape, generator=generator) * (high - low) + low


def halves(shape, generator):
    return torch.randint(-5, 6, shape, generator=generator) / 2


def complexes(shape, generator):
    return torch.view_as_complex(torch.randn([*shape, 2], generator=generator))


def special(shape, generator):
    """Infinite, missing and plain numbers in turn."""
    count = math.prod(shape)
    return torch.tensor([math.inf, -1.5, math.nan, -math.inf, 0.0] * count)[:count].reshape(shape)


# A kind of operand: its dtype in the language, and how it is drawn.
KINDS = {
    "float": ("float", normal), "positive": ("float", uniform(0.2, 2.0)), "unit": ("float", uniform(0.05, 0.95)),
    "weights": ("float", uniform(0.2, 2.0)), "halves": ("float", halves), "special": ("float", special), "float64": ("float64", normal),
    "float16": ("float16", normal), "bfloat16": ("bfloat16", normal), "int": ("int", integers(-5, 6)),
    "nonzero": ("int", lambda shape, generator: integers(1, 4)(shape, generator) * (
        integers(0, 2)(shape, generator) * 2 - 1)),
    "index": ("int", integers(0, 3)), "int32": ("int32", integers(-5, 6)), "int16": ("int16", integers(-5, 6)),
    "index32": ("int32", integers(0, 3)), "int8": ("int8", integers(-5, 6)), "uint8": ("uint8", integers(0, 200)),
    "bool": ("bool", integers(0, 2)), "complex64": ("complex64", complexes), "complex128": ("complex128", complexes),
    "padding": ("bool", lambda shape, generator: torch.arange(shape[-1]).expand(shape) >= shape[-1] - 1),
}
# Kinds that no gradient reaches: PyTorch has none for the weights of classes.
UNLEARNED = ("special", "weights")
DTYPES = {"float": torch.float32, "int": torch.int64, **{name: getattr(torch, name) for name in (
    "float64 float16 bfloat16 int32 int16 int8 uint8 bool complex64 complex128".split())}}

INFERRED = {
    "Linear": ["in_features"], "Bilinear": ["in1_features", "in2_features"], "GroupNorm": ["num_channels"],
    "LayerNorm": ["normalized_shape"], "RMSNorm": ["normalized_shape"], "MultiheadAttention": ["embed_dim", "kdim", "vdim"],
    **{f"Conv{kind}{n}d": ["in_channels"] for kind in ("", "Transpose") for n in (1, 2, 3)},
    **{f"{kind}Norm{n}d": ["num_features"] for kind in ("Batch", "Instance") for n in (1, 2, 3)},
    **{name: ["d_model"] for name in ("Transformer", "TransformerEncoderLayer", "TransformerDecoderLayer")},
    "AdaptiveLogSoftmaxWithLoss": ["in_features"],
    **{name: ["input_size"] for name in ("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell")},
}


def inferred_sizes(name, shapes):
    """What modelc takes from the operands and PyTorch wants to be told."""
    if name == "MultiheadAttention":
        # One tensor may serve as query, key and value.
        query, key, value = (shapes + [shapes[-1]] * 2)[:3]
        return {"embed_dim": query[-1], "kdim": key[-1], "vdim": value[-1]}
    if name == "Bilinear":
        return {"in1_features": shapes[0][-1], "in2_features": shapes[1][-1]}
    argument = INFERRED.get(name, [None])[0]
    if argument in ("in_channels", "num_features") and not name.startswith("Batch"):
        return {argument: shapes[0][-int(name[-2]) - 1]}
    if argument in ("num_features", "num_channels"):
        return {argument: shapes[0][1]}
    return {argument: shapes[0][-1]} if argument else {}


def build_module(name, shapes):
    """The class of torch.nn that takes the arguments as modelc does: without those that are inferred."""
    def build(*values, **named):
        kind = getattr(newer, name, None) or getattr(nn, name)
        order = [p for p in inspect.signature(kind.__init__).parameters if p != "self"]
        if order[:1] == ["args"]:
            order = ["input_size", "hidden_size"]
        order = [p for p in order if p not in INFERRED.get(name, [])]
        return kind(**{**inferred_sizes(name, shapes), **dict(zip(order, values)), **named})
    return build


class Names(dict):
    """The names of an expression: of torch.nn.functional, torch, the methods of Tensor, in this order."""

    def __missing__(self, name):
        for place in (newer, F, torch):
            if hasattr(place, name):
                return getattr(place, name)
        if hasattr(torch.Tensor, name):
            return lambda x, *values, **named: getattr(x, name)(*values, **named)
        raise KeyError(name)


def evaluate(expression, names):
    # Builtins would hide torch's sum, max and round; torch itself imports while it runs.
    known = Names({**names, "true": True, "false": False, "null": None, "inf": math.inf})
    return eval(expression, {"__builtins__": {"__import__": __import__}}, known)


NAMESPACES = ("linalg", "special", "fft")
OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.FloorDiv: "floor_divide", ast.Mod: "remainder",
    ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "bitwise_and", ast.BitOr: "bitwise_or", ast.USub: "neg",
    ast.Invert: "bitwise_not", ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge"}


def called_name(callee):
    """`cat`, `linalg.inv`; of a method its name."""
    if isinstance(callee, ast.Name):
        return callee.id
    spaced = isinstance(callee.value, ast.Name) and callee.value.id in NAMESPACES
    return f"{callee.value.id}.{callee.attr}" if spaced else callee.attr


def operators_of(expression):
    """The names of the catalogue that an expression uses."""
    found = set()
    for node in ast.walk(ast.parse(expression, mode="eval")):
        if isinstance(node, ast.Call):
            found.add(called_name(node.func))
            if isinstance(node.func, ast.Attribute):
                found.add(f"Tensor.{node.func.attr}")  # where a method is another than the function
        elif isinstance(node, (ast.BinOp, ast.UnaryOp)):
            found.add(OPERATORS.get(type(node.op)))
        elif isinstance(node, ast.Compare):
            found.update(OPERATORS.get(type(op)) for op in node.ops)
        elif isinstance(node, ast.Subscript):
            found.add("_index")
    return {"_rearrange" if name == "rearrange" else name for name in found}


class Case:
    def __init__(self, text, operands, call, python, random):
        self.text, self.python, self.random = text, python or text, random
        self.types = re.findall(r"(\w+)\[([^\]]*)\]", operands)
        self.is_module = text[0].isupper()
        given = ", ".join(LETTERS[:len(self.types)])
        self.call = (call or f"m({given})") if self.is_module else text
        self.module = None

    def shapes(self):
        return [[int(eval(size, {}, SYMBOLS)) for size in sizes.split(",") if size.strip()] for _, sizes in self.types]

    def place(self, number, generator):
        """Draws the operands; their names in the description end in the case's number."""
        self.number, self.parameters, self.fed, self.declared = number, {}, {}, {}
        for letter, (kind, sizes), shape in zip(LETTERS, self.types, self.shapes()):
            dtype, draw = KINDS[kind]
            name = f"{letter}{number}"
            value = draw(shape, generator).to(DTYPES[dtype])
            concrete = not re.search("[A-Z]", sizes)
            (self.parameters if dtype == "float" and concrete and kind not in UNLEARNED else self.fed)[name] = value
            self.declared[name] = f"{dtype}[{sizes}]"

    def make_module(self):
        name = self.text.split("(")[0]
        classes = {called: build_module(called, self.shapes()) for called in operators_of(self.python) if called[0].isupper()}
        module = evaluate(self.python, {name: build_module(name, self.shapes()), **classes})
        return module

    def expression(self):
        """As modelc reads it: names with the case's number."""
        def renamed(match):
            word = match.group()
            known = f"{word}{self.number}"
            return known if known in self.declared or (word == "m" and self.is_module) else word
        return re.sub(r'"[^"]*"|(?<![.\w])[a-z]\b', lambda m: m.group() if m.group()[0] == '"' else renamed(m), self.call)

    def result(self, tensors, module, training):
        names = {"training": training}
        names |= {letter: tensors[f"{letter}{self.number}"] for letter in LETTERS[:len(self.types)]}
        if self.is_module:
            return evaluate(self.call, {**names, "m": module})
        return evaluate(self.python, names)

    def operators(self):
        return operators_of(self.text) | (operators_of(self.call) - {"m"} if self.is_module else set())


def case(text, operands="", call=None, python=None, random=None):
    return Case(text, operands, call, python, random)


def cases(texts, operands):
    """Several calls on operands of the same types, one on a line."""
    return [Case(text.strip(), operands, None, None, None) for text in texts.strip().splitlines()]


# Weights are drawn anew from this seed, the same on both sides.
REDRAWN = 8


def redraw(module):
    """Weights and buffers away from every value that a constructor gives."""
    generator = torch.Generator().manual_seed(REDRAWN)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
        for buffer in module.buffers():
            if buffer.is_floating_point():
                buffer.copy_(torch.rand(buffer.shape, generator=generator) + 0.5)
            else:
                buffer.fill_(3)


def parts_of(result, path="o"):
    """The tensors of a result by path, `o.1.0`."""
    if isinstance(result, torch.Tensor):
        return {path: result}
    found = {}
    for i, part in enumerate(result):
        if part is not None:
            found.update(parts_of(part, f"{path}.{i}"))
    return found
