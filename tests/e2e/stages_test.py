"""Training in phases, and what is carried from batch to batch: what each does, and that a run killed behind any step goes
on bit for bit."""

import csv
import os
import random
import struct
import subprocess
import unittest

from program import PROGRAM, ModelcTest, flowers, tensors

STOP_AT = os.environ["MODELC_STOP_AT_LIBRARY"]

# Three phases of different length, one of which ends within an epoch: frozen normalisations, another batch, another
# optimiser, an average, a schedule of their own.
PHASES = """\
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
  feed:
    x: standardize(numeric(except="kind"))
    label: category("kind")
loss: {main: "cross_entropy(logits, label) * clamp(step / 5, max=1)", small: "0.01 * logits.pow(2).mean()"}
metrics: {accuracy: "accuracy(logits, label)"}
train:
  batch: 16
  optimizer: Adam(lr=1e-2)
  schedule: warmup(2) -> cosine(min_lr=1e-4)
  average: 0.9
  every: {save: 1}
  phases:
    - {steps: 3, freeze: features}
    - {epochs: 1, batch: 30, freeze: classifier, accumulate: 2, average: null}
    - {steps: 4, optimizer: "Adam(lr=3e-3)", schedule: "1 / step"}
  seed: 3
"""

# A recurrent net over a series in order, cut into rows; the last batch is short.
CARRY = """\
modelc: 1
name: Series
inputs:
  x: float[B, T, 1]
  state: (float[1, B, 6], float[1, B, 6]) = null
targets: {y: "float[B, T, 1]"}
modules: {lstm: "LSTM(6, batch_first=true)", drop: Dropout(0.2), out: Linear(1)}
forward:
  - h, last: lstm(x, state)
  - guess: out(drop(h))
outputs: {guess: guess, last: last}
data:
  train: npz("rows.npz", shuffle=false)
  valid: npz("rows.npz")
loss: mse_loss(guess, y)
train:
  epochs: 2
  batch: 4
  optimizer: Adam(lr=1e-2)
  carry: {state: last}
  every: {save: 1}
  seed: 3
"""


def npy(values, shape):
    header = repr({"descr": "<f4", "fortran_order": False, "shape": shape}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(values)}f", *values)


class Stages(ModelcTest):
    def rows(self, run):
        return list(csv.DictReader((self.folder / run / "metrics.csv").read_text().splitlines()))

    def kept(self, run, name="last.safetensors"):
        return tensors(self.folder / run / name)[0]

    def state(self, run):
        return ([self.kept(run, name) for name in ("last.safetensors", "best.safetensors", "resume.safetensors")],
                (self.folder / run / "metrics.csv").read_text())

    def killed_behind(self, saves, *arguments):
        environment = {**os.environ, "LD_PRELOAD": STOP_AT, "MODELC_STOP_AT": str(saves)}
        done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, -9, done.stdout + done.stderr)

    def goes_on_behind_every_step(self, steps, *more):
        self.done("train", "net.yaml", *more, "-o", "whole", "-q")
        whole = self.state("whole")
        for k in range(1, steps):
            with self.subTest(step=k):
                self.killed_behind(k, "train", "net.yaml", *more, "-o", f"run{k}", "-q")
                self.done("train", "net.yaml", *more, "-o", f"run{k}", "--resume", "-q")
                self.assertEqual(self.state(f"run{k}"), whole)


