"""Going on with a run: bit for bit what it would have been, whatever stopped it, and nothing else than what was begun."""

import os
import random
import signal
import subprocess
import time
import unittest

from program import PROGRAM, ModelcTest, flowers, tensors

# Everything that could move: dropout, batch normalisation, Adam, schedules, shuffling, several batches a step, figures
# that come at steps of their own.
NET = """\
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
loss: {main: "cross_entropy(logits, label)", small: "0.01 * logits.pow(2).mean()"}
metrics: {accuracy: "accuracy(logits, label)"}
train:
  steps: 9
  batch: 16
  accumulate: 2
  optimizer: Adam(lr=1e-2)
  groups: [{match: classifier, schedule: 'plateau("valid.loss", patience=0, factor=0.5)'}]
  schedule: warmup(3, start=0.2) -> cosine(20, min_lr=1e-4)
  every: {log: 2, valid: 2}
  best: {metric: valid.accuracy}
  seed: 3
"""


class Resume(ModelcTest):
    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("net.yaml", NET)

    def state(self, run):
        """All that a run leaves: every tensor of its checkpoints, and its rows."""
        folder = self.folder / run
        return ([tensors(folder / name)[0] for name in ("last.safetensors", "best.safetensors", "resume.safetensors")],
                (folder / "metrics.csv").read_text())

    def same(self, run, whole="whole"):
        for (one, other), what in zip(zip(self.state(run), self.state(whole)), ("checkpoints", "metrics.csv")):
            self.assertEqual(one, other, what)

    def test_stopped_behind_every_step(self):
        whole = self.results("train", "net.yaml", "-o", "whole", "-q")
        for k in range(1, 9):
            with self.subTest(step=k):
                self.done("train", "net.yaml", "--set", f"train.steps={k}", "-o", f"run{k}", "-q")
                again = self.results("train", "net.yaml", "-o", f"run{k}", "--resume", "-q")
                self.same(f"run{k}")
                for figure in ("steps", "train.loss", "valid.loss", "valid.accuracy", "checkpoint.step"):
                    self.assertEqual(again[figure], whole[figure])

    def test_stopped_behind_every_step_of_lbfgs(self):
        other = ["--set", "train.optimizer=LBFGS(lr=0.5, max_iter=3, history_size=4)", "--set", "train.groups=null"]
        self.done("train", "net.yaml", *other, "-o", "whole", "-q")
        for k in (1, 4):
            self.done("train", "net.yaml", *other, "--set", f"train.steps={k}", "-o", f"run{k}", "-q")
            self.done("train", "net.yaml", *other, "-o", f"run{k}", "--resume", "-q")
            self.same(f"run{k}")

    def stopped_by(self, number, after, run="run"):
        """Ends a long run by a signal when it has been saved and a moment has passed."""
        process = subprocess.Popen([PROGRAM, "train", "net.yaml", "-o", run, "--set", "train.steps=10000000",
                                    "--set", "train.every.save=5"],
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (self.folder / run / "resume.safetensors").exists():
            time.sleep(0.02)
        time.sleep(after)
        process.send_signal(number)
        process.communicate(timeout=60)
        return process.returncode

    def test_signals_and_kills(self):
        draw = random.Random(7)
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)):
            run = f"run{int(number)}"
            self.assertEqual(self.stopped_by(number, draw.random() / 2, run), code)
            counts = tensors(self.folder / run / "resume.safetensors")[0]["run.counts"]
            steps = int.from_bytes(counts[8:16], "little") + 7
            more = ["--set", f"train.steps={steps}", "--set", "train.every.save=5"]
            self.done("train", "net.yaml", *more, "-o", run, "--resume", "-q")
            self.done("train", "net.yaml", *more, "-o", run + "whole", "-q")
            self.same(run, run + "whole")

    def test_nothing_else_goes_on(self):
        self.done("train", "net.yaml", "--set", "train.steps=4", "-o", "run", "-q")
        before = self.state("run")
        for change, says in ((["--set", "train.optimizer=Adam(lr=1e-3)"], ["train.optimizer", "lr=0.01", "lr=0.001"]),
                             (["--set", "train.batch=8"], ["train.batch: 16", "train.batch: 8"]),
                             (["--seed", "4"], ["the seed: 3", "the seed: 4"]),
                             (["--replace", "classifier=Linear(3, bias=false)"], ["classifier", "bias=false"])):
            self.refused(1, "train", "net.yaml", *change, "-o", "run", "--resume", says=["M8130", *says])
        self.write("flowers.csv", flowers().replace("0.0000", "0.1000", 1))
        self.refused(1, "train", "net.yaml", "-o", "run", "--resume", says=["M8130", "data"])
        self.assertEqual(self.state("run"), before)
        self.refused(2, "train", "net.yaml", "-o", "nowhere", "--resume", says=["M8131", "nowhere"])
        os.makedirs(self.folder / "empty")
        self.refused(2, "train", "net.yaml", "-o", "empty", "--resume", says=["M8131", "resume.safetensors"])

    def damage(self, name):
        path = self.folder / "run" / name
        data = bytearray(path.read_bytes())
        data[-20] ^= 4
        path.write_bytes(bytes(data))

    def test_the_last_good_checkpoint_is_used(self):
        self.done("train", "net.yaml", "-o", "whole", "--set", "train.every.save=2", "-q")
        self.done("train", "net.yaml", "-o", "run", "--set", "train.every.save=2", "--set", "train.steps=5", "-q")
        self.damage("resume.safetensors")
        process = self.run_modelc("train", "net.yaml", "-o", "run", "--set", "train.every.save=2", "--resume")
        self.assertEqual(process.returncode, 0, process.stderr)
        for words in ("M8132", "resume.safetensors", "goes on from step 4 of 9"):
            self.assertIn(words, process.stderr)
        self.same("run")
        self.damage("resume.safetensors")
        self.damage("resume.previous.safetensors")
        self.refused(1, "train", "net.yaml", "-o", "run", "--resume", says=["M8131", "no checkpoint in it is whole"])

    def test_any_number_of_workers(self):
        self.done("train", "net.yaml", "-o", "whole", "-q")
        for workers in (1, 4):
            self.done("train", "net.yaml", "--set", f"data.workers={workers}", "--set", "train.steps=4", "-o",
                      f"run{workers}", "-q")
            self.done("train", "net.yaml", "--set", f"data.workers={5 - workers}", "-o", f"run{workers}", "--resume", "-q")
            self.same(f"run{workers}")

    def test_a_run_that_is_done_says_its_figures_again(self):
        first = self.results("train", "net.yaml", "-o", "run", "-q")
        again = self.results("train", "net.yaml", "-o", "run", "--resume", "-q")
        self.assertEqual(first, again)
        self.done("train", "net.yaml", "-o", "run", "--resume", "--set", "train.steps=12", "-q")
        self.done("train", "net.yaml", "-o", "whole", "--set", "train.steps=12", "-q")
        self.same("run")


if __name__ == "__main__":
    unittest.main()
