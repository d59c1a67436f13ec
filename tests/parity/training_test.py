"""Training steps and initial values against PyTorch: optimisers, groups, clipping, batch normalisation's statistics.

The same rows in the same order from the same initial values: after two hundred steps all parameters are equal to 1e-6.
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

import optimizers
import safetensors_io

TOLERANCE = 1e-6
ROWS, BATCH, STEPS, SEED = 40, 8, 200, 11

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
    "rmsprop": ("RMSprop(lr=0.003)", "", lambda p: torch.optim.RMSprop(p, lr=0.003)),
    "rmsprop centered": ("RMSprop(lr=0.003, alpha=0.9, centered=true, momentum=0.5, weight_decay=0.01)", "",
                         lambda p: torch.optim.RMSprop(p, lr=0.003, alpha=0.9, centered=True, momentum=0.5,
                                                       weight_decay=0.01)),
    "adagrad": ("Adagrad(lr=0.05, lr_decay=0.01, weight_decay=0.01, initial_accumulator_value=0.1)", "",
                lambda p: torch.optim.Adagrad(p, lr=0.05, lr_decay=0.01, weight_decay=0.01,
                                              initial_accumulator_value=0.1)),
    "adadelta": ("Adadelta(lr=0.5, weight_decay=0.01)", "",
                 lambda p: torch.optim.Adadelta(p, lr=0.5, weight_decay=0.01)),
    "adamax": ("Adamax(lr=0.01, weight_decay=0.01)", "", lambda p: torch.optim.Adamax(p, lr=0.01, weight_decay=0.01)),
    "nadam": ("NAdam(lr=0.01, weight_decay=0.01)", "", lambda p: torch.optim.NAdam(p, lr=0.01, weight_decay=0.01)),
    "radam": ("RAdam(lr=0.01, weight_decay=0.01)", "", lambda p: torch.optim.RAdam(p, lr=0.01, weight_decay=0.01)),
    "rprop": ("Rprop(lr=0.001)", "", lambda p: torch.optim.Rprop(p, lr=0.001)),
    "asgd": ("ASGD(lr=0.05, t0=50, weight_decay=0.01)", "",
             lambda p: torch.optim.ASGD(p, lr=0.05, t0=50, weight_decay=0.01)),
    "lion": ("Lion(lr=1e-3, weight_decay=0.1)", "",
             lambda p: optimizers.Lion(p, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.1)),
    "lamb": ("LAMB(lr=0.01, weight_decay=0.1)", "",
             lambda p: optimizers.Lamb(p, lr=0.01, betas=(0.9, 0.999), eps=1e-6, weight_decay=0.1)),
    "adafactor": ("Adafactor(lr=0.05, weight_decay=0.01)", "",
                  lambda p: optimizers.Adafactor(p, lr=0.05, beta2_decay=-0.8, eps=(2 ** -23, 1e-3), d=1.0,
                                                 weight_decay=0.01)),
    "muon": ("Muon(lr=0.02, adamw_lr=1e-3)", "", lambda p: muon(p, lr=0.02, adamw_lr=1e-3, match=False)),
    "muon match": ("Muon(lr=0.01, adjust_lr_fn=\"match_rms_adamw\")", "",
                   lambda p: muon(p, lr=0.01, adamw_lr=0.01, match=True)),
    "clip norm": ("SGD(lr=0.5)", "  clip: {norm: 0.05}\n", lambda p: torch.optim.SGD(p, lr=0.5)),
    "clip value": ("SGD(lr=0.5)", "  clip: {value: 0.01}\n", lambda p: torch.optim.SGD(p, lr=0.5)),
    "groups": ("AdamW(lr=0.01)", "  groups:\n    - {match: a, lr: 1e-3}\n    - {match: \"**.bias\", weight_decay: 0}\n",
               None),
}

# train.schedule and what torch.optim.lr_scheduler has for it; the length is STEPS.
scheduler = torch.optim.lr_scheduler
SCHEDULES = {
    "constant(factor=0.5)": lambda o: scheduler.ConstantLR(o, 0.5, STEPS + 1),
    "warmup(20, start=0.1)": lambda o: scheduler.LinearLR(o, 0.1, 1, 20),
    "linear(min_lr=0.01)": lambda o: scheduler.LinearLR(o, 1, 0.1, STEPS),
    "cosine(min_lr=0.01)": lambda o: scheduler.CosineAnnealingLR(o, STEPS, 0.01),
    "step(30, gamma=0.5)": lambda o: scheduler.StepLR(o, 30, 0.5),
    "step(epochs(4), gamma=0.5)": lambda o: scheduler.StepLR(o, 4 * ROWS // BATCH, 0.5),
    "exponential(0.99)": lambda o: scheduler.ExponentialLR(o, 0.99),
    "polynomial(power=2.0)": lambda o: scheduler.PolynomialLR(o, STEPS, 2.0),
    "onecycle(max_lr=0.3, pct_start=0.2)": lambda o: scheduler.OneCycleLR(o, 0.3, STEPS, pct_start=0.2,
                                                                        cycle_momentum=False),
    "warmup(10, start=0.1) -> constant(15) -> cosine(min_lr=0.001)":
        lambda o: scheduler.SequentialLR(o, [scheduler.LinearLR(o, 0.1, 1, 10), scheduler.ConstantLR(o, 1, 15),
                                             scheduler.CosineAnnealingLR(o, STEPS - 25, 0.001)], [10, 25]),
    "min(step ** -0.5, step * 20 ** -1.5) * 0.9 ** epoch":
        lambda o: scheduler.LambdaLR(o, lambda t: min((t + 1) ** -0.5, (t + 1) * 20 ** -1.5) * 0.9 ** (t * BATCH // ROWS)),
}
# Looks at each validation.
PLATEAU = 'plateau("valid.loss", factor=0.5, patience=1, threshold=0.05)'
SCHEDULED = {f"schedule {text}": ("SGD(lr=0.1)", f"  schedule: {text}\n", lambda p: torch.optim.SGD(p, lr=0.1))
             for text in [*SCHEDULES, PLATEAU]}


def muon(parameters, **given):
    return optimizers.Muon(parameters, weight_decay=0.1, momentum=0.95, ns_coefficients=(3.4445, -4.775, 2.0315),
                           eps=1e-7, adamw_betas=(0.9, 0.95), adamw_eps=1e-8, **given)



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


def one_step(name, model, optimizer, x, y):
    """Takes it; the loss before it."""
    losses = []

    def evaluate():
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        losses.append(loss.item())
        loss.backward()
        if name == "clip norm":
            nn.utils.clip_grad_norm_(model.parameters(), 0.05)
        if name == "clip value":
            nn.utils.clip_grad_value_(model.parameters(), 0.01)
        return loss

    if isinstance(optimizer, torch.optim.LBFGS):
        optimizer.step(evaluate)
    else:
        evaluate()
        optimizer.step()
    return losses[0]


def train_case(name, program, folder, x, y):
    optimizer, more, make = {**CASES, **SCHEDULED}[name]
    faults = []
    description = folder / "model.yaml"
    description.write_text(DESCRIPTION.format(steps=STEPS, batch=BATCH, seed=SEED, optimizer=optimizer, more=more))
    run(program, "build", description, "-o", folder / "start.safetensors", "-q")
    torch.manual_seed(SEED)
    model = model_of()
    compare("initial values", safetensors_io.load(folder / "start.safetensors"), model.state_dict(), faults, 0)

    run(program, "train", description, "-o", folder / "run", "-q")
    steps = groups(model) if make is None else make(model.parameters())
    text = name.removeprefix("schedule ")
    follows = SCHEDULES[text](steps) if text in SCHEDULES else None
    waits = scheduler.ReduceLROnPlateau(steps, factor=0.5, patience=1, threshold=0.05) if text == PLATEAU else None
    losses = []
    for step in range(STEPS):
        model.train()
        begin = step * BATCH % ROWS
        losses.append(one_step(name, model, steps, x[begin:begin + BATCH], y[begin:begin + BATCH]))
        if follows:
            follows.step()
        if waits and begin + BATCH == ROWS:
            model.eval()
            waits.step(nn.functional.cross_entropy(model(x), y).item())
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


# Two optimisers in turn on the same batch: the discriminator twice, the generator at every second batch.
TURNS = """\
modelc: 1
inputs: {z: "float[B, 6]"}
targets: {y: "int[B]"}
modules:
  gen: [Linear(8), Tanh, Linear(3)]
  disc: [Linear(8), Tanh, Linear(1)]
