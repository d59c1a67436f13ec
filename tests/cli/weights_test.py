"""`modelc weights show`, `modelc weights match` and `modelc diff`: what scripts read of them."""

import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop(1))
MODEL = """\
params: {classes: 3}
inputs: {x: "float[B, 4]"}
modules:
  features: [Linear(6), BatchNorm1d, ReLU]
  classifier: Linear(classes)
forward:
  logits: x -> features -> classifier
outputs: logits
"""
SHAPES = {"features.0.weight": [6, 4], "features.0.bias": [6], "features.1.weight": [6], "features.1.bias": [6],
          "features.1.running_mean": [6], "features.1.running_var": [6], "classifier.weight": [3, 6], "classifier.bias": [3]}


def safetensors(shapes, metadata=None):
    header, at = {"__metadata__": metadata} if metadata else {}, 0
    for name, shape in shapes.items():
        size = 4
        for dimension in shape:
            size *= dimension
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(at)


class Weights(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "model.yaml").write_text(MODEL)

    def modelc(self, *arguments, code=0):
        run = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=self.folder, timeout=120)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return run

    def match(self, shapes, *options, code=0):
        (self.folder / "w.safetensors").write_bytes(safetensors(shapes))
        return self.modelc("weights", "match", "model.yaml", "w.safetensors", *options, code=code)

    def test_show(self):
        (self.folder / "w.safetensors").write_bytes(safetensors({"a": [2, 3], "b": []}, {"note": "one\ntwo"}))
        self.assertEqual(self.modelc("weights", "show", "w.safetensors").stdout,
                         "a  float[2, 3]\nb  float[]\nmetadata note: one… (7 bytes)\n"
                         "w.safetensors: safetensors, 2 tensors, 7 values, 28 bytes\n")
        shown = json.loads(self.modelc("weights", "show", "w.safetensors", "--format", "json").stdout)
        self.assertEqual(shown["tensors"][0], {"name": "a", "dtype": "float32", "shape": [2, 3], "bytes": 24})
        self.assertEqual((shown["metadata"], shown["totals"]), ({"note": "one\ntwo"}, {"tensors": 2, "values": 7, "bytes": 28}))
        self.assertIn("M7102", self.modelc("weights", "show", "absent.pt", code=1).stderr)
        found = json.loads(self.modelc("weights", "show", "model.yaml", "--format", "json", code=1).stdout)
        self.assertEqual(found[0]["code"], "M7101")

    def test_a_file_that_fits(self):
        self.assertEqual(self.match(SHAPES).stdout,
                         "features.0.*: 2 tensors loaded\nfeatures.1.weight: loaded\nfeatures.1.bias: loaded\n"
                         "features.1.running_mean: loaded\nfeatures.1.running_var: loaded\n"
                         "features.1.num_batches_tracked: kept, 0: the file does not count batches\n"
                         "classifier.*: 2 tensors loaded\n8 loaded, 1 kept\n")
        lines = self.match(SHAPES, "-v").stdout.splitlines()
        self.assertEqual(len(lines), 9)
        self.assertTrue(all(line.startswith(("loaded ", "kept ")) for line in lines), lines)
        found = json.loads(self.match(SHAPES, "--format", "json").stdout)
        self.assertEqual((found["fits"], found["counts"]["loaded"], found["findings"]), (True, 8, []))
        self.assertEqual(found["tensors"][0],
                         {"verdict": "loaded", "model": "features.0.weight", "file": "features.0.weight", "why": None})

    def test_near_misses(self):
        wrapped = {f"module.{name}": shape for name, shape in SHAPES.items()}
        run = self.match(wrapped, code=1)
        self.assertIn("9 missing, 8 unexpected", run.stdout)
        self.assertIn("8 with `--rename 'module.='`", run.stderr)
        self.assertIn("8 loaded, 1 kept", self.match(wrapped, "--rename", "module.=").stdout)
        self.assertIn("from `module.*`", self.match(wrapped, "--rename", "module.=").stdout)
        other = {**SHAPES, "classifier.weight": [5, 6], "classifier.bias": [5]}
        self.assertIn("`--except classifier` and `--new classifier`", self.match(other, code=1).stderr)
        self.match(other, "--except", "classifier", "--new", "classifier")
        self.match(other, "--set", "classes=5")
        self.match(other, "--replace", "classifier=Linear(7)")
        self.match({**SHAPES, "aux": [1]}, "--only", "features", "--only", "classifier")
        transposed = {**SHAPES, "classifier.weight": [6, 3]}
        self.assertIn("transposed", self.match(transposed, code=1).stderr)
        found = json.loads(self.match(transposed, "--format", "json", code=1).stdout)
        self.assertEqual((found["fits"], [finding["code"] for finding in found["findings"]]), (False, ["M7106"]))
        self.assertIn("did you mean `classifier`?", self.match(SHAPES, "--new", "clasifier", code=1).stderr)

    def test_usage(self):
        self.assertIn("is followed by show or match", self.modelc("weights", code=2).stderr)
        self.assertIn("did you mean `weights show`?", self.modelc("weights", "shw", code=2).stderr)
        self.assertIn("`--rename` takes OLD=NEW", self.match(SHAPES, "--rename", "module", code=2).stderr)
        self.assertIn("usage: modelc weights match FILE W", self.modelc("weights", "match", "--help").stdout)

    def test_diff(self):
        self.assertIn("no module, input or output differs", self.modelc("diff", "model.yaml", "model.yaml").stdout)
        (self.folder / "other.yaml").write_text(MODEL.replace("classes: 3", "classes: 5").replace(", ReLU]", "]"))
        text = self.modelc("diff", "model.yaml", "other.yaml").stdout
        for line in ("~ output logits: float[B, 3] -> float[B, 5]", "- features.2: ReLU()",
                     "~ classifier: Linear(in_features=6, out_features=3) -> Linear(in_features=6, out_features=5), output "
                     "float[B, 3] -> float[B, 5]", "parameters: 63 -> 77", "features.*: 7 tensors loaded"):
            self.assertIn(line + "\n", text)
        found = json.loads(self.modelc("diff", "model.yaml", "other.yaml", "--format", "json").stdout)
        self.assertEqual([module["path"] for module in found["modules"]], ["classifier", "features.2"][::-1])
        self.assertIsNone(found["modules"][0]["b"])
        self.assertEqual((found["parameters"], found["weights"]["counts"]["loaded"]), ({"a": 63, "b": 77}, 7))
        self.modelc("diff", "model.yaml", "absent.yaml", code=1)


if __name__ == "__main__":
    unittest.main()
