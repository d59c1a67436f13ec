"""Models that users bring or begin with, against the same models in PyTorch: keys, shapes and their order, outputs in
both modes and every gradient, for the same weights; those with published checkpoints have their number of parameters.

The reference modules are in zoo/, small ones here; weights are drawn anew, so that one which is not loaded shows.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import torch

import safetensors_io
from zoo import decoders, encoders, images, scans, sequences, tables

TOLERANCE = 2e-5
ROOMS = {"encoders": encoders, "decoders": decoders, "sequences": sequences, "images": images, "tables": tables,
         "scans": scans}
MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"


def redraw(module):
    """Weights far from what a constructor gives, and as large as keeps the activations near 1."""
    with torch.no_grad():
        for parameter in module.parameters():
            fan = parameter[0].numel() if parameter.dim() > 1 else 4
            parameter.copy_(torch.randn_like(parameter) / fan ** 0.5 + (parameter.dim() == 1) * parameter)
        for buffer in module.buffers():
            if buffer.is_floating_point():
                buffer.copy_(buffer + torch.rand_like(buffer) / 2)


class Findings:
    """What differs, and by how much what does not."""

    def __init__(self):
        self.faults = []
        self.worst = {"outputs": 0.0, "gradients": 0.0}

    def compare(self, kind, what, got, wanted):
        if got is None:
            self.faults.append(f"{what} is missing")
        elif got.shape != wanted.shape or got.dtype != wanted.dtype:
            self.faults.append(f"{what} is {got.dtype}{list(got.shape)}, expected {wanted.dtype}{list(wanted.shape)}")
        elif not torch.allclose(got, wanted, rtol=TOLERANCE, atol=TOLERANCE):
            self.faults.append(f"{what} differs by {(got - wanted).abs().max().item():.3g}")
        elif got.numel():
            self.worst[kind] = max(self.worst[kind], (got - wanted).abs().max().item())

    def text(self, tensors):
        if self.faults:
            return "; ".join(self.faults)
        return f"{tensors} tensors, " + ", ".join(f"{kind} within {size:.1e}" for kind, size in self.worst.items())


def called(*command):
    run = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"{pathlib.Path(command[0]).name} ends with {run.returncode}: {run.stdout}{run.stderr}")
    return run.stdout


def summary(program, description, options=()):
    return json.loads(called(program, "summary", description, "--format", "json", *options))


class Files:
    """The tensors of one case, as the programs read and write them."""

    def __init__(self, folder, module, case):
        self.weights, self.fed, self.inputs, self.results = (
            pathlib.Path(folder) / f"{name}.safetensors" for name in ("weights", "fed", "inputs", "results"))
        safetensors_io.save(self.weights, module.state_dict())
        safetensors_io.save(self.inputs, case.inputs)
        safetensors_io.save(self.fed, {**case.inputs, **case.targets})


def check_keys(found, module, findings):
    """Names, shapes and order of parameters and buffers; a shared parameter has one entry with all its names."""
    for kind, tensors in (("parameters", module.named_parameters()), ("buffers", module.named_buffers())):
        wanted = [(key, list(value.shape)) for key, value in tensors]
        got = [(entry["name"], entry["shape"]) for entry in found[kind]]
        if got != wanted:
            findings.faults.append(f"{kind}: {[pair for pair in got if pair not in wanted]} beside "
                          f"{[pair for pair in wanted if pair not in got]}, or their order")
    entries = found["parameters"] + found["buffers"]
    names = {name for entry in entries for name in [entry["name"], *entry.get("aliases", [])]}
    if names != set(module.state_dict()):
        findings.faults.append(f"names of one side only: {sorted(names ^ set(module.state_dict()))}")


def check_evaluation(arguments, description, module, case, files, findings):
    module.eval()
    with torch.no_grad():
        outputs, _ = module({**case.inputs, **case.targets})
    called(arguments.program, "predict", description, "--weights", files.weights, "--inputs", files.inputs, "-o",
           files.results, *case.options)
    got = safetensors_io.load(files.results)
    for name, value in outputs.items():
        findings.compare("outputs", f"output {name} in evaluation", got.get(name), value)


def check_training(arguments, description, module, case, files, findings):
    module.train()
    outputs, loss = module({**case.inputs, **case.targets})
    loss.backward()
    called(arguments.gradients, description, "--weights", files.weights, "--inputs", files.fed, "-o", files.results,
           *case.options)
    got = safetensors_io.load(files.results)
    for name, value in outputs.items():
        findings.compare("outputs", f"output {name}", got.get(f"out.{name}"), value.detach())
    findings.compare("outputs", "loss", got.get("loss"), loss.detach())
    for key, buffer in module.named_buffers():
        findings.compare("outputs", f"buffer {key}", got.get(f"buffer.{key}"), buffer)
    reached = {key for key, parameter in module.named_parameters() if parameter.grad is not None}
    for key, parameter in module.named_parameters():
        if key in reached:
            findings.compare("gradients", f"gradient of {key}", got.get(f"grad.{key}"), parameter.grad)
    for name in got:
        if name.startswith("grad.") and name[5:] not in reached:
            findings.faults.append(f"{name} was not expected")


def checked(arguments, case):
    """A line that says how the case went, and whether it went wrong."""
    description = MODELS / f"{case.file}.yaml"
    findings = Findings()
    module = case.make()
    redraw(module)
    started = time.monotonic()
    try:
        check_keys(summary(arguments.program, description, case.options), module, findings)
        with tempfile.TemporaryDirectory() as folder:
            files = Files(folder, module, case)
            check_evaluation(arguments, description, module, case, files, findings)
            check_training(arguments, description, module, case, files, findings)
    except RuntimeError as fault:
        findings.faults.append(str(fault))
    said = findings.text(len(module.state_dict()))
    variant = case.options[1] if case.options[0] == "--variant" else ""
    line = f"{case.file} {variant}({', '.join(case.inputs)}): {said} ({time.monotonic() - started:.1f} s)"
    return line, bool(findings.faults)


def counted(program, name, published):
    file, _, variant = name.partition("@")
    options = ("--variant", variant) if variant else ()
    found = summary(program, MODELS / f"{file}.yaml", options)["totals"]["parameters"]
    wrong = found != published
    return f"{name}: {found} parameters" + (f", published are {published}" if wrong else ""), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("only", nargs="*", help="files, without folder and suffix; all unless said")
    for option in ("--program", "--gradients"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(20)
    torch.set_num_threads(1)
    # By oneDNN, GELU of PyTorch 1.13 has wrong gradients where what flows back is laid out in another order.
    torch.backends.mkldnn.set_flags(False)

    def wanted(name):
        return not arguments.only or name.split("/")[-1].split("@")[0] in arguments.only

    room, failed = ROOMS[arguments.room], 0
    for case in room.cases():
        if wanted(case.file):
            line, wrong = checked(arguments, case)
            print(line, flush=True)
            failed += wrong
    for name, published in room.PUBLISHED.items():
        if wanted(name):
            line, wrong = counted(arguments.program, name, published)
            print(line, flush=True)
            failed += wrong
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