forward: {fake: gen(z)}
data:
  train: npz("data.npz", shuffle=false)
  feed: {z: x, y: y}
train:
  steps: 60
  batch: 8
  seed: 11
  turns:
    D:
      minimize: softplus(-disc(one_hot(y, 3).float())).mean() + softplus(disc(fake)).mean()
      update: disc
      optimizer: SGD(lr=0.1, momentum=0.5)
      times: 2
    G: {minimize: softplus(-disc(fake)).mean(), update: gen, optimizer: Adam(lr=0.01), every: 2}
"""


def turns_case(program, folder, x, y):
    """Also in two parts, the second going on from the first."""
    description = folder / "model.yaml"
    description.write_text(TURNS)
    run(program, "train", description, "-o", folder / "run", "-q")
    run(program, "train", description, "--set", "train.steps=33", "-o", folder / "parts", "-q")
    run(program, "train", description, "-o", folder / "parts", "--resume", "-q")
    torch.manual_seed(SEED)
    make = lambda out, inner: nn.Sequential(nn.Linear(inner, 8), nn.Tanh(), nn.Linear(8, out))
    gen, disc = make(3, 6), make(1, 3)
    steps = {"D": torch.optim.SGD(disc.parameters(), lr=0.1, momentum=0.5),
             "G": torch.optim.Adam(gen.parameters(), lr=0.01)}
    soft = nn.functional.softplus
    for step in range(60):
        begin = step * BATCH % ROWS
        z, real = x[begin:begin + BATCH], nn.functional.one_hot(y[begin:begin + BATCH], 3).float()
        turns = ["D", "D"] + (["G"] if (step + 1) % 2 == 0 else [])
        for turn in turns:
            steps[turn].zero_grad()
            fake = gen(z)
            loss = soft(-disc(real)).mean() + soft(disc(fake)).mean() if turn == "D" else soft(-disc(fake)).mean()
            loss.backward()
            steps[turn].step()
    wanted = {**{f"gen.{key}": value for key, value in gen.state_dict().items()},
              **{f"disc.{key}": value for key, value in disc.state_dict().items()}}
    faults = []
    compare("weights", safetensors_io.load(folder / "run" / "last.safetensors"), wanted, faults)
    compare("in two parts", safetensors_io.load(folder / "parts" / "last.safetensors"),
            safetensors_io.load(folder / "run" / "last.safetensors"), faults, 0)
    with open(folder / "run" / "metrics.csv", newline="") as file:
        header = list(csv.DictReader(file))[-1]
    if list(header) != ["epoch", "step", "train.loss", "train.D", "train.G"]:
        faults.append(f"metrics.csv has the columns {list(header)}")
    return faults


def lbfgs_case(program, folder, x, y):
    """On all rows at once: on parts of them it goes astray, and the last bit decides where to."""
    faults = []
    for optimizer, given in (("LBFGS(lr=0.1, max_iter=4)", {"lr": 0.1, "max_iter": 4}),
                             ('LBFGS(lr=0.5, max_iter=3, history_size=5, line_search_fn="strong_wolfe")',
                              {"lr": 0.5, "max_iter": 3, "history_size": 5, "line_search_fn": "strong_wolfe"})):
        description = folder / "model.yaml"
        description.write_text(DESCRIPTION.format(steps=200, batch=ROWS, seed=SEED, optimizer=optimizer, more=""))
        run(program, "train", description, "-o", folder / "run", "--overwrite", "-q")
        torch.manual_seed(SEED)
        model = model_of()
        steps = torch.optim.LBFGS(model.parameters(), **given)
        for _ in range(200):
            one_step("", model, steps, x, y)
        compare(optimizer, safetensors_io.load(folder / "run" / "last.safetensors"), model.state_dict(), faults)
    return faults


def trained_with(key, program, folder):
    """Twenty steps of plain SGD with this key of `train` are in `run`; PyTorch's model and optimiser, to take them too."""
    description = folder / "model.yaml"
    description.write_text(DESCRIPTION.format(steps=20, batch=BATCH, seed=SEED, optimizer="SGD(lr=0.1)", more=f"  {key}\n"))
    run(program, "train", description, "-o", folder / "run", "-q")
    torch.manual_seed(SEED)
    model = model_of()
    return model, torch.optim.SGD(model.parameters(), lr=0.1)


