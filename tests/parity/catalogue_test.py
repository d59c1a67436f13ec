"""A family of operators against PyTorch: one description that calls every case, run in both modes.

Compared are the initial values for a seed and the order of the keys (`modelc build`), the results in evaluation (`modelc
predict`), and of a training step the results, the gradients of operands and parameters and the buffers that it moved
(`modelc_gradients`). Weights and buffers are drawn anew, away from every value that a constructor gives. MODELC_VERIFY
makes each run compare what a kernel gives with what was inferred. `coverage` instead of a family: every operator of the
catalogue stands in a case.
"""

import argparse
import importlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import torch
from torch import nn

import safetensors_io
from case import parts_of, redraw

FAMILIES = ("linear attention convolution pooling normalization activation embedding recurrent reshaping permuting joining "
            "selection padding resizing unary binary special conversion reduction sorting statistics linalg creation random loss transformer "
            "spectral complex").split()
TOLERANCE = 1e-5
SEED = 5

# Operators that no case can hold.
EXEMPT = {
    "standardize": "fitted on the training rows, which PyTorch has no counterpart for",
    "category": "fitted on the training rows, which PyTorch has no counterpart for",
    "impute": "fitted on the training rows, which PyTorch has no counterpart for",
    "bins": "torch.bucketize by a name of its own; tests/runtime/feed_functions_test.cpp holds it to its words",
}


def cases_of(family):
    return importlib.import_module(f"families.{family}").CASES


class Model(nn.Module):
    """The description's counterpart: operands first, then the modules, in the same order."""

    def __init__(self, cases):
        super().__init__()
        generator = torch.Generator().manual_seed(7)
        self.cases, self.fed = cases, {}
        for number, case in enumerate(cases):
            case.place(number, generator)
            self.fed.update(case.fed)
            for name, value in case.parameters.items():
                self.register_parameter(name, nn.Parameter(torch.zeros_like(value)))
        for case in cases:
            if case.is_module:
                self.add_module(f"m{case.number}", case.make_module())

    def redraw(self):
        redraw(self)
        with torch.no_grad():
            for case in self.cases:
                for name, value in case.parameters.items():
                    getattr(self, name).copy_(value)

    def forward(self):
        tensors = {**self.fed, **dict(self.named_parameters())}
        return {f"o{case.number}": case.result(tensors, getattr(self, f"m{case.number}", None), self.training)
                for case in self.cases}


def all_parts(results):
    found = {}
    for name, result in results.items():
        found.update(parts_of(result, name))
    return found


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def description(model, learned):
    """Only a loss reaches gradients: the sum of squares of every result in `learned`, which says whether it is complex."""
    lines = ["name: Operators", "inputs:"]
    lines += [f"  {name}: {quoted(case.declared[name])}" for case in model.cases for name in case.fed]
    if not model.fed:
        lines.append("  unused: float[1]")
    lines += ["parameters:"]
    for case in model.cases:
        for name, value in case.parameters.items():
            sizes = ", ".join(map(str, value.shape))
            value_text = f"zeros({sizes})" if sizes else "0.0"
            lines.append(f"  {name}: {quoted(f'{case.declared[name]} = {value_text}')}")
    if lines[-1] == "parameters:":
        lines.pop()
    modules = [f"  m{case.number}: {quoted(case.text)}" for case in model.cases if case.is_module]
    lines += ["modules:"] + modules if modules else []
    lines += ["forward:"] + [f"  o{case.number}: {quoted(case.expression())}" for case in model.cases]
    lines += ["outputs:"] + [f"  o{case.number}: o{case.number}" for case in model.cases]
    if learned:
        lines += ["loss:"]
        for path, is_complex in learned.items():
            name, *steps = path.split(".")
            value = f"outputs.{name}" + "".join(f"[{step}]" for step in steps)
            real = f"view_as_real({value})" if is_complex else f"{value}.float()"
            lines.append(f"  l_{path.replace('.', '_')}: {quoted(f'sum(square({real}))')}")
    return "\n".join(lines) + "\n"


def real(value):
    return torch.view_as_real(value.resolve_conj()) if value.is_complex() else value


def close(got, wanted):
    """Relative to the greatest: small sums of large terms have their error."""
    finite = wanted[wanted.isfinite()].abs()
    scale = max(1.0, finite.max().item() if finite.numel() else 0.0)
    return torch.allclose(got, wanted, rtol=TOLERANCE, atol=TOLERANCE * scale, equal_nan=True)


