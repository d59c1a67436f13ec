"""The models of models/vision against torchvision's: keys, shapes and order of the state dict, outputs in both modes,
every gradient, what normalisation moves, and the way of a state dict from Python into a checkpoint and back.

The weights are drawn anew and lie away from every value a constructor gives, so that one which is not loaded shows.
What is compared of each model without options is small; `--all` takes every variant, `--only NAME` one model or
variant. Where a model has more parameters than `--largest`, only keys and shapes are compared.
"""

import argparse
import collections
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

import torch

import safetensors_io

try:
    import vision_models
except ModuleNotFoundError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

TOLERANCE = 1e-5
LARGEST = 150e6


def redraw(module):
    generator = torch.Generator().manual_seed(8)

    def normal(tensor):
        return torch.randn(tensor.shape, generator=generator)

    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.dim() > 1:
                parameter.copy_(normal(parameter) * (2.0 / max(1, parameter[0].numel())) ** 0.5)
            else:
                parameter.add_(0.2 * normal(parameter))
        for name, buffer in module.named_buffers():
            if name.endswith("num_batches_tracked"):
                buffer.fill_(3)
            elif name.endswith("running_mean"):
                buffer.copy_(0.2 * normal(buffer))
            elif name.endswith("running_var"):
                buffer.copy_(normal(buffer).square() + 0.5)


def wrapper(row, models_folder):
    """Only a loss reaches gradients: the sum of squares of every result."""
    terms = [f"sum(square({name}))" for name in row.outputs]
    terms += [f"(sum(square({name})) if training else 0)" for name in row.trained]
    return f"extends: {models_folder / 'vision' / row.file}.yaml\nloss: {' + '.join(terms)}\n"