def mixed_case(program, folder, x, y):
    model, optimizer = trained_with("precision: bf16-mixed", program, folder)
    for step in range(20):
        begin = step * BATCH % ROWS
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.cross_entropy(model(x[begin:begin + BATCH]), y[begin:begin + BATCH])
        loss.backward()
        optimizer.step()
    faults = []
    compare("weights", safetensors_io.load(folder / "run" / "last.safetensors"), model.state_dict(), faults)
    return faults


def average_case(program, folder, x, y):
    model, optimizer = trained_with("average: 0.9", program, folder)
    average = {}
    for step in range(20):
        begin = step * BATCH % ROWS
        one_step("", model, optimizer, x[begin:begin + BATCH], y[begin:begin + BATCH])
        for key, value in model.named_parameters():
            average[key] = average[key] * 0.9 + value.detach() * 0.1 if key in average else value.detach().clone()
    faults = []
    compare("weights", safetensors_io.load(folder / "run" / "last.safetensors"), {**model.state_dict(), **average}, faults)
    return faults


WHOLE = {"turns": turns_case, "average": average_case, "bf16-mixed": mixed_case, "lbfgs": lbfgs_case}

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
    for names, check in (({**CASES, **SCHEDULED}, lambda name, folder: train_case(name, program, folder, x, y)),
                         (WHOLE, lambda name, folder: WHOLE[name](program, folder, x, y)),
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
