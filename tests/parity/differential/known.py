"""`known.txt`: disagreements with a reason. The rest are faults.

An entry is `kind | operators | torch | modelc | reason`: the operators as file-name patterns, the next two as regular
expressions to be found in what each side says, the call among them. Where both take a call and give something else, nothing
explains it but that PyTorch itself leaves it open: such a reason begins with "undefined".
"""

import collections
import dataclasses
import fnmatch
import pathlib
import re

EXPLAINABLE = ("accepts", "refuses", "run", "run in training", "symbolic refuses", "symbolic accepts")


@dataclasses.dataclass
class Known:
    line: int
    kind: str
    operators: list
    torch: str
    modelc: str
    reason: str
    used: int = 0

    def __str__(self):
        return f"{self.kind} {' '.join(self.operators)}"

    def explains(self, found):
        return (found.kind == self.kind and
                any(fnmatch.fnmatchcase(found.operator, pattern) for pattern in self.operators) and
                re.search(self.torch, f"{found.torch} | {found.call}") is not None and re.search(self.modelc, found.modelc) is not None)


def read(path):
    entries = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ", 4)]
        if len(parts) != 5:
            raise ValueError(f"{path}:{number}: five parts are due")
        kind, operators, torch, modelc, reason = parts
        if kind not in EXPLAINABLE and not reason.startswith("undefined"):
            raise ValueError(f"{path}:{number}: `{kind}` is a wrong result, and no reason makes it right")
        entries.append(Known(number, kind, operators.split(), torch, modelc, reason))
    return entries


FILE = pathlib.Path(__file__).with_name("known.txt")


def sort(found, entries):
    """How often each reason explains something, what none explains, and entries that explain nothing."""
    explained, rest = collections.Counter(), []
    for disagreement in found:
        entry = next((entry for entry in entries if entry.explains(disagreement)), None)
        if entry is None:
            rest.append(disagreement)
        else:
            entry.used += 1
            explained[entry.reason] += 1
    return explained, rest, [entry for entry in entries if not entry.used]
