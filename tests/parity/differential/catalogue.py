"""The operators as `modelc ops --format json` declares them: what may be given, in which order, of which kind."""

import dataclasses
import json
import re
import subprocess


@dataclasses.dataclass
class Declared:
    """One argument: `stride: int[2]? in 1.. = null`."""
    name: str
    kinds: list  # (base, length): "int", "dim", …, or a tuple of words; length None, 0 for any, n for exactly n
    optional: bool
    default: object  # its text, None where one must be given
    inferred: bool

    def takes(self, *bases):
        return any(base in bases for base, _ in self.kinds)

    def is_list(self):
        return any(length is not None for _, length in self.kinds)

    def is_tensor(self):
        return self.takes("Tensor")


@dataclasses.dataclass
class Operator:
    name: str
    is_module: bool
    family: str
    arguments: list  # of a module's definition
    inputs: list  # of a call
    example: str

    def positional_arguments(self):
        """Of a definition: what PyTorch requires and modelc does not infer, or all where nothing is inferred."""
        given = [argument for argument in self.arguments if not argument.inferred]
        if len(given) == len(self.arguments):
            return given
        return [argument for argument in given if argument.default is None]


def split_kinds(text):
    """`int[2]|{same|valid}` at the bars outside braces."""
    return re.findall(r"\{[^}]*\}|[^|{}]+", text)


def parse_declaration(text, inferred=False):
    name, _, rest = text.partition(": ")
    rest, _, default = rest.partition(" = ")
    kind = rest.partition(" in ")[0]
    optional = kind.endswith("?")
    kinds = []
    for part in split_kinds(kind.rstrip("?")):
        base, _, length = part.partition("[")
        words = tuple(base[1:-1].split("|")) if base.startswith("{") else base
        kinds.append((words, int(length.rstrip("]") or 0) if length else None))
    return Declared(name, kinds, optional, default or None, inferred)


def read(program):
    """The operators by name."""
    listed = subprocess.run([program, "ops", "--format", "json"], capture_output=True, text=True, check=True).stdout
    found = {}
    for entry in json.loads(listed):
        if entry["kind"] not in ("module", "function"):
            continue
        def declared(key):
            return [parse_declaration(part["declaration"], part["inferred"]) for part in entry[key]]
        found[entry["name"]] = Operator(entry["name"], entry["kind"] == "module", entry["family"],
                                        declared("arguments"), declared("inputs"), entry["example"])
    return found
