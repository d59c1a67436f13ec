"""One call of an operator, as a value that can be changed: operands, arguments, form; written for modelc, evaluated with PyTorch.

Values are expressions (`ast`), so that `log_softmax(x, dim=2)` may stand where an operand is due; both sides read the same text.
"""

import ast
import copy
import dataclasses

import torch
import torch.nn.functional as F

import case
import newer

WORDS = {"true": True, "false": False, "null": None}


@dataclasses.dataclass
class Operand:
    kind: str  # of case.KINDS
    shape: list
    learned: bool  # a parameter, whose gradient is compared, or an input
    symbols: dict = dataclasses.field(default_factory=dict)  # dimension -> symbol

    def type(self):
        sizes = ", ".join(self.symbols.get(i, str(size)) for i, size in enumerate(self.shape))
        return f"{case.KINDS[self.kind][0]}[{sizes}]"


@dataclasses.dataclass
class Argument:
    name: str  # None where the catalogue has no name for the position
    value: ast.expr
    positional: bool
    spread: bool = False  # a list written without its brackets: `x.view(2, 3)`

    def words(self):
        return self.value.elts if self.spread else [self.value]


@dataclasses.dataclass
class Call:
    number: int
    operator: object
    operands: dict  # letter -> Operand
    arguments: list  # of a definition; empty for a function
    inputs: list
    method: bool = False
    history: list = dataclasses.field(default_factory=list)  # what was changed, for reports

    def copy(self):
        return dataclasses.replace(self, **{field: copy.deepcopy(getattr(self, field))
                                            for field in ("operands", "arguments", "inputs", "history")})

    def name(self, letter):
        return f"{letter}{self.number}"

    def symbol(self):
        return f"N{self.number}"

    def sizes(self):
        """The symbols by the sizes they stand for."""
        return {symbol: operand.shape[i] for operand in self.operands.values() for i, symbol in operand.symbols.items()}

    # as modelc reads it

    def written(self, arguments):
        class Renamed(ast.NodeTransformer):
            def visit_Name(inner, node):
                return ast.Name(self.name(node.id)) if node.id in self.operands else node

        words = []
        for argument in arguments:
            for value in argument.words():
                text = ast.unparse(Renamed().visit(copy.deepcopy(value)))
                words.append(text if argument.positional else f"{argument.name}={text}")
        return words

    def definition(self):
        return f"{self.operator.name}({', '.join(self.written(self.arguments))})"

    def expression(self):
        words = self.written(self.inputs)
        if self.operator.is_module:
            return f"{self.name('m')}({', '.join(words)})"
        name = self.operator.name.removeprefix("Tensor.")
        if self.method:
            receiver = words[0] if words[0].isidentifier() else f"({words[0]})"
            return f"{receiver}.{name}({', '.join(words[1:])})"
        return f"{name}({', '.join(words)})"

    def text(self):
        """For a person, without numbers."""
        plain = dataclasses.replace(self, number="")
        shown = f"{plain.definition()} called as {plain.expression()}" if self.operator.is_module else plain.expression()
        return f"{shown} on {', '.join(f'{letter}: {operand.type()}' for letter, operand in self.operands.items()) or 'nothing'}"

    # as PyTorch reads it

    def evaluated(self, arguments, declared, tensors):
        """Positional and named values; a list of numbers serves where a tensor is due."""
        names = {**{letter: tensors[letter] for letter in self.operands}, **WORDS, **self.sizes(), **self.parts()}
        kinds = {parameter.name: parameter for parameter in declared}
        values, named = [], {}
        for argument in arguments:
            parameter = kinds.get(argument.name)
            for word in argument.words():
                value = case.evaluate(ast.unparse(word), names)
                numbers = isinstance(value, list) and value and all(isinstance(part, (int, float)) for part in value)
                if numbers and parameter and self.operator.is_module and ("float", 0) in parameter.kinds:
                    value = torch.tensor(value, dtype=torch.float32)
                elif numbers and parameter and parameter.is_tensor():
                    value = torch.tensor(value)
                if argument.name == "inplace" and value is True:
                    value = False  # a hint: values never change
                if argument.positional:
                    values.append(value)
                else:
                    named[argument.name] = value
        return values, named

    def parts(self):
        """The classes of the modules that a definition is made of: `TransformerDecoder(TransformerDecoderLayer(2), 2)`."""
        named = {called.id for argument in self.arguments for called in ast.walk(argument.value) if isinstance(called, ast.Name)}
        return {name: case.build_module(name, self.input_shapes()) for name in named if name[0].isupper() and hasattr(torch.nn, name)}

    def build(self):
        """The module that the definition names, of torch.nn."""
        values, named = self.evaluated(self.arguments, self.operator.arguments, {letter: None for letter in self.operands})
        shapes = self.input_shapes()
        inferred = case.inferred_sizes(self.operator.name, shapes)
        if any(isinstance(size, int) and named.get(name, size) != size for name, size in inferred.items() if name != "normalized_shape"):
            raise ValueError("an inferred size is stated otherwise")
        return case.build_module(self.operator.name, shapes)(*values, **named)

    def input_shapes(self):
        """Of the operands in the order of the call."""
        names = [part.id for argument in self.inputs for part in ast.walk(argument.value) if isinstance(part, ast.Name)]
        return [self.operands[name].shape for name in names if name in self.operands]

    def result(self, tensors, module, training):
        values, named = self.evaluated(self.inputs, self.operator.inputs, tensors)
        if self.operator.is_module:
            return module(*values, **named)
        self.follow_mode(values, named, training)
        if self.method:
            return method(self.operator.name, values[0])(*values[1:], **named)
        if not values and known_as_method_only(self.operator.name) and self.operator.inputs[0].name in named:
            values = [named.pop(self.operator.inputs[0].name)]
        return function(self.operator.name)(*values, **named)

    def follow_mode(self, values, named, training):
        """Functions with a mode follow it: `training=null` is the mode, `dropout_p` is 0 outside training."""
        for at, parameter in enumerate(self.operator.inputs):
            if parameter.name == "training" and parameter.default == "null":
                if at < len(values):
                    values[at] = training if values[at] is None else values[at]
                elif named.get("training") is None:
                    named["training"] = training
            if parameter.name == "dropout_p" and not training:
                if at < len(values) and isinstance(values[at], (int, float)):
                    values[at] = 0.0
                elif isinstance(named.get("dropout_p"), (int, float)):
                    named["dropout_p"] = 0.0


def find(place, name):
    for part in name.split("."):
        place = getattr(place, part, None)
    return place if callable(place) and not isinstance(place, type) else None


def function(name):
    """Of torch.nn.functional, torch, the methods of Tensor, in this order."""
    for place in (newer, F, torch, torch.Tensor):
        found = find(place, name.removeprefix("Tensor."))
        if found is not None:
            return found
    raise KeyError(name)


def known_as_method_only(name):
    return not any(find(place, name) for place in (newer, F, torch))


def is_known(operator):
    """Whether the reference, which may be older, has the name at all."""
    if operator.is_module:
        return hasattr(newer, operator.name) or hasattr(torch.nn, operator.name)
    return not known_as_method_only(operator.name) or find(torch.Tensor, operator.name.removeprefix("Tensor.")) is not None


def method(name, receiver):
    """Of Tensor first; a function of which there is none takes the receiver as its first argument."""
    name = name.removeprefix("Tensor.")
    if isinstance(receiver, torch.Tensor) and "." not in name and callable(getattr(torch.Tensor, name, None)):
        return getattr(receiver, name)
    return lambda *values, **named: function(name)(receiver, *values, **named)
