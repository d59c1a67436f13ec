"""Each diagnostic that only a running program reports, by its code and exit code: one way to meet it."""

import signal
import subprocess
import time
import unittest

import numpy

from program import IRIS, PROGRAM, ModelcTest, flowers

TOKENS = """\
modelc: 1
inputs: {x: "int[B]", scale: "float[] = 1.0"}
modules: {embedding: "Embedding(4, 2)"}
forward: {y: embedding(x) * scale}
outputs: y
"""

CHOICE = """\
modelc: 1
inputs: {x: "float[B, 1]", kind: "choice[a, b]"}
targets: {y: "float[B]"}
modules: {heads: {dict: {a: Linear(1), b: Linear(1)}}}
forward: {p: "heads[kind](x).squeeze(1)"}
data:
  train: csv("rows.csv")
  feed: {x: numeric("v"), y: v}
loss: mse_loss(p, y)
train: {epochs: 1, batch: 2, optimizer: SGD(lr=0.1)}
"""


class Codes(ModelcTest):
    def reports(self, code, exit_code, *arguments, leaves=None):
        return self.refused(exit_code, *arguments, says=code, leaves=leaves)


class Prediction(Codes):
    def setUp(self):
        super().setUp()
        self.write("model.yaml", TOKENS)
        self.done("build", "model.yaml", "-o", "model.safetensors")
        numpy.save(self.folder / "x.npy", numpy.array([0, 3]))
        numpy.save(self.folder / "far.npy", numpy.array([0, 4]))

    def predict(self, code, *arguments, exit_code=1):
        self.reports(code, exit_code, "predict", "model.safetensors", *arguments, "-o", "out.npz", leaves="out.npz")

    def test_inputs(self):
        self.predict("M7111", "--inputs", "x=x.npy", "--inputs", "z=x.npy")
        self.predict("M7112", "--inputs", "scale=2")
        self.predict("M7113", "--inputs", "x=x.npy", "--outputs", "nothing")
        self.predict("M7114", "--inputs", "x=absent.npy")

    def test_a_kernel_fault_names_the_call(self):
        process = self.reports("M7109", 1, "predict", "model.safetensors", "--inputs", "x=far.npy", "-o", "out.npz")
        self.assertIn("model.yaml:4:", process.stderr)

    def test_weights(self):
        whole = (self.folder / "model.safetensors").read_bytes()
        self.write("cut.safetensors", whole[:-1])
        self.reports("M7101", 1, "build", "model.yaml", "--weights", "cut.safetensors", "-o", "new.safetensors",
                     leaves="new.safetensors")
        self.reports("M7108", 3, "build", "model.yaml", "-o", "nowhere/model.safetensors")


class Training(Codes):
    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)

    def train(self, code, *arguments, exit_code=1):
        return self.reports(code, exit_code, "train", "flowers.yaml", *arguments, "-o", "run")

    def test_data(self):
        self.train("M8108", "--set", "data.valid={split: 0.001}")
        self.train("M8316", "--set", 'data.train=csv("nowhere.csv")')
        self.write("model.yaml", TOKENS)
        self.reports("M8111", 1, "train", "model.yaml", "-o", "run", leaves="run")
        self.train("M8117", "--device", "cuda:3", exit_code=3)

    def test_a_batch_runs_one_variant(self):
        self.write("choice.yaml", CHOICE)
        self.write("rows.csv", "v,kind\n1,a\n2,b\n3,a\n4,b\n")
        self.reports("M8110", 1, "train", "choice.yaml", "-o", "run", leaves="run")
        self.write("rows.csv", "v\n1\n2\n3\n4\n")
        self.reports("M7110", 1, "train", "choice.yaml", "-o", "run", leaves="run")

    def test_parameters_are_looked_at_before_they_are_saved(self):
        self.train("M8113", "--set", "train={steps: 1, batch: 90, optimizer: 'SGD(lr=1e30, weight_decay=1e30)'}",
                   "--set", "data.valid=null", exit_code=3)
        self.assertFalse((self.folder / "run/last.safetensors").exists())

    def test_a_run_folder_is_held_by_one(self):
        self.write("slow.yaml", IRIS.replace("epochs: 3", "epochs: 1000000"))
        first = subprocess.Popen([PROGRAM, "train", "slow.yaml", "-o", "run"], cwd=self.folder,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (self.folder / "run/last.safetensors").exists():
            time.sleep(0.05)
        self.train("M8114", exit_code=3)
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
        self.assertEqual(first.returncode, 130)

    def test_what_a_feed_was_fitted_to_comes_from_the_checkpoint(self):
        self.write("plain.yaml", IRIS.replace('standardize(numeric(except="kind"))', 'numeric(except="kind")'))
        self.done("train", "plain.yaml", "-o", "plain", "-q")
        self.reports("M8115", 1, "eval", "flowers.yaml", "--weights", "plain/last.safetensors", "--prefer", "file")

    def test_two_descriptions_of_one_checkpoint(self):
        self.done("train", "flowers.yaml", "-o", "run", "-q")
        self.write("other.yaml", IRIS.replace("ReLU", "Tanh"))
        self.reports("M8118", 1, "eval", "other.yaml", "--weights", "run/best.safetensors")


if __name__ == "__main__":
    unittest.main()
