"""One description of many calls, and which line belongs to which.

A call is a line of `forward`; its operands are inputs or parameters, its module an entry of `modules`. So one run of the
program answers for hundreds of calls, and a fault is told apart by its line.
"""

from catalogue_test import quoted


class Document:
    def __init__(self, calls, learned=None):
        """`learned`: for each call's number the paths of results whose squares are the loss."""
        self.calls, self.lines, self.owners = calls, [], {}
        self.write(learned or {})

    def add(self, text, call=None):
        self.lines.append(text)
        if call is not None:
            self.owners[len(self.lines)] = call.number

    def section(self, name, entries):
        if entries:
            self.add(f"{name}:")
            for text, call in entries:
                self.add(f"  {text}", call)

    def write(self, learned):
        operands = [(call, letter, operand) for call in self.calls for letter, operand in call.operands.items()]
        self.add("name: Differential")
        inputs = [(f"{call.name(letter)}: {quoted(operand.type())}", call) for call, letter, operand in operands if not operand.learned]
        self.section("inputs", inputs or [("unused: float[1]", None)])
        self.section("parameters", [(f"{call.name(letter)}: {quoted(f'{operand.type()} = {zeros(operand)}')}", call)
                                    for call, letter, operand in operands if operand.learned])
        modules = [call for call in self.calls if call.operator.is_module]
        self.section("modules", [(f"{call.name('m')}: {quoted(call.definition())}", call) for call in modules])
        self.section("forward", [(f"{call.name('o')}: {quoted(call.expression())}", call) for call in self.calls])
        self.section("outputs", [(f"{call.name('o')}: {call.name('o')}", call) for call in self.calls])
        self.section("loss", [(f"{call.name('l')}_{i}: {quoted(squares(call, path))}", call)
                              for call in self.calls for i, path in enumerate(learned.get(call.number, []))])

    def text(self):
        return "\n".join(self.lines) + "\n"

    def where(self):
        """The symbols' sizes, as `--where` takes them."""
        sizes = {name: size for call in self.calls for name, size in call.sizes().items()}
        return ",".join(f"{name}={size}" for name, size in sizes.items())


def zeros(operand):
    value = "0.0" if not operand.shape else f"zeros({', '.join(map(str, operand.shape))})"
    # A number takes the declared dtype; a tensor has one.
    return value if operand.kind != "float64" or not operand.shape else value[:-1] + ", dtype=float64)"


def squares(call, path):
    steps = "".join(f"[{step}]" for step in path.split(".")[1:])
    return f"sum(square(outputs.{call.name('o')}{steps}.float()))"
