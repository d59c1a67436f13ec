"""Legal calls to begin with: those of the operators' cases (`tests/parity/families`), where each operator must stand.

So a new operator is drawn as soon as it has a case; one without starts from its example, on plain operands.
"""

import ast

import catalogue_test
from case import NAMESPACES, OPERATORS, SYMBOLS, called_name

from calls import Argument, Call, Operand


def bind(parameters, positional, keywords):
    """Arguments as written, by the names of the declaration; a tail of values may be one list."""
    found = []
    for at, value in enumerate(positional):
        last = parameters[at] if at < len(parameters) else None
        tail = positional[at:]
        open_list = last and any(length == 0 for _, length in last.kinds) and all(
            parameter.default is not None for parameter in parameters[at + 1:])
        if open_list and len(tail) > 1 and not any(isinstance(part, (ast.List, ast.Tuple)) for part in tail):
            found.append(Argument(last.name, ast.List(tail, ast.Load()), True, spread=True))
            break
        found.append(Argument(last.name if last else None, value, True))
    return found + [Argument(word.arg, word.value, False) for word in keywords if word.arg]


def operands_of(entry):
    return {letter: Operand(kind, shape, False) for letter, (kind, _), shape in zip("xyzwuv", entry.types, entry.shapes())}


def module_call(operator, entry):
    definition = ast.parse(entry.text, mode="eval").body
    if not isinstance(definition, ast.Call) or called_name(definition.func) != operator.name:
        return None
    given = [parameter for parameter in operator.positional_arguments()]
    for node in ast.walk(ast.parse(entry.call, mode="eval")):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "m":
            return Call(0, operator, operands_of(entry), bind(given, definition.args, definition.keywords),
                        bind(operator.inputs, node.args, node.keywords))
    return None


def function_calls(catalogue, entry):
    """The calls in an expression, the outermost first."""
    for node in ast.walk(ast.parse(entry.text, mode="eval")):
        if isinstance(node, ast.Call):
            spaced = isinstance(node.func, ast.Attribute) and not (
                isinstance(node.func.value, ast.Name) and node.func.value.id in NAMESPACES)
            values = ([node.func.value] if spaced else []) + node.args
            names = [called_name(node.func)] + ([f"Tensor.{node.func.attr}"] if spaced else [])
            for name in names:
                if name in catalogue and not catalogue[name].is_module:
                    yield name, Call(0, catalogue[name], operands_of(entry), [],
                                     bind(catalogue[name].inputs, values, node.keywords), spaced)
        elif isinstance(node, (ast.BinOp, ast.UnaryOp)) and OPERATORS.get(type(node.op)) in catalogue and names_of(node):
            name = OPERATORS[type(node.op)]
            values = [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]
            yield name, Call(0, catalogue[name], operands_of(entry), [], bind(catalogue[name].inputs, values, []))


def names_of(node):
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def used_operands(call):
    """Only those that the call names."""
    named = set().union(*(names_of(argument.value) for argument in call.inputs))
    call.operands = {letter: operand for letter, operand in call.operands.items() if letter in named}
    return call


def from_example(operator):
    """On operands of one plain shape."""
    text = operator.example
    call = ast.parse("m(x)" if operator.is_module else text, mode="eval").body
    operands = {letter: Operand("float", [SYMBOLS["B"], 6, 6], False) for letter in "xyzw"}
    if operator.is_module:
        definition = ast.parse(text, mode="eval").body
        return Call(0, operator, operands, bind(operator.positional_arguments(), definition.args, definition.keywords),
                    bind(operator.inputs, [ast.Name(letter) for letter, _ in zip("xyzw", [p for p in operator.inputs if p.default is None])], []))
    values = call.args
    if isinstance(call.func, ast.Attribute) and not (isinstance(call.func.value, ast.Name) and call.func.value.id in NAMESPACES):
        values = [call.func.value] + values
    return Call(0, operator, operands, [], bind(operator.inputs, values, call.keywords))


def read(catalogue):
    """Calls by operator, those that stand alone first; a nested one only where there is no other."""
    alone, nested = {}, {}
    for family in catalogue_test.FAMILIES:
        for entry in catalogue_test.cases_of(family):
            if entry.is_module:
                name = entry.text.split("(")[0]
                call = module_call(catalogue[name], entry) if name in catalogue else None
                if call:
                    alone.setdefault(name, []).append(used_operands(call))
                continue
            for depth, (name, call) in enumerate(function_calls(catalogue, entry)):
                (nested if depth or entry.python != entry.text else alone).setdefault(name, []).append(used_operands(call))
    found = {}
    for name, operator in catalogue.items():
        if name in catalogue_test.EXEMPT:
            continue
        found[name] = alone.get(name) or nested.get(name) or [used_operands(from_example(operator))]
    return found
