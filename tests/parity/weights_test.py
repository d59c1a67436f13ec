"""Weights between Python and modelc: what torch.save wrote is read, in both of its formats and as training scripts keep it;
what modelc writes, torch.load takes (with weights_only, where this PyTorch knows it) and a module loads with strict=True.

`--all` takes every model of models/vision beside its counterpart instead of the small ones: its Python state dict is loaded
with zero renames and comes back bit for bit. What the loaded models compute is compared by vision_test.py.
"""

import argparse
import inspect
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import torch
from torch import nn

import vision_models

MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"
WEIGHTS_ONLY = {"weights_only": True} if "weights_only" in inspect.signature(torch.load).parameters else {}
SMALL = """\
inputs: {x: "float[B, 4]"}
modules:
  features: [Linear(6), BatchNorm1d, ReLU]
  classifier: Linear(3)
  copy: Linear(3, in_features=6)
tie: {copy.weight: classifier.weight}
forward:
  y: x -> features
  logits: classifier(y) + copy(y)
outputs: logits
"""


def small():
    module = nn.Module()
    module.features = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ReLU())
    module.classifier, module.copy = nn.Linear(6, 3), nn.Linear(6, 3)
    module.copy.weight = module.classifier.weight
    return module


def redraw(module):
    with torch.no_grad():
        for value in [*module.parameters(), *module.buffers()]:
            value.copy_(torch.randint(1, 9, value.shape) if not value.is_floating_point() else torch.rand_like(value) + 0.5)