class Phases(Stages):
    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("net.yaml", PHASES)

    def test_killed_behind_every_step(self):
        self.goes_on_behind_every_step(3 + 2 + 4)

    def test_what_is_frozen_stands_still_and_the_rest_trains(self):
        start = self.folder / "start.safetensors"
        self.done("build", "net.yaml", "-o", start)
        before = tensors(start)[0]
        phases = 'train.phases=[{steps: 3, freeze: features}]'
        self.done("train", "net.yaml", "--set", phases, "-o", "run", "-q")
        after = self.kept("run")
        for key, value in before.items():
            self.assertEqual(after[key] == value, key.startswith("features."), key)

    def test_epochs_and_steps_count_through(self):
        results = self.results("train", "net.yaml", "-o", "run", "-q")
        rows = self.rows("run")
        # 72 rows in batches of 16, then 30: three steps of an epoch, a whole one, four steps of another.
        self.assertEqual([(int(row["epoch"]), int(row["step"])) for row in rows], [(1, 3), (2, 5), (3, 9)])
        self.assertEqual((results["steps"], results["epochs"]), (9, 3))

    def test_states_are_kept_of_what_stays_trainable(self):
        """The momentum of `classifier` goes on, that of `features` begins when it is let go; the rate begins anew."""
        self.write("net.yaml", PHASES.replace("    - {epochs: 1, batch: 30, freeze: classifier, accumulate: 2, average: null}\n", ""))
        self.done("train", "net.yaml", "-o", "run", "-q")
        counted = {key: int.from_bytes(value, "little") for key, value in self.kept("run", "resume.safetensors").items()
                   if key.startswith("optimizer.") and key.endswith(".step")}
        self.assertEqual(counted["optimizer.classifier.weight.step"], 7)
        self.assertEqual(counted["optimizer.features.0.weight.step"], 4)

    def test_another_optimiser_begins_anew(self):
        self.done("train", "net.yaml", "--set", "train.phases.2.optimizer=SGD(lr=0.1, momentum=0.9)", "-o", "run", "-q")
        kept = self.kept("run", "resume.safetensors")
        self.assertIn("optimizer.classifier.weight.momentum_buffer", kept)
        self.assertNotIn("optimizer.classifier.weight.exp_avg", kept)

    def test_a_phase_that_stops_early_gives_way_to_the_next(self):
        phases = "train.phases=[{epochs: 50, stop: {metric: valid.loss, patience: 1, mode: max}}, {epochs: 1}]"
        results = self.results("train", "net.yaml", "--set", phases, "-o", "run", "-q")
        self.assertLess(results["epochs"], 10)
        self.assertIn("phase 2 of 2 begins", (self.folder / "run" / "log.txt").read_text())

    def test_summary_and_description_say_the_phases(self):
        text = self.done("summary", "net.yaml")
        for words in ("phase 1: 3 steps", "phase 2: 1 epoch", "phase 3: 4 steps", "frozen:", "features.0.weight", "schedule: 1 / step"):
            self.assertIn(words, text)
        self.done("train", "net.yaml", "-o", "run", "-q")
        self.done("train", "run/description.yaml", "--set", f"data.root={self.folder}", "-o", "again", "-q")
        self.assertEqual(self.kept("again"), self.kept("run"))

    def test_another_freeze_is_refused(self):
        self.killed_behind(2, "train", "net.yaml", "-o", "run", "-q")
        self.refused(1, "train", "net.yaml", "--set", "train.phases.0.freeze=classifier", "-o", "run", "--resume",
                     says=["M8130", "train.phases.0.freeze"])

    def test_turns_in_a_phase(self):
        self.write("net.yaml", PHASES[:PHASES.index("  phases:")] + """\
  phases:
    - {epochs: 1}
    - epochs: 1
      schedule: null
      turns:
        up: {minimize: -main, update: classifier, optimizer: SGD(lr=1e-3)}
        down: {minimize: main + small, optimizer: Adam, times: 2}
""")
        results = self.results("train", "net.yaml", "-o", "run", "-q")
        first, second = self.rows("run")
        self.assertTrue(first["valid.main"] and not first["valid.up"])
        self.assertTrue(second["valid.up"] and second["valid.down"] and not second["valid.main"])
        self.assertAlmostEqual(float(second["train.loss"]), float(second["train.up"]) + float(second["train.down"]), 5)
        evaluated = self.results("eval", "net.yaml", "--weights", "run/best.safetensors")
        self.assertAlmostEqual(evaluated["valid.loss"], results["valid.loss"], 6)
        self.goes_on_behind_every_step(5 + 5)


class Rivals(Stages):
    def test_losses_against_each_other_choose_no_checkpoint(self):
        """Of turns that nothing validates the last one counts, unless `best` names a figure; one loss alone chooses."""
        self.write("flowers.csv", flowers())
        turns = """\
train:
  epochs: 4
  batch: 16
  turns:
    up: {minimize: -main, update: classifier, optimizer: SGD(lr=1e-1)}
    down: {minimize: main + small, update: features, optimizer: SGD(lr=1e-3)}
"""
        text = PHASES.replace("  valid: {split: 0.2, stratify: label}\n", "")
        self.write("net.yaml", text[:text.index("train:\n  batch")] + turns)
        results = self.results("train", "net.yaml", "-o", "run", "-q")
        self.assertEqual((results["checkpoint"], results["checkpoint.step"]), ("run/best.safetensors", results["steps"]))
        named = self.results("train", "net.yaml", "--set", "train.best={metric: train.down}", "-o", "named", "-q")
        rows = self.rows("named")
        least = min(rows, key=lambda row: float(row["train.down"]))
        self.assertEqual(named["checkpoint.step"], int(least["step"]))


