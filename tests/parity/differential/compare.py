"""One batch of calls through both, and where they disagree."""

import dataclasses
import re

import torch

from case import DTYPES

import draw
import mutate
import reference
from program import Broken, Program

SEED = 5
TOLERANCE = {torch.float16: 1e-2, torch.bfloat16: 2e-2}
NAMES = {**DTYPES, "float32": torch.float32, "int64": torch.int64, "complex64": torch.complex64, "complex128": torch.complex128,
         "complex": torch.complex64}


@dataclasses.dataclass
class Disagreement:
    kind: str
    number: int
    operator: str
    call: str
    torch: str  # what PyTorch does
    modelc: str

    def line(self):
        return f"{self.kind} #{self.number} {self.call} | torch: {self.torch} | modelc: {self.modelc}"


# types

def split(text):
    """At the commas outside brackets."""
    parts, depth, part = [], 0, ""
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    return parts + [part.strip()] if part.strip() else parts


def type_fault(text, value, sizes):
    """Why a value is not of the type that was inferred; None where it is. Sizes of the run's data may be anything."""
    named = re.match(r"\w+: (.*)", text)
    text = named.group(1) if named else text
    if text.startswith(("(", "[")):
        parts = split(text[1:-1])
        if isinstance(value, torch.Tensor) or len(parts) != len(value):
            return f"{text} for {words(value)}"
        faults = [type_fault(part, each, sizes) for part, each in zip(parts, value)]
        return next((fault for fault in faults if fault), None)
    if value is None:
        return None if text in ("null", "none") else f"{text} for null"
    dtype, _, dims = text.partition("[")
    if not isinstance(value, torch.Tensor) or not dims:
        return f"{text} for {words(value)}"
    wanted = [size_of(dim, sizes) for dim in split(dims[:-1])]
    fits = NAMES.get(dtype) == value.dtype and len(wanted) == value.dim() and all(
        dim is None or dim == size for dim, size in zip(wanted, value.shape))
    return None if fits else f"{text} for {words(value)}"


def size_of(text, sizes):
    try:
        return eval(text, {"__builtins__": {}, "min": min, "max": max}, sizes)
    except NameError:
        return None  # a size that the data gives


def words(value):
    if isinstance(value, torch.Tensor):
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    if isinstance(value, (tuple, list)):
        return f"({', '.join(words(part) for part in value)})"
    return type(value).__name__


def value_fault(got, wanted, exact=True):
    if got is None:
        return "missing"
    if got.shape != wanted.shape or got.dtype != wanted.dtype:
        return f"{words(got)}, expected {words(wanted)}"
    if not exact:
        return None
    rough = TOLERANCE.get(wanted.dtype, 1e-5)
    first, second = (value.to(torch.complex128) if value.is_complex() else value.double() for value in (got, wanted))
    finite = second[second.isfinite()].abs()
    scale = max(1.0, finite.max().item() if finite.numel() else 0.0)
    if torch.allclose(first, second, rtol=rough, atol=rough * scale, equal_nan=True):
        return None
    return f"differs by {(first - second).abs().nan_to_num().max().item():.3g} of {scale:.3g}"


