"""A drawn call: a legal one, changed none to three times, in a drawn form. The same seed and number give the same call.

What is changed knows no operator: an argument (by its declared kind, also beyond it), an operand's dtype, a size, the rank.
Whether the result is legal is PyTorch's to say.
"""

import ast
import math
import random

from case import KINDS

from calls import Argument, Operand

FLOATS = ["float", "float", "float", "float64", "float64", "bfloat16", "float16"]
INTEGERS = ["int", "int", "int32", "uint8", "int8", "int16", "bool", "bool"]
SIZES = [1, 2, 3, 4, 5, 6, 7, 8]
MOST_ELEMENTS = 4000
CHANGES = [0, 1, 1, 2, 2, 3]

INTS = [0, 1, 1, 2, 2, 3, 3, 4, -1, -1, -2, -3, 5, 7]
NUMBERS = ["0.0", "0.5", "1.0", "2.0", "-1.0", "-0.5", "1e-5", "3.5", "0.25", "1", "2", "0", "inf"]


def node(text):
    return ast.parse(text, mode="eval").body


def is_dim(word):
    return isinstance(word, ast.Constant) and type(word.value) is int


class Draw:
    def __init__(self, seeds, seed, number, operators=None):
        self.rng = random.Random(f"{seed}:{number}")
        self.call = self.rng.choice(seeds[self.rng.choice(operators or sorted(seeds))]).copy()
        self.call.number = number

    def drawn(self):
        self.place_operands()
        for _ in range(self.rng.choice(CHANGES)):
            change = self.rng.choices(
                [self.change_argument, self.forget_argument, self.dtype_of_all, self.dtype_of_one, self.size_of_all,
                 self.size_of_one, self.rank_of_all, self.rank_of_one, self.change_operand],
                [40, 5, 8, 8, 10, 8, 6, 8, 7])[0]
            before = self.call.copy()
            change()
            if any(math.prod(operand.shape) > MOST_ELEMENTS for operand in self.call.operands.values()):
                self.call = before
        self.choose_form()
        self.choose_learned()
        return self.call

    def note(self, text):
        self.call.history.append(text)

    def place_operands(self):
        """Operands of a definition's sizes that are symbols in the case are numbers here."""
        for operand in self.call.operands.values():
            operand.shape = list(operand.shape)

    # arguments

    def lists(self):
        """Where arguments stand, with what may stand there."""
        call = self.call
        return [(call.arguments, call.operator.arguments), (call.inputs, call.operator.inputs)]

    def change_argument(self):
        places = [(given, parameter) for given, declared in self.lists() for parameter in declared if not parameter.is_tensor()]
        if not places:
            return self.dtype_of_one()
        given, parameter = self.rng.choice(places)
        value = self.value_for(parameter)
        if value is None:
            return None
        self.put(given, parameter.name, value)
        return self.note(f"{parameter.name}={ast.unparse(value)}")

    def put(self, given, name, value):
        for argument in given:
            if argument.name == name:
                argument.value, argument.spread = value, False
                return
        given.append(Argument(name, value, False))

    def value_for(self, parameter):
        if self.rng.random() < 0.06:
            return node(self.rng.choice(["null", "1.5", "true", '"mean"', "[1, 2]", "-4", "[]", "9"]))
        if parameter.optional and self.rng.random() < 0.15:
            return node("null")
        base, length = self.rng.choice(parameter.kinds)
        one = lambda: self.one_value(base, parameter)
        if length is None:
            return one()
        if length and self.rng.random() < 0.4:
            return one()
        count = length or self.rng.choice([1, 2, 2, 3])
        if self.rng.random() < 0.15:
            count = max(0, count + self.rng.choice([-1, 1]))
        values = [one() for _ in range(count)]
        return None if None in values else ast.List(values, ast.Load())

    def one_value(self, base, parameter):
        choose = self.rng.choice
        if isinstance(base, tuple):
            return ast.Constant(choose(base))
        if base == "bool":
            return node(choose(["true", "false"]))
        if base == "dtype":
            return node(choose(["float32", "float64", "int64", "int32", "bool", "uint8", "bfloat16"]))
        if base in ("int", "dim"):
            return node(str(choose(INTS)))
        if base in ("float", "number"):
            default = [parameter.default] if parameter.default not in (None, "null") else []
            return node(choose(NUMBERS + default))
        if base == "any":
            return node(choose(["1", "2", "3", "0", "-1", "[2]", "[2, 3]", "[3, null]", "[1, 2, 3]"]))
        return None

    def forget_argument(self):
        for given, declared in self.lists():
            names = {parameter.name for parameter in declared if parameter.default is not None}
            optional = [argument for argument in given if argument.name in names and not argument.positional]
            if optional:
                gone = self.rng.choice(optional)
                given.remove(gone)
                self.note(f"no {gone.name}")
                return

    # operands

    def any_operand(self):
        return self.rng.choice(sorted(self.call.operands)) if self.call.operands else None

    def dtype_of_all(self):
        """Of all floating operands, or of all."""
        floating = self.rng.random() < 0.6
        kind = self.rng.choice(FLOATS if floating else FLOATS + INTEGERS)
        for operand in self.call.operands.values():
            if not floating or KINDS[operand.kind][0].startswith(("float", "bfloat")):
                operand.kind = kind
        self.note(f"all {kind}")

    def dtype_of_one(self):
        letter = self.any_operand()
        if letter:
            self.call.operands[letter].kind = self.rng.choice(FLOATS + INTEGERS)
            self.note(f"{letter} {self.call.operands[letter].kind}")

    def size_of_all(self):
        """One size wherever it stands, in arguments too."""
        sizes = sorted({size for operand in self.call.operands.values() for size in operand.shape})
        if not sizes:
            return
        old, new = self.rng.choice(sizes), self.rng.choice(SIZES)
        for operand in self.call.operands.values():
            operand.shape = [new if size == old else size for size in operand.shape]
        if self.rng.random() < 0.4:
            for given, _ in self.lists():
                for argument in given:
                    for word in ast.walk(argument.value):
                        if is_dim(word) and word.value == old and old > 1:
                            word.value = new
        self.note(f"{old} -> {new}")

    def size_of_one(self):
        letter = self.any_operand()
        if letter and self.call.operands[letter].shape:
            shape = self.call.operands[letter].shape
            at = self.rng.randrange(len(shape))
            shape[at] = self.rng.choice([1, 1, *SIZES])
            self.note(f"{letter} of size {shape}")

    def rank_of_all(self):
        more, size = self.rng.random() < 0.5, self.rng.choice([1, 2, 3])
        for operand in self.call.operands.values():
            if more and len(operand.shape) < 5:
                operand.shape.insert(0, size)
            elif not more and operand.shape:
                operand.shape.pop(0)
        self.note("a dimension more" if more else "a dimension less")

    def rank_of_one(self):
        letter = self.any_operand()
        if letter:
            operand = self.call.operands[letter]
            operand.shape = [self.rng.choice([1, 2, 2, 3, 3, 4, 6]) for _ in range(self.rng.randrange(6))]
            self.note(f"{letter} of size {operand.shape}")

    def change_operand(self):
        """An optional operand comes or goes, an operand becomes a number, or two are one."""
        tensors = [parameter for parameter in self.call.operator.inputs if parameter.is_tensor() and not parameter.is_list()]
        if not tensors or not self.call.operands:
            return
        parameter = self.rng.choice(tensors)
        other = self.call.operands[self.any_operand()]
        kind = self.rng.random()
        if parameter.takes("number") and kind < 0.6 or kind < 0.1:
            value = node(self.rng.choice(["2", "0", "-1", "0.5", "true", "3.0"]))
        elif parameter.optional and kind < 0.5:
            value = node("null")
        elif kind < 0.8:
            value = ast.Name(self.any_operand(), ast.Load())
        else:
            letter = next((letter for letter in "wuv" if letter not in self.call.operands), None)
            if letter is None:
                return
            shape = list(other.shape)
            shape = self.rng.choice([shape, shape[-1:], shape[1:2], shape[:1], [1] * len(shape), shape[1:]])
            self.call.operands[letter] = Operand(self.rng.choice([other.kind, "float", "bool", "index"]), shape, False)
            value = ast.Name(letter, ast.Load())
        self.put(self.call.inputs, parameter.name, value)
        self.note(f"{parameter.name}={ast.unparse(value)}")
        self.drop_unused()

    def drop_unused(self):
        named = {part.id for argument in self.call.inputs for part in ast.walk(argument.value) if isinstance(part, ast.Name)}
        self.call.operands = {letter: operand for letter, operand in self.call.operands.items() if letter in named}

    # form

    def choose_form(self):
        call = self.call
        positional = call.operator.positional_arguments() if call.operator.is_module else []
        if call.operator.is_module:
            call.arguments = self.ordered(call.arguments, positional, 0)
        inputs = call.operator.inputs
        first = call.inputs[0] if call.inputs else None
        can_be_method = (not call.operator.is_module and first and inputs and inputs[0].is_tensor() and not inputs[0].is_list() and not first.spread and
                         first.name == inputs[0].name and any(isinstance(part, ast.Name) and part.id in call.operands
                                                              for part in ast.walk(first.value)) and
                         not isinstance(first.value, (ast.List, ast.Tuple)))
        only_method = call.operator.name.startswith("Tensor.")
        call.method = bool(can_be_method and "." not in call.operator.name.removeprefix("Tensor.") and
                           (only_method or self.rng.random() < 0.4))
        call.inputs = self.ordered(call.inputs, inputs, 1 if call.method else 0)

    def ordered(self, given, declared, least):
        """A prefix by position, the rest by name; sometimes a default is written out."""
        by_name = {argument.name: argument for argument in given}
        if len(by_name) < len(given) or None in by_name or any(argument.spread for argument in given):
            return sorted(given, key=lambda argument: not argument.positional)
        if self.rng.random() < 0.15:
            for parameter in declared:
                if parameter.default is not None and parameter.name not in by_name and self.rng.random() < 0.5:
                    text = parameter.default if not isinstance(parameter.kinds[0][0], tuple) or parameter.default == "null" else repr(parameter.default)
                    by_name[parameter.name] = Argument(parameter.name, node(text), False)
        prefix = 0
        while prefix < len(declared) and declared[prefix].name in by_name:
            prefix += 1
        cut = max(least, self.rng.choice([prefix, self.rng.randint(0, prefix), sum(p.default is None for p in declared[:prefix])]))
        ordered = []
        for at, parameter in enumerate(declared):
            if parameter.name in by_name:
                argument = by_name.pop(parameter.name)
                argument.positional = at < cut
                ordered.append(argument)
        for argument in by_name.values():
            argument.positional = False
        return ordered + list(by_name.values())

    def choose_learned(self):
        for operand in self.call.operands.values():
            operand.learned = operand.kind in ("float", "positive", "unit", "halves", "float64") and self.rng.random() < 0.6


def draw(seeds, seed, number, operators=None):
    return Draw(seeds, seed, number, operators).drawn()


def with_symbol(call, seed):
    """The same call with one size as a symbol, in its operands and, sometimes, in its arguments; None where there is none."""
    rng = random.Random(f"{seed}:{call.number}:symbol")
    sizes = sorted({size for operand in call.operands.values() for size in operand.shape if size > 1})
    if not sizes:
        return None
    call, size = call.copy(), rng.choice(sizes)
    for operand in call.operands.values():
        operand.learned = False
        operand.symbols = {i: call.symbol() for i, wide in enumerate(operand.shape) if wide == size}
    if rng.random() < 0.5:
        names = {parameter.name for parameter in call.operator.inputs if parameter.takes("dim")}
        for argument in call.inputs:
            if argument.name in names:
                argument.value = Symbols(size, call.symbol()).visit(argument.value)
    return call


class Symbols(ast.NodeTransformer):
    def __init__(self, size, symbol):
        self.size, self.symbol = size, symbol

    def visit_Constant(self, word):
        return ast.Name(self.symbol, ast.Load()) if is_dim(word) and word.value == self.size else word
