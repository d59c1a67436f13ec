"""Training steps and initial values against PyTorch: optimisers, groups, clipping, batch normalisation's statistics.

The same rows in the same order from the same initial values: after twenty steps all parameters are equal to 1e-6.
"""

import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from torch import nn

import safetensors_io

TOLERANCE = 1e-6
ROWS, BATCH, STEPS, SEED = 40, 8, 20, 11

# The bias of a layer right before a normalisation has a gradient of zero but for rounding, which Adam would blow up to
# whole steps: an activation stands between.
DESCRIPTION = """\
modelc: 1
inputs: {{x: "float[B, 6]"}}
targets: {{y: "int[B]"}}
layers:
  - a: Linear(12)
  - c: Tanh
  - b: BatchNorm1d
  - d: Linear(3)
outputs: {{logits: output}}
data:
  train: npz("data.npz", shuffle=false)
  valid: npz("data.npz")
loss: cross_entropy(logits, y)
metrics: {{accuracy: "accuracy(logits, y)"}}
train:
  steps: {steps}
  batch: {batch}
  seed: {seed}
  optimizer: {optimizer}
{more}"""

CASES = {
    "sgd": ("SGD(lr=0.1)", "", lambda p: torch.optim.SGD(p, lr=0.1)),
    "sgd momentum": ("SGD(lr=0.1, momentum=0.9, weight_decay=0.01)", "",
                     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01)),
    "sgd dampening": ("SGD(lr=0.1, momentum=0.9, dampening=0.3)", "",
                      lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.3)),
    "sgd nesterov": ("SGD(lr=0.05, momentum=0.8, nesterov=true)", "",
                     lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True)),
    "sgd maximize": ("SGD(lr=0.01, maximize=true)", "", lambda p: torch.optim.SGD(p, lr=0.01, maximize=True)),
    "adam": ("Adam(lr=0.01)", "", lambda p: torch.optim.Adam(p, lr=0.01)),
    "adam decay": ("Adam(lr=0.01, betas=[0.8, 0.99], eps=1e-6, weight_decay=0.1)", "",
                   lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1)),
    "adam amsgrad": ("Adam(lr=0.01, amsgrad=true)", "", lambda p: torch.optim.Adam(p, lr=0.01, amsgrad=True)),
    "adamw": ("AdamW(lr=0.01, weight_decay=0.1)", "", lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1)),
    "clip norm": ("SGD(lr=0.5)", "  clip: {norm: 0.05}\n", lambda p: torch.optim.SGD(p, lr=0.5)),
    "clip value": ("SGD(lr=0.5)", "  clip: {value: 0.01}\n", lambda p: torch.optim.SGD(p, lr=0.5)),
    "groups": ("AdamW(lr=0.01)", "  groups:\n    - {match: a, lr: 1e-3}\n    - {match: \"**.bias\", weight_decay: 0}\n",
               None),
}


def groups(model):
    """The later entry wins key by key: a.bias has its own rate and no decay."""
    named = dict(model.named_parameters())
    settings = {"a.weight": {"lr": 1e-3}, "a.bias": {"lr": 1e-3, "weight_decay": 0}, "b.weight": {},
                "b.bias": {"weight_decay": 0}, "d.weight": {}, "d.bias": {"weight_decay": 0}}
    return torch.optim.AdamW([{"params": [named[key]], **own} for key, own in settings.items()], lr=0.01)


def model_of():
    model = nn.Sequential()
    model.add_module("a", nn.Linear(6, 12))
    model.add_module("c", nn.Tanh())
    model.add_module("b", nn.BatchNorm1d(12))
    model.add_module("d", nn.Linear(12, 3))
    return model


def run(*arguments):
    process = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True)
    if process.returncode != 0:
        sys.exit(f"{arguments[1]} ends with {process.returncode}: {process.stdout}{process.stderr}")


def compare(what, got, wanted, faults, tolerance=TOLERANCE):
    if set(got) != set(wanted):
        faults.append(f"{what}: the keys are {sorted(got)}, expected {sorted(wanted)}")
        return
    for key, value in wanted.items():
        difference = (got[key].double() - value.double()).abs().max().item()
        if not difference <= tolerance:
            faults.append(f"{what}: {key} differs by {difference:.3g}, allowed is {tolerance}")