class Averages(Stages):
    """Networks that follow others, and means of several."""

    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())

    def floats(self, run, key, name="last.safetensors"):
        data = self.kept(run, name)[key]
        return struct.unpack(f"<{len(data) // 4}f", data)

    def test_a_target_network_follows(self):
        self.write("net.yaml", PHASES[:PHASES.index("loss:")].replace("classifier: Linear(3)", "classifier: Linear(3)\n  slow: Linear(3)")
                   .replace("logits: x -> features -> classifier", "h: features(x)\n  logits: classifier(h)\n  old: slow(h)") + """\
outputs: [logits, old]
loss: {main: "cross_entropy(logits, label)", near: "mse_loss(logits, old.detach())"}
train:
  steps: 6
  batch: 16
  every: {save: 1}
  turns:
    main: {minimize: loss, optimizer: Adam(lr=1e-2)}
    target: {update: slow, average: classifier, decay: 0.75}
""")
        self.done("build", "net.yaml", "-o", "start.safetensors")
        start = tensors(self.folder / "start.safetensors")[0]
        self.assertEqual(start["slow.weight"], start["classifier.weight"])
        self.goes_on_behind_every_step(6)
        slow = list(struct.unpack("<24f", start["slow.weight"]))
        for k in range(1, 7):
            run = "whole" if k == 6 else f"at{k}"
            if k < 6:
                self.done("train", "net.yaml", "--set", f"train.steps={k}", "-o", run, "-q")
            slow = [0.75 * own + 0.25 * one for own, one in zip(slow, self.floats(run, "classifier.weight"))]
        for one, other in zip(slow, self.floats("whole", "slow.weight")):
            self.assertAlmostEqual(one, other, 5)

    def test_swa_is_the_mean_over_the_ends_of_epochs(self):
        self.write("net.yaml", PHASES[:PHASES.index("  schedule:")] + "  epochs: 4\n  every: {save: 1}\n  seed: 3\n")
        ends = []
        for epoch in (1, 2, 3, 4):
            self.done("train", "net.yaml", "--set", f"train.epochs={epoch}", "-o", f"plain{epoch}", "-q")
            ends.append(self.floats(f"plain{epoch}", "classifier.weight"))
        self.goes_on_behind_every_step(20, "--set", "train.average=swa")
        for mean, values in zip(self.floats("whole", "classifier.weight"), zip(*ends)):
            self.assertAlmostEqual(mean, sum(values) / 4, 5)


class Carry(Stages):
    def setUp(self):
        super().setUp()
        draw = random.Random(5)
        series = [draw.gauss(0, 1) for _ in range(10 * 3 + 1)]
        flat = b"".join(struct.pack("<f", one) for one in series)
        self.write("net.yaml", CARRY)
        self.write("x.npy", npy(series[:-1], (10, 3, 1)))
        self.write("y.npy", npy(series[1:], (10, 3, 1)))
        self.source = 'npy(x="x.npy", y="y.npy", shuffle=false)'
        text = CARRY.replace('npz("rows.npz", shuffle=false)', self.source).replace('npz("rows.npz")', self.source)
        self.write("net.yaml", text)
        self.assertEqual(len(flat), 124)

    def test_killed_behind_every_step(self):
        self.goes_on_behind_every_step(6)
        self.assertIn("carry.0.state.0", self.kept("run1", "resume.safetensors"))

    def test_killed_with_accumulation_and_in_phases(self):
        self.goes_on_behind_every_step(8, "--set", "train.epochs=4", "--set", "train.accumulate=2")

    def test_a_state_makes_a_difference_and_an_epoch_begins_without(self):
        self.done("train", "net.yaml", "-o", "run", "-q")
        self.done("train", "net.yaml", "--set", "train.carry=null", "-o", "without", "-q")
        self.assertNotEqual(self.kept("run"), self.kept("without"))
        # With one batch an epoch nothing is ever carried.
        one = ["--set", "train.batch=10"]
        self.done("train", "net.yaml", *one, "-o", "one", "-q")
        self.done("train", "net.yaml", *one, "--set", "train.carry=null", "-o", "onewithout", "-q")
        self.assertEqual(self.kept("one"), self.kept("onewithout"))

    def test_an_input_without_a_value_begins_as_zeros(self):
        """`null` is zeros to an LSTM."""
        self.done("train", "net.yaml", "-o", "run", "-q")
        text = (self.folder / "net.yaml").read_text().replace(" = null", "")
        self.write("net.yaml", text)
        self.done("train", "net.yaml", "-o", "zeros", "-q")
        self.assertEqual(self.kept("run"), self.kept("zeros"))

    def test_validation_carries_too(self):
        """The figures of a split in batches, each going on where the one before ended."""
        self.done("train", "net.yaml", "-o", "run", "-q")
        carried = self.results("eval", "net.yaml", "--weights", "run/last.safetensors")
        without = self.results("eval", "net.yaml", "--set", "train.carry=null", "--weights", "run/last.safetensors")
        self.assertNotEqual(carried["valid.loss"], without["valid.loss"])


if __name__ == "__main__":
    unittest.main()
