"""Models that users bring or begin with, against the same models in PyTorch: keys, shapes and their order, outputs in both
modes and every gradient, for the same weights; those with published checkpoints have their number of parameters, too.

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
from zoo import decoders, encoders, images, sequences, tables

TOLERANCE = 2e-5
ROOMS = {"encoders": encoders, "decoders": decoders, "sequences": sequences, "images": images, "tables": tables}
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


def compare(what, got, wanted, faults):
    if got is None:
        faults.append(f"{what} is missing")
    elif got.shape != wanted.shape or got.dtype != wanted.dtype:
        faults.append(f"{what} is {got.dtype}{list(got.shape)}, expected {wanted.dtype}{list(wanted.shape)}")
    elif not torch.allclose(got, wanted, rtol=TOLERANCE, atol=TOLERANCE):
        faults.append(f"{what} differs by {(got - wanted).abs().max().item():.3g}")


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


def check_keys(found, module, faults):
    """Names, shapes and order of parameters and buffers; a shared parameter has one entry with all its names."""
    for kind, tensors in (("parameters", module.named_parameters()), ("buffers", module.named_buffers())):
        wanted = [(key, list(value.shape)) for key, value in tensors]
        got = [(entry["name"], entry["shape"]) for entry in found[kind]]
        if got != wanted:
            faults.append(f"{kind}: {[pair for pair in got if pair not in wanted]} beside "
                          f"{[pair for pair in wanted if pair not in got]}, or their order")
    names = {name for entry in found["parameters"] + found["buffers"] for name in [entry["name"], *entry.get("aliases", [])]}
    if names != set(module.state_dict()):
        faults.append(f"names of one side only: {sorted(names ^ set(module.state_dict()))}")


def check_evaluation(arguments, description, module, case, files, faults):
    module.eval()
    with torch.no_grad():
        outputs, _ = module({**case.inputs, **case.targets})
    called(arguments.program, "predict", description, "--weights", files.weights, "--inputs", files.inputs, "-o",
           files.results, *case.options)
    got = safetensors_io.load(files.results)
    for name, value in outputs.items():
        compare(f"output {name} in evaluation", got.get(name), value, faults)


def check_training(arguments, description, module, case, files, faults):
    module.train()
    outputs, loss = module({**case.inputs, **case.targets})
    loss.backward()
    called(arguments.gradients, description, "--weights", files.weights, "--inputs", files.fed, "-o", files.results,
           *case.options)
    got = safetensors_io.load(files.results)
    for name, value in outputs.items():
        compare(f"output {name}", got.get(f"out.{name}"), value.detach(), faults)
    compare("loss", got.get("loss"), loss.detach(), faults)
    reached = {key for key, parameter in module.named_parameters() if parameter.grad is not None}
    for key, parameter in module.named_parameters():
        if key in reached:
            compare(f"gradient of {key}", got.get(f"grad.{key}"), parameter.grad, faults)
    for name in got:
        if name.startswith("grad.") and name[5:] not in reached:
            faults.append(f"{name} was not expected")


def faults_of(arguments, case):
    description = MODELS / f"{case.file}.yaml"
    faults = []
    module = case.make()
    redraw(module)
    check_keys(summary(arguments.program, description, case.options), module, faults)
    with tempfile.TemporaryDirectory() as folder:
        files = Files(folder, module, case)
        check_evaluation(arguments, description, module, case, files, faults)
        check_training(arguments, description, module, case, files, faults)
    return faults


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
    room = ROOMS[arguments.room]
    failed = 0
    for case in room.cases():
        if arguments.only and case.file.split("/")[-1] not in arguments.only:
            continue
        started = time.monotonic()
        try:
            faults = faults_of(arguments, case)
        except RuntimeError as fault:
            faults = [str(fault)]
        failed += bool(faults)
        print(f"{case.file} {' '.join(case.options)}: {'; '.join(faults) or 'equal'} ({time.monotonic() - started:.1f} s)")
    for file, count in room.PUBLISHED.items():
        if arguments.only and file.split("/")[-1].split("@")[0] not in arguments.only:
            continue
        name, _, variant = file.partition("@")
        options = ("--variant", variant) if variant else ()
        found = summary(arguments.program, MODELS / f"{name}.yaml", options)
        total = found["totals"]["parameters"]
        failed += total != count
        print(f"{file}: {total} parameters" + (f", published are {count}" if total != count else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
