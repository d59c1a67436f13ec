"""The program under test, run in a folder of its own for each test."""

import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))

IRIS = """\
modelc: 1
name: Flowers
params: {hidden: 8}
inputs: {x: "float[B, 4]"}
targets: {label: "int[B]"}
modules:
  features: [Linear(hidden), BatchNorm1d, ReLU]
  classifier: Linear(3)
forward:
  logits: x -> features -> classifier
data:
  train: csv("flowers.csv")
  valid: {split: 0.2, stratify: label}
  feed:
    x: standardize(numeric(except="kind"))
    label: category("kind")
loss: cross_entropy(logits, label)
metrics: {accuracy: "accuracy(logits, label)"}
train: {epochs: 3, batch: 16, optimizer: Adam(lr=1e-2), seed: 3}
"""


def flowers(rows=90):
    """Three classes that four measurements tell apart, the rows sorted by class, no newline at the end."""
    lines = ["a,b,c,d,kind"]
    for row in range(rows):
        kind = row * 3 // rows
        values = [kind + (row * step % 17) / 17 for step in (3, 5, 7, 11)]
        lines.append(",".join(f"{value:.4f}" for value in values) + f",{('one', 'two', 'three')[kind]}")
    return "\n".join(lines)


class ModelcTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text)
        return str(path)

    def run_modelc(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=300)

    def done(self, *arguments):
        process = self.run_modelc(*arguments)
        self.assertEqual(process.returncode, 0, f"{arguments}: {process.stdout}{process.stderr}")
        return process.stdout

    def results(self, *arguments):
        return json.loads(self.done(*arguments, "--format", "json"))

    def refused(self, code, *arguments, says=(), leaves=None):
        """Ends with this exit code and says so in words; `leaves` is a run folder that must not be there."""
        process = self.run_modelc(*arguments)
        self.assertEqual(process.returncode, code, f"{arguments}: {process.stdout}{process.stderr}")
        for words in [says] if isinstance(says, str) else says:
            self.assertIn(words, process.stdout + process.stderr)
        if leaves:
            self.assertFalse((self.folder / leaves).exists(), f"{leaves} was left behind")
        return process


def tensors(path):
    """The bytes of each tensor of a safetensors file, and its metadata."""
    data = pathlib.Path(path).read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__", {})
    return {name: data[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]]
            for name, entry in header.items()}, metadata