class Comparison:
    def __init__(self, cases):
        self.cases, self.faults, self.count = cases, [], 0
        self.drawn = set()  # results that differ from one evaluation to the next

    def case_of(self, name):
        number = int(re.match(r"[a-z]+(\d+)", name).group(1))
        return self.cases[number]

    def words(self, name):
        case = self.case_of(name)
        called = f" called as `{case.call}`" if case.is_module else ""
        return f"{name} of `{case.text}`{called} on {', '.join(case.declared.values())}"

    def compare(self, what, name, got, wanted):
        self.count += 1
        what = f"{what} {self.words(name)}"
        if got is None:
            self.faults.append(f"{what} is missing")
        elif got.shape != wanted.shape or got.dtype != wanted.dtype:
            self.faults.append(f"{what} is {got.dtype}{list(got.shape)}, expected {wanted.dtype}{list(wanted.shape)}")
        elif name in self.drawn or (self.case_of(name).random and what.startswith("training")):
            problem = self.case_of(name).random(got)
            if problem:
                self.faults.append(f"{what}: {problem}")
        elif not close(real(got).double(), real(wanted).double()):
            self.faults.append(f"{what} differs by {(real(got).double() - real(wanted).double()).abs().max().item():.3g}")

    def compare_all(self, what, got, wanted, prefix=""):
        for name, value in wanted.items():
            self.compare(what, name, got.get(prefix + name), value.detach())


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          env={**os.environ, "MODELC_VERIFY": "1"})
    if done.returncode != 0:
        raise RuntimeError(f"{pathlib.Path(command[0]).name} ends with {done.returncode}:\n{done.stdout}{done.stderr}")


def has_gradient(part):
    """Adds the gradients of the sum of squares; false where PyTorch has none (`//`)."""
    if not part.requires_grad:
        return False
    try:
        (real(part) if part.is_complex() else part.float()).square().sum().backward(retain_graph=True)
    except RuntimeError:
        return False
    return True


def test(arguments, folder):
    cases = cases_of(arguments.family)
    if arguments.only:
        cases = [case for case in cases if arguments.only in case.text]
    comparison = Comparison(cases)
    torch.manual_seed(SEED)
    model = Model(cases)
    initial = {key: value.clone() for key, value in model.state_dict().items()}
    model.redraw()
    state = {key: value.clone() for key, value in model.state_dict().items()}
    model.eval()
    evaluated, again = all_parts(model()), all_parts(model())
    comparison.drawn = {name for name in evaluated if comparison.case_of(name).random and
                        not torch.equal(evaluated[name], again[name])}
    model.train()
    trained = all_parts(model())
    learned = {name: part.is_complex() for name, part in trained.items()
               if not comparison.case_of(name).random and has_gradient(part)}

    file, weights, data, results, built = (folder / name for name in (
        "operators.yaml", "weights.safetensors", "inputs.safetensors", "results.safetensors", "built.safetensors"))
    file.write_text(description(model, learned))
    safetensors_io.save(weights, state)
    safetensors_io.save(data, model.fed)

    run(arguments.program, "build", file, "--seed", SEED, "-o", built)
    drawn = safetensors_io.load(built)
    if list(drawn) != list(initial):
        comparison.faults.append(f"the keys are {list(drawn)}, expected {list(initial)}")
    comparison.compare_all("the initial", drawn, initial)

    run(arguments.program, "predict", file, "--weights", weights, "--inputs", data, "-o", results)
    comparison.compare_all("evaluated", safetensors_io.load(results), evaluated)

    run(arguments.gradients, file, "--weights", weights, "--inputs", data, "-o", results)
    got = safetensors_io.load(results)
    comparison.compare_all("training", got, trained, "out.")
    random = {f"m{case.number}" for case in cases if case.random}
    gradients = {key: p.grad for key, p in model.named_parameters() if p.grad is not None and key.split(".")[0] not in random}
    comparison.compare_all("gradient", got, gradients, "grad.")
    comparison.compare_all("buffer", got, dict(model.named_buffers()), "buffer.")
    return comparison


def coverage(program):
    listed = subprocess.run([program, "ops", "--format", "json"], capture_output=True, text=True, check=True).stdout
    used = set(EXEMPT)
    for family in FAMILIES:
        for case in cases_of(family):
            used |= case.operators()
    catalogue = {entry["name"] for entry in json.loads(listed) if entry["kind"] in ("module", "function")}
    for name in sorted(catalogue - used):
        print(f"`{name}` stands in no case")
    for name in sorted(set(EXEMPT) - catalogue):
        print(f"`{name}` is exempt and no operator")
    return 1 if catalogue - used or set(EXEMPT) - catalogue else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("family", choices=(*FAMILIES, "coverage"))
    parser.add_argument("--program", required=True)
    parser.add_argument("--gradients")
    parser.add_argument("--keep", help="a folder for the description and the tensors")
    parser.add_argument("--only", help="cases whose text contains this")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.family == "coverage":
        return coverage(arguments.program)
    with tempfile.TemporaryDirectory() as scratch:
        if arguments.keep:
            pathlib.Path(arguments.keep).mkdir(parents=True, exist_ok=True)
        try:
            comparison = test(arguments, pathlib.Path(arguments.keep or scratch))
        except RuntimeError as fault:
            print(fault)
            return 1
    for fault in comparison.faults:
        print(fault)
    print(f"{len(comparison.cases)} cases, {comparison.count} comparisons, {len(comparison.faults)} faults")
    return 1 if comparison.faults else 0


if __name__ == "__main__":
    sys.exit(main())