class Weights(unittest.TestCase):
    program, every = None, False

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        torch.manual_seed(7)
        self.description = self.folder / "small.yaml"
        self.description.write_text(SMALL)

    def modelc(self, *arguments, code=0):
        run = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, cwd=self.folder)
        self.assertEqual(run.returncode, code, f"{arguments}: {run.stdout}{run.stderr}")
        return run

    def loaded(self, file):
        return torch.load(self.folder / file, **WEIGHTS_ONLY)

    def check_same(self, got, wanted):
        self.assertEqual(list(got), list(wanted))
        for key, value in wanted.items():
            self.assertEqual((got[key].dtype, got[key].shape), (value.dtype, value.shape), key)
            self.assertTrue(torch.equal(got[key], value), key)

    def round_trip(self, stored, wanted, *options):
        self.modelc("build", self.description, "--weights", stored, "-o", "out.pt", "-q", *options)
        self.check_same(self.loaded("out.pt"), wanted)

    def test_both_formats_and_what_training_scripts_keep(self):
        module = small()
        redraw(module)
        state = module.state_dict()
        optimizer = torch.optim.Adam(module.parameters())
        sum(value.sum() for value in module.parameters()).backward()
        optimizer.step()
        state = {key: value.clone() for key, value in module.state_dict().items()}
        state["copy.weight"] = state["classifier.weight"]
        checkpoint = {"epoch": 3, "loss": [0.5, None, True], "optimizer": optimizer.state_dict()}
        for new in (True, False):
            for stored, options in ((state, ()), (module.state_dict(), ()), ({**checkpoint, "model": state}, ()),
                                    ({**checkpoint, "state_dict": {f"module.{key}": value for key, value in state.items()}},
                                     ("--rename", "module.=")),
                                    ({key: nn.Parameter(value, requires_grad=False) for key, value in state.items()}, ()),
                                    ({**state, "aux.weight": torch.ones(3)}, ("--except", "aux"))):
                with self.subTest(new=new, keys=list(stored)[:4]):
                    torch.save(stored, self.folder / "in.pt", _use_new_zipfile_serialization=new)
                    self.round_trip("in.pt", state, *options)

    def test_strides_and_shared_storage(self):
        module = small()
        redraw(module)
        state = module.state_dict()
        flat = torch.rand(100)
        odd = {**state, "features.0.weight": flat[10:34].view(4, 6).t(), "features.0.bias": flat[40:52:2],
               "classifier.bias": flat[3].expand(3)}
        for new in (True, False):
            torch.save(odd, self.folder / "in.pth", _use_new_zipfile_serialization=new)
            self.round_trip("in.pth", odd)

    def test_every_dtype(self):
        state = {str(dtype)[6:]: (torch.rand(3, 2) * 5).to(dtype) for dtype in (
            torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8,
            torch.uint8, torch.bool)}
        for new in (True, False):
            torch.save(state, self.folder / "in.pt", _use_new_zipfile_serialization=new)
            shown = json.loads(self.modelc("weights", "show", "in.pt", "--format", "json").stdout)
            self.assertEqual([(tensor["name"], tensor["dtype"], tensor["shape"], tensor["bytes"]) for tensor in shown["tensors"]],
                             [(name, name, [3, 2], value.element_size() * 6) for name, value in state.items()])
        module = small()
        redraw(module)
        for dtype in (torch.float64, torch.float16, torch.bfloat16):
            stored = {key: value.to(dtype) if value.is_floating_point() else value for key, value in module.state_dict().items()}
            stored["copy.weight"] = stored["classifier.weight"]
            torch.save(stored, self.folder / "in.pt")
            self.round_trip("in.pt", {key: value.float() if value.is_floating_point() else value for key, value in stored.items()})

    def test_tied_names_share_their_storage(self):
        self.modelc("build", self.description, "-o", "out.pth", "-q")
        state = self.loaded("out.pth")
        self.assertEqual(state["copy.weight"].data_ptr(), state["classifier.weight"].data_ptr())
        module = small()
        module.load_state_dict(state, strict=True)

    def test_versions_of_modules_go_with_it(self):
        self.modelc("build", self.description, "-o", "out.pt", "-q")
        wanted = dict(small().state_dict()._metadata)
        wanted[""] = {"version": 2}  # a class of the user's: whatever the newest layout is
        self.assertEqual(dict(self.loaded("out.pt")._metadata), wanted)

    def test_what_was_trained_is_kept_alone(self):
        frozen = ("--freeze", "**", "--freeze", "!classifier")
        self.modelc("build", self.description, "-o", "base.safetensors", "-q", "--seed", "5")
        self.modelc("build", self.description, "-o", "head.pt", "-q", "--save-only", "trainable", *frozen)
        self.assertEqual(list(self.loaded("head.pt")), ["classifier.bias"])  # its weight is tied to a frozen one
        self.modelc("build", self.description, "-o", "head.safetensors", "-q", "--save-only", "trainable", "--freeze", "features")
        run = self.modelc("build", self.description, "--weights", "head.safetensors", "-o", "out.pt", code=1)
        self.assertIn("--weights BASE --weights head.safetensors", run.stderr)
        self.modelc("weights", "match", self.description, "base.safetensors", "head.safetensors")
        self.modelc("build", self.description, "--weights", "base.safetensors", "--weights", "head.safetensors", "-o", "both.pt", "-q")
        self.modelc("build", self.description, "-o", "first.pt", "-q")
        self.modelc("build", self.description, "--weights", "base.safetensors", "-o", "second.pt", "-q")
        both, first, second = (self.loaded(f"{name}.pt") for name in ("both", "first", "second"))
        for key, value in both.items():
            self.assertTrue(torch.equal(value, (second if key.startswith("features") else first)[key]), key)
        # A description that names what it starts from needs no more than the small file.
        self.description.write_text(SMALL + 'weights: {from: base.safetensors}\n')
        self.modelc("build", self.description, "--weights", "head.safetensors", "-o", "named.pt", "-q")
        self.check_same(self.loaded("named.pt"), both)
        self.modelc("build", self.description, "--weights", "base.safetensors", "-o", "head2.safetensors", "-q",
                    "--save-only", "trainable", "--freeze", "features", "--seed", "9")
        self.modelc("build", "head2.safetensors", "-o", "whole.pt", "-q")
        self.check_same(self.loaded("whole.pt"), second)

    def test_wrong_files_load_nothing(self):
        module = small()
        for change, words in (({"classifier.weight": torch.ones(6, 3), "copy.weight": torch.ones(6, 3)}, "transposed"),
                              ({"features.0.weight": torch.ones(8, 4), "features.0.bias": torch.ones(8)}, "is for 8"),
                              ({"features.0.bias": torch.ones(6, dtype=torch.int64)}, "another dtype"),
                              ({"extra": torch.ones(1)}, "no place for")):
            torch.save({**module.state_dict(), **change}, self.folder / "in.pt")
            run = self.modelc("build", self.description, "--weights", "in.pt", "-o", "out.pt", code=1)
            self.assertIn(words, run.stderr)
            self.assertFalse((self.folder / "out.pt").exists())
            self.modelc("weights", "match", self.description, "in.pt", code=1)

    def test_torchvision(self):
        rows = [row for row in vision_models.rows() if self.every or row.quick in ("values", "all")]
        self.assertGreater(len(rows), 8)
        for row in rows:
            with self.subTest(row.name, **row.settings):
                module = row.module()
                redraw(module)
                torch.save(module.state_dict(), self.folder / "in.pt")
                options = [option for setting in row.settings.items() for option in ("--set", "=".join(setting))]
                options += ["--variant", row.variant] if row.variant else []
                self.description = MODELS / "vision" / f"{row.file}.yaml"
                found = json.loads(self.modelc("weights", "match", self.description, "in.pt", "--format", "json", *options).stdout)
                self.assertEqual((found["fits"], found["findings"]), (True, []))
                self.round_trip("in.pt", module.state_dict(), *options)
                module.load_state_dict(self.loaded("out.pt"), strict=True)
                print(f"{row.name}: {found['counts']['loaded']} tensors there and back")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--all", action="store_true")
    arguments, rest = parser.parse_known_args()
    Weights.program, Weights.every = str(pathlib.Path(arguments.program).resolve()), arguments.all
    unittest.main(argv=[sys.argv[0], *rest])
