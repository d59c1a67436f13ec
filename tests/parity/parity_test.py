"""A seed model against the same model in PyTorch: keys, outputs, loss and every gradient, for the same weights.

The weights are drawn anew and lie away from every value a constructor gives, so that a weight which is not loaded shows.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import torch

import models
import safetensors_io

TOLERANCE = 1e-5


def redraw(module):
    with torch.no_grad():
        for parameter in module.parameters():
            fan = max(1, parameter[0].numel() if parameter.dim() > 1 else 1)
            fresh = torch.randn_like(parameter) / fan ** 0.5
            if parameter.dim() == 0:
                fresh = parameter + 0.37 + torch.rand_like(parameter)
            parameter.copy_(fresh)


def compare(what, got, wanted, faults):
    if got is None:
        faults.append(f"{what} is missing")
    elif got.shape != wanted.shape or got.dtype != wanted.dtype:
        faults.append(f"{what} is {got.dtype}{list(got.shape)}, expected {wanted.dtype}{list(wanted.shape)}")
    elif not torch.allclose(got, wanted, rtol=TOLERANCE, atol=TOLERANCE):
        faults.append(f"{what} differs by {(got - wanted).abs().max().item():.3g}, allowed is {TOLERANCE}")


def summary_keys(arguments, description, options):
    """Names and shapes of all parameters, in the order of modelc's state_dict."""
    run = subprocess.run(
        [arguments.program, "summary", str(description), "--format", "json", *options], capture_output=True, text=True)
    if run.returncode != 0:
        return None, run.stderr or run.stdout
    return [(entry["name"], tuple(entry["shape"])) for entry in json.loads(run.stdout)["parameters"]], ""


def run_case(arguments, case, folder):
    options, module, inputs, run = case
    faults = []
    description = pathlib.Path(arguments.seeds) / f"{arguments.name}.yaml"
    redraw(module)

    wanted_keys = [(key, tuple(value.shape)) for key, value in module.state_dict().items()]
    common = [option for option in options]
    if "--choice" in common:
        at = common.index("--choice")
        del common[at:at + 2]
    keys, message = summary_keys(arguments, description, common)
    if keys is None:
        return [f"modelc summary failed: {message}"]
    if keys != wanted_keys:
        faults.append(f"keys are {keys}, expected {wanted_keys}")

    outputs, loss = run(module, inputs)
    loss.backward()
    weights, data, results = (folder / f"{name}.safetensors" for name in ("weights", "inputs", "results"))
    safetensors_io.save(weights, module.state_dict())
    safetensors_io.save(data, inputs)
    process = subprocess.run(
        [arguments.gradients, str(description), "--weights", str(weights), "--inputs", str(data), "-o", str(results),
         *options], capture_output=True, text=True)
    if process.returncode != 0:
        return faults + [f"modelc_gradients ends with {process.returncode}: {process.stdout}{process.stderr}"]

    got = safetensors_io.load(results)
    for name, value in outputs.items():
        compare(f"output {name}", got.get(f"out.{name}"), value.detach(), faults)
    compare("loss", got.get("loss"), loss.detach(), faults)
    reached = {key: p.grad for key, p in module.named_parameters() if p.grad is not None}
    for key, gradient in reached.items():
        compare(f"gradient of {key}", got.get(f"grad.{key}"), gradient, faults)
    expected = {f"out.{name}" for name in outputs} | {"loss"} | {f"grad.{key}" for key in reached}
    faults += [f"{name} was not expected" for name in got if name not in expected]
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    for option in ("--program", "--gradients", "--seeds"):
        parser.add_argument(option, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(20)
    failed = 0
    for number, case in enumerate(models.cases(arguments.name)):
        with tempfile.TemporaryDirectory() as folder:
            faults = run_case(arguments, case, pathlib.Path(folder))
        print(f"{arguments.name} {' '.join(case[0])} [{number}]: {'; '.join(faults) or 'equal'}")
        failed += bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