class Comparison:
    def __init__(self, arguments, row, folder):
        self.arguments, self.row, self.folder = arguments, row, folder
        self.faults, self.worst = [], 0.0
        self.file = folder / "model.yaml"
        self.file.write_text(wrapper(row, arguments.models))
        self.options = [] if row.variant is None else ["--variant", row.variant]
        for name, value in row.settings.items():
            self.options += ["--set", f"{name}={value}"]

    def run(self, program, *words):
        process = subprocess.run([program, *map(str, words), *self.options], capture_output=True, text=True)
        if process.returncode != 0:
            said = (process.stdout + process.stderr)[-3000:]
            raise RuntimeError(f"{pathlib.Path(program).name} {words[0]} ends with {process.returncode}: {said}")
        return process.stdout

    def close(self, what, got, wanted):
        """Relative to the greatest: small sums of large terms have their error."""
        wanted = wanted.detach()
        if got is None:
            self.faults.append(f"{what} is missing")
        elif got.shape != wanted.shape or got.dtype != wanted.dtype:
            self.faults.append(f"{what} is {got.dtype}{list(got.shape)}, expected {wanted.dtype}{list(wanted.shape)}")
        elif wanted.is_floating_point() and not wanted.isfinite().all():
            self.faults.append(f"{what} is not finite in Python: the comparison says nothing")
        else:
            got, wanted = got.double(), wanted.double()
            scale = max(1e-3, wanted.abs().max().item()) if wanted.numel() else 1.0
            error = ((got - wanted).abs().max().item() / scale) if wanted.numel() else 0.0
            self.worst = max(self.worst, error)
            if not error <= TOLERANCE:
                self.faults.append(f"{what} differs by {error:.3g} of its greatest value")

    def same_keys(self, kind, got, wanted):
        for one, other in itertools.zip_longest(got, wanted):
            if one != other:
                self.faults.append(f"{kind} {one}, expected {other}")
                break

    def keys(self, module):
        """In order, parameters and buffers apart; the order of both together is that of the saved file."""
        found = json.loads(self.run(self.arguments.program, "summary", self.file, "--format", "json"))
        state = module.state_dict()
        parameters = {name for name, _ in module.named_parameters()}
        for kind, held in (("parameters", True), ("buffers", False)):
            got = [(entry["name"], tuple(entry["shape"])) for entry in found[kind]]
            self.same_keys(kind, got, [(key, tuple(value.shape)) for key, value in state.items()
                                       if (key in parameters) == held])

    def values(self, module, saved):
        generator = torch.Generator().manual_seed(9)
        inputs = {name: torch.randn(shape, generator=generator) for name, shape in self.row.inputs.items()}
        if saved:
            self.initial(module)
        redraw(module)
        weights, data, out, step, copy = (
            self.folder / f"{name}.safetensors" for name in "weights data out step copy".split())
        state = {key: value.clone() for key, value in module.state_dict().items()}
        safetensors_io.save(weights, state)
        safetensors_io.save(data, inputs)

        self.run(self.arguments.program, "predict", self.file, "--weights", weights, "--inputs", data, "-o", out)
        with torch.no_grad():
            self.outputs("evaluation", safetensors_io.load(out), "", module.eval(), inputs)

        self.run(self.arguments.gradients, self.file, "--weights", weights, "--inputs", data, "-o", step)
        self.step(safetensors_io.load(step), module.train(), inputs)

        if saved:
            self.run(self.arguments.program, "build", self.file, "--weights", weights, "-o", copy)
            self.round_trip(safetensors_io.load(copy), state, module)

    def initial(self, module):
        """Buffers start as Python's do: tables of positions are computed, not loaded."""
        fresh = self.folder / "fresh.safetensors"
        self.run(self.arguments.program, "build", self.file, "-o", fresh)
        got = safetensors_io.load(fresh)
        for key, buffer in module.named_buffers():
            self.close(f"initial {key}", got.get(key), buffer)

    def outputs(self, mode, got, prefix, module, inputs):
        """Compares what is put out; all results, of those in training only too."""
        results = module(*inputs.values())
        results = [results] if isinstance(results, torch.Tensor) else results
        results = list(results.values()) if isinstance(results, dict) else list(results)
        for name, value in zip(self.row.outputs, results):
            self.close(f"{mode} {name}", got.get(prefix + name), value)
        return results

    def step(self, got, module, inputs):
        results = self.outputs("training", got, "out.", module, inputs)
        loss = sum(value.square().sum() for value in results)
        loss.backward()
        self.close("loss", got.get("loss"), loss)
        for key, parameter in module.named_parameters():
            if parameter.grad is not None:
                self.close(f"gradient of {key}", got.get(f"grad.{key}"), parameter.grad)
            elif f"grad.{key}" in got:
                self.faults.append(f"gradient of {key} was not expected")
        for key, buffer in module.named_buffers():
            self.close(f"buffer {key}", got.get(f"buffer.{key}"), buffer)

    def round_trip(self, got, state, module):
        self.same_keys("saved", got, state)
        loaded = collections.OrderedDict(got)
        loaded._metadata = module.state_dict()._metadata  # versions of layouts, which MNASNet asks for
        module.load_state_dict(loaded, strict=True)
        self.faults += [f"{key} changed on its way through a checkpoint" for key, value in state.items()
                        if not torch.equal(got[key], value)]


def compare(arguments, row, depth):
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        comparison = Comparison(arguments, row, pathlib.Path(folder))
        try:
            module = row.module()
            count = sum(parameter.numel() for parameter in module.parameters())
            comparison.keys(module)
            whole = depth != "keys" and count <= arguments.largest
            if whole and not comparison.faults:
                comparison.values(module, saved=depth == "all")
        except RuntimeError as problem:
            comparison.faults.append(str(problem))
            count, whole = 0, True
    return comparison, count, whole


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--program", "--gradients", "--models"):
        parser.add_argument(option, required=True)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--largest", type=float, default=LARGEST)
    parser.add_argument("--keys", action="store_true", help="compare keys and shapes alone")
    arguments = parser.parse_args()
    arguments.models = pathlib.Path(arguments.models).resolve()
    if arguments.keys:
        arguments.largest = 0
    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)

    failed = compared = 0
    for row in vision_models.rows():
        if arguments.only and arguments.only not in (row.file, row.variant):
            continue
        depth = "all" if arguments.all or arguments.only else row.quick
        if not depth:
            continue
        start = time.time()
        comparison, count, whole = compare(arguments, row, depth)
        found = f"equal, at most {comparison.worst:.1e}" if whole else "equal keys"
        verdict = "; ".join(comparison.faults[:8]) or found
        print(f"{row.name} ({count} parameters, {time.time() - start:.1f} s): {verdict}", flush=True)
        compared += 1
        failed += bool(comparison.faults)
    print(f"{compared} compared, {failed} differ")
    return 1 if failed or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