def train_case(name, program, folder, x, y):
    optimizer, more, make = CASES[name]
    faults = []
    description = folder / "model.yaml"
    description.write_text(DESCRIPTION.format(steps=STEPS, batch=BATCH, seed=SEED, optimizer=optimizer, more=more))
    run(program, "build", description, "-o", folder / "start.safetensors", "-q")
    torch.manual_seed(SEED)
    model = model_of()
    compare("initial values", safetensors_io.load(folder / "start.safetensors"), model.state_dict(), faults, 0)

    run(program, "train", description, "-o", folder / "run", "-q")
    steps = groups(model) if make is None else make(model.parameters())
    model.train()
    losses = []
    for step in range(STEPS):
        begin = step * BATCH % ROWS
        loss = nn.functional.cross_entropy(model(x[begin:begin + BATCH]), y[begin:begin + BATCH])
        losses.append(loss.item())
        steps.zero_grad()
        loss.backward()
        if name == "clip norm":
            nn.utils.clip_grad_norm_(model.parameters(), 0.05)
        if name == "clip value":
            nn.utils.clip_grad_value_(model.parameters(), 0.01)
        steps.step()
    compare("weights", safetensors_io.load(folder / "run" / "last.safetensors"), model.state_dict(), faults)

    with open(folder / "run" / "metrics.csv", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    model.eval()
    with torch.no_grad():
        logits = model(x)
        valid = nn.functional.cross_entropy(logits, y).item()
        accuracy = (logits.argmax(1) == y).double().mean().item()
    epoch = ROWS // BATCH
    expected = {"epoch": STEPS // epoch, "step": STEPS, "train.loss": sum(losses[-epoch:]) / epoch, "valid.loss": valid,
                "valid.accuracy": accuracy}
    for column, value in expected.items():
        if abs(float(last[column]) - value) > 1e-5:
            faults.append(f"metrics.csv: {column} is {last[column]}, expected {value}")
    return faults


# Initial values of layers whose draws are not those of a Linear.
INITIAL = {
    'Conv2d(4, 3, bias=false) -> BatchNorm2d -> Conv2d(6, 3, stride=2, groups=2)': (
        "float[B, 3, 9, 9]", lambda: nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4),
                                                   nn.Conv2d(4, 6, 3, stride=2, groups=2))),
    'Conv1d(4, 3) -> ConvTranspose1d(2, 2)': (
        "float[B, 3, 9]", lambda: nn.Sequential(nn.Conv1d(3, 4, 3), nn.ConvTranspose1d(4, 2, 2))),
    'Embedding(7, 5) -> Linear(2) -> LayerNorm': (
        "int[B, 4]", lambda: nn.Sequential(nn.Embedding(7, 5), nn.Linear(5, 2), nn.LayerNorm(2))),
}


def initial_case(definition, program, folder):
    declared, make = INITIAL[definition]
    faults = []
    description = folder / "model.yaml"
    description.write_text(f'modelc: 1\ninputs: {{x: "{declared}"}}\nmodules:\n  net: {definition}\nforward: net(x)\n')
    for seed in (0, 123456789):
        run(program, "build", description, "--seed", seed, "-o", folder / "start.safetensors", "-q")
        torch.manual_seed(seed)
        wanted = {f"net.{key}": value for key, value in make().state_dict().items()}
        compare(f"seed {seed}", safetensors_io.load(folder / "start.safetensors"), wanted, faults, 0)
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    program = pathlib.Path(parser.parse_args().program).resolve()
    torch.manual_seed(3)
    x, y = torch.randn(ROWS, 6), torch.randint(0, 3, (ROWS,))
    failed = 0
    for names, check in ((CASES, lambda name, folder: train_case(name, program, folder, x, y)),
                         (INITIAL, lambda name, folder: initial_case(name, program, folder))):
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                numpy.savez(pathlib.Path(folder) / "data.npz", x=x.numpy(), y=y.numpy())
                faults = check(name, pathlib.Path(folder))
            print(f"{name}: {'; '.join(faults) or 'equal'}")
            failed += bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
