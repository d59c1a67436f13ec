"""Descriptions and data of the trials: small enough for hundreds of runs, with everything in them that could move."""


def flowers(rows=90):
    lines = ["a,b,c,d,kind"]
    for row in range(rows):
        kind = row * 3 // rows
        values = [kind + (row * step % 17) / 17 for step in (3, 5, 7, 11)]
        lines.append(",".join(f"{value:.4f}" for value in values) + f",{('one', 'two', 'three')[kind]}")
    return "\n".join(lines) + "\n"


HEAD = """\
modelc: 1
name: Flowers
inputs: {x: "float[B, 4]"}
targets: {label: "int[B]"}
modules:
  features: [Linear(8), BatchNorm1d, ReLU, Dropout(0.3)]
  classifier: Linear(3)
forward:
  logits: x -> features -> classifier
data:
  train: csv("flowers.csv")
  valid: {split: 0.2, stratify: label}
  workers: 2
  feed:
    x: standardize(numeric(except="kind"))
    label: category("kind")
loss: {main: "cross_entropy(logits, label)", small: "0.01 * logits.pow(2).mean()"}
metrics: {accuracy: "accuracy(logits, label)"}
"""

# Dropout, batch normalisation, Adam, schedules that count and one that waits, groups, clipping, shuffling, two batches a
# step (so that an epoch of five batches ends within one), an average, workers.
EVERYTHING = HEAD + """\
train:
  steps: 8
  batch: 16
  accumulate: 2
  optimizer: Adam(lr=1e-2)
  groups: [{match: classifier, schedule: 'plateau("valid.loss", patience=0, factor=0.5)'}]
  schedule: warmup(3, start=0.2) -> cosine(20, min_lr=1e-4)
  clip: {norm: 1.0}
  every: {log: 1, valid: 2, save: 1}
  best: {metric: valid.accuracy}
  seed: 3
"""

EPOCHS = HEAD.replace("  workers: 2\n", "") + """\
train:
  epochs: 2
  batch: 24
  optimizer: SGD(lr=0.1, momentum=0.9)
  average: 0.9
  every: {log: 1, save: 1}
  seed: 5
"""

LBFGS = HEAD + """\
train:
  steps: 5
  batch: 36
  optimizer: LBFGS(lr=0.5, max_iter=3, history_size=4)
  every: {log: 1, valid: 2, save: 1}
  seed: 1
"""

TURNS = """\
modelc: 1
name: Duel
inputs: {x: "float[B, 2]"}
modules:
  generator: [Linear(8), BatchNorm1d, ReLU, Linear(2)]
  critic: [Linear(8), LeakyReLU(0.2), Dropout(0.2), Linear(1)]
forward:
  made: generator(randn_like(x))
  real: critic(x)
  fake: critic(made)
outputs: [made, real, fake]
data:
  train: synthetic(40, x=normal(2))
  valid: {split: 0.25}
loss:
  judge: softplus(-critic(x)).mean() + softplus(critic(detach(made))).mean()
  forge: softplus(-critic(made)).mean()
train:
  steps: 6
  batch: 8
  turns:
    d: {minimize: judge, update: critic, optimizer: "Adam(lr=1e-2, betas=(0.5, 0.9))", times: 2}
    g: {minimize: forge, update: generator, optimizer: "RMSprop(lr=1e-3)", every: 2}
  every: {log: 1, valid: 3, save: 1}
  seed: 9
"""

# Stages: what is frozen, the optimiser, the schedule and the average change in between.
PHASES = HEAD + """\
train:
  batch: 16
  optimizer: AdamW(lr=1e-2)
  every: {log: 1, valid: 2, save: 1}
  best: {metric: valid.accuracy}
  seed: 7
  phases:
    - {steps: 3, freeze: features, schedule: warmup(2) -> constant()}
    - {steps: 4, schedule: warmup(2) -> cosine(), accumulate: 2}
    - {steps: 3, optimizer: SGD(lr=1e-2), average: swa, precision: bf16-mixed}
"""

# An output goes into the next batch, and the epoch begins without.
CARRY = """\
modelc: 1
name: Remembers
inputs:
  x: float[B, 5, 1]
  state: (float[1, B, 8], float[1, B, 8]) = null
targets:
  y: float[B, 5, 1]
modules:
  rnn: LSTM(8, batch_first=true)
  out: [Dropout(0.2), Linear(1)]
forward:
  - h, last: rnn(x, state)
  - guess: out(h)
outputs: {guess: guess, last: last}
data:
  train: "synthetic(44, x=normal(5, 1), y=cumsum(x, 1), shuffle=false)"
loss: mse_loss(guess, y)
train:
  steps: 8
  batch: 8
  optimizer: Adam(lr=1e-2)
  every: {log: 1, save: 1}
  carry: {state: last}
  seed: 2
"""

# Images that are drawn anew for each row and epoch, by threads that read ahead.
AUGMENTED = """\
modelc: 1
name: Pictures
inputs: {x: "float[B, 3, 8, 8]"}
targets: {y: "float[B, 4]"}
modules:
  net: ["Conv2d(4, 3)", BatchNorm2d, ReLU, Flatten, Dropout(0.2), Linear(4)]
forward:
  logits: net(x)
data:
  train: synthetic(48, image=randint(0, 255, [3, 10, 10]), label=randint(0, 4))
  workers: 2
  feed:
    picture: image.to(uint8) -> random_crop(8, padding=1) -> random_flip() -> color_jitter(brightness=0.2)
    mixed, shares: mixup(picture, one_hot(label, 4))
    x: mixed -> normalize(127.5, 127.5)
    y: shares
loss: cross_entropy(logits, y)
train:
  steps: 7
  batch: 12
  optimizer: Lion(lr=1e-3)
  clip: {value: 0.5}
  every: {log: 1, save: 1}
  seed: 4
"""

# What is stopped behind every step and goes on: the name, the description, how many steps it takes.
EXACT = {"everything": ("everything.yaml", 8), "epochs": ("epochs.yaml", 6), "lbfgs": ("lbfgs.yaml", 5),
         "turns": ("turns.yaml", 6), "phases": ("phases.yaml", 10), "carry": ("carry.yaml", 8),
         "augmented": ("augmented.yaml", 7)}

FILES = {"flowers.csv": flowers(), "everything.yaml": EVERYTHING, "epochs.yaml": EPOCHS, "lbfgs.yaml": LBFGS,
         "turns.yaml": TURNS, "phases.yaml": PHASES, "carry.yaml": CARRY, "augmented.yaml": AUGMENTED}