class Batch:
    """Calls with PyTorch's verdicts; `found` collects what differs, `counts` what was compared."""

    def __init__(self, calls, program, seed, verdicts=None):
        self.program, self.seed, self.found = program, seed, []
        self.calls = calls
        self.verdicts = verdicts or {call.number: reference.judge(call) for call in calls}
        self.counts = {"cases": len(calls), "legal": sum(v.accepted for v in self.verdicts.values()), "types": 0, "values": 0,
                       "gradients": 0, "initial": 0, "symbolic": 0, "symbolic undecided": 0}

    def report(self, kind, call, torchs, modelcs):
        self.found.append(Disagreement(kind, call.number, call.operator.name, call.text(), torchs, modelcs))

    def compare(self):
        refused = self.program.check(self.calls)
        taken = []
        for call in self.calls:
            verdict, said = self.verdicts[call.number], refused.get(call.number)
            if said and said.startswith("BROKEN"):
                self.report("broken", call, "", said)
            elif verdict.accepted and said:
                empty = any(0 in part.shape for part in reference.parts_of(verdict.evaluated).values())
                self.report("refuses", call, f"gives {words(verdict.evaluated)}{' empty' * empty} {verdict.why}", said)
            elif not verdict.accepted and not said:
                self.report("accepts", call, verdict.why, "no report")
            elif verdict.accepted:
                taken.append(call)
        self.compare_taken(taken)
        self.compare_symbolic({call.number for call in taken}, set(refused))
        return self

    def compare_taken(self, calls):
        for call, fault in self.type_faults(calls):
            self.report("type", call, "", fault)
        modules = [call for call in calls if self.verdicts[call.number].state]
        calls = self.without("initial", self.compare_initial(modules), calls)
        self.compare_results(calls)
        self.compare_training(calls)

    def without(self, kind, failed, calls):
        for call in calls:
            if call.number in failed:
                self.report(kind, call, self.verdicts[call.number].why, failed[call.number])
        return [call for call in calls if call.number not in failed]

    def type_faults(self, calls):
        if not calls:
            return
        types, _ = self.program.summary(calls)
        for call in calls:
            self.counts["types"] += 1
            fault = type_fault(types[call.number], self.verdicts[call.number].evaluated, call.sizes())
            if fault:
                yield call, fault

    def compare_initial(self, calls):
        """Keys and initial values; drawn for one after the other, so the first that differs is left out and all drawn again."""
        failed = {}
        while calls:
            calls = [call for call in calls if call.number not in failed]
            tensors, broken = self.program.build(calls, SEED)
            failed.update(broken)
            calls = [call for call in calls if call.number not in failed]
            torch.manual_seed(SEED)
            fault = None
            for call in calls:
                fault = self.initial_fault(call, tensors)
                if fault:
                    failed[call.number] = fault
                    break
            if not fault:
                break
        return failed

    def initial_fault(self, call, tensors):
        wanted = call.build().state_dict()
        prefix = call.name("m") + "."
        keys = [key.removeprefix(prefix) for key in tensors if key.startswith(prefix)]
        if keys != list(wanted):
            return f"the keys are {keys}, expected {list(wanted)}"
        for key, value in wanted.items():
            self.counts["initial"] += 1
            fault = value_fault(tensors[prefix + key], value)
            if fault:
                return f"the initial {key}: {fault}"
        return None

    def compare_results(self, calls, kind="value"):
        tensors, failed = self.program.predict(calls, self.verdicts)
        for call in self.without("run", failed, calls):
            verdict = self.verdicts[call.number]
            for path, part in reference.parts_of(verdict.evaluated, call.name("o")).items():
                self.counts["values"] += 1
                self.differing(kind, call, path, tensors.get(path), part, not verdict.drawn)

    def differing(self, kind, call, what, got, wanted, exact=True):
        fault = value_fault(got, wanted.detach(), exact)
        if fault:
            self.report(kind, call, self.verdicts[call.number].why, f"{re.sub('[0-9]+', '', what, 1)}: {fault}")

    def compare_training(self, calls):
        if not self.program.gradients:
            return
        tensors, failed = self.program.train(calls, self.verdicts)
        for call in self.without("run in training", failed, calls):
            verdict = self.verdicts[call.number]
            for path, part in reference.parts_of(verdict.trained, call.name("o")).items():
                self.counts["values"] += 1
                self.differing("value in training", call, path, tensors.get(f"out.{path}"), part, not verdict.drawn)
            if verdict.drawn:
                continue
            for key, gradient in verdict.gradients.items():
                self.counts["gradients"] += 1
                name = call.name(key) if key in call.operands else f"{call.name('m')}.{key}"
                self.differing("gradient", call, name, tensors.get(f"grad.{name}"), gradient)
            for key, buffer in (verdict.buffers or {}).items():
                name = f"{call.name('m')}.{key}"
                self.differing("buffer", call, name, tensors.get(f"buffer.{name}"), buffer)

    # sizes as symbols

    def unmet(self, calls):
        """Calls with a condition on their symbol that the drawn size does not meet."""
        if not calls:
            return {}
        _, conditions = self.program.summary(calls)
        found = {}
        for call in calls:
            false = [condition for condition in conditions if re.search(rf"\b{call.symbol()}\b", condition) and unmet(condition, call.sizes())]
            if false:
                found[call.number] = f"the condition {' and '.join(false)}"
        return found

    def compare_symbolic(self, taken, refused_numbers):
        calls = [call for call in (draw.with_symbol(call, self.seed) for call in self.calls if call.number % 3 == 0) if call]
        refused = self.program.check(calls)
        at_point = self.program.check([call for call in calls if call.number not in refused], where=True)
        held = []
        for call in calls:
            number, legal = call.number, self.verdicts[call.number].accepted
            self.counts["symbolic"] += 1
            if number in refused:
                # What is not decided for all sizes is refused, and says of which.
                undecided = call.symbol() in refused[number]
                self.counts["symbolic undecided"] += number in taken and undecided
                if number in taken and not undecided:
                    self.report("symbolic refuses", call, "", refused[number])
            elif number in at_point:
                if number in taken:
                    self.report("symbolic refuses", call, "at the drawn sizes", at_point[number])
            elif not legal and number in refused_numbers:
                self.report("symbolic accepts", call, self.verdicts[number].why, "no report")
            elif legal and number in taken:
                held.append(call)
        held = self.without("symbolic refuses", self.unmet(held), held)
        for call, fault in self.type_faults(held):
            self.report("symbolic type", call, "", fault)
        self.compare_results(held, "symbolic value")


def unmet(condition, sizes):
    """Whether a condition, as `summary` prints it, is false at these sizes."""
    try:
        return not eval(condition, {"__builtins__": {}}, sizes)
    except (NameError, SyntaxError):
        return False


def run(calls, modelc, gradients, folder, seed, altered=False):
    """Disagreements and counts of some calls; `altered`: nine of them are altered first."""
    batch = Batch(calls, Program(modelc, gradients, folder), seed)
    if altered:
        _, batch.verdicts = mutate.alter(batch.calls, batch.verdicts)
    try:
        return batch.compare()
    except Broken as fault:
        batch.report("broken", calls[0], "", str(fault)[:600])
        return batch
