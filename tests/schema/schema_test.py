"""The JSON Schema under yaml-language-server: every model passes, wrong descriptions do not, and at the right line."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv[1])
WORK = pathlib.Path(sys.argv[2])  # where the packages are installed
HERE = pathlib.Path(__file__).parent
SCHEMA = ROOT / "schemas/description.schema.json"

BASE = """inputs:
  x: float[B, 8]
modules:
  fc: Linear(3)
forward: fc(x)
"""
# What an editor should underline, and in which line.
WRONG = {
    "unknown_key": (BASE + "froward: fc(x)\n", 6),
    "key_of_a_component": ("components:\n  A:\n    inputs: [x]\n    train: {epochs: 1}\n    forward: x\n" + BASE, 4),
    "section_key": (BASE + "train: {epochs: 1, optimiser: SGD}\n", 6),
    "too_small": (BASE + "train: {epochs: 0, optimizer: SGD}\n", 6),
    "not_a_fraction": (BASE + "data: {train: synthetic(3), valid: {split: 20}}\n", 6),
    "optimizer": (BASE + "train: {epochs: 1, optimizer: adam}\n", 6),
    "source": (BASE + "data: {train: parquet(3)}\n", 6),
    "list_for_mapping": (BASE + "train: [epochs]\n", 6),
    "mapping_for_text": (BASE + "name: {a: b}\n", 6),
    "module_of_no_kind": ("inputs: {x: any}\nmodules:\n  fc: {out_features: 3}\nforward: fc(x)\n", 3),
    "misspelt_argument": ("inputs: {x: any}\nmodules:\n  fc: {type: Linear, out_faetures: 3}\nforward: fc(x)\n", 3),
    "weights_key": (BASE + "weights: {from: a.pt, exept: fc}\n", 6),
    "device": (BASE + "device: gpu\n", 6),
    "lint": (BASE + "allow: [M4027]\n", 6),
    "version": ("modelc: 2\n" + BASE, 1),
    "unknown_key_under_flow": (BASE + "if deep:\n  froward: fc(x)\n", 7),
    "edit_of_nothing": (BASE + "replace: fc\n", 6),
}
RIGHT = {
    "base": BASE,
    "notes": BASE + "x-note: {anything: [1, 2]}\n",
    "flow": "inputs: {x: any}\nlayers:\n  - for i in range(3): Linear(8)\n  - if true: ReLU\n    else: GELU\n  - Linear(2)\n",
    "control_in_mapping": "inputs: {x: any}\nmodules:\n  if true: {a: ReLU}\n  else: {b: ReLU}\n  for i in range(2):\n"
                          "    \"b${i}\": Linear(3)\nforward: x\n",
    "control_around_keys": "if deep:\n  inputs: {x: any}\nelse:\n  - inputs: {x: any}\nforward: x\ncomponents:\n  A:\n"
                           "    if deep: {layers: [ReLU]}\ndevice:\n  if deep: cpu\nallow:\n  - if deep: M4026\n",
    "deleted": "extends: a.yaml\nmodules: {fc: null}\ntrain: {epochs: null, steps: 10}\ninit: {a: null}\n",
    "long_form": "inputs: {x: any}\nmodules:\n  fc: {type: Linear, out_features: width * 2, bias: false}\nforward: fc(x)\n",
    "containers": "inputs: {x: any}\nmodules:\n  a: {list: [ReLU, Linear(3)]}\n  b: {dict: {c: ReLU}}\n"
                  "  c: [ReLU, {d: {sequential: [ReLU]}}]\nforward: x\n",
    "recipe": BASE + "data:\n  train: csv(\"a.csv\") -> with(k=\"b\")\n  valid: {folds: 5, fold: k}\n"
                     "train:\n  epochs: n * 2\n  optimizer: AdamW(lr=1e-3)\n  groups: [{match: [fc], lr: 1e-3}]\n",
}


def install():
    """Why the packages cannot be had, or None."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return "npm is not there"
    if (WORK / "node_modules/yaml-language-server").exists():
        return None
    WORK.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, WORK / name)
    run = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=WORK, capture_output=True, text=True, timeout=300)
    return None if run.returncode == 0 else "npm cannot install the packages: " + run.stderr.strip().split("\n")[0]


def validated(files):
    run = subprocess.run(["node", HERE / "validate.mjs", WORK / "node_modules", SCHEMA, *files], capture_output=True,
                         text=True, timeout=300)
    if run.returncode != 0:
        raise RuntimeError(run.stderr)
    return json.loads(run.stdout)


class Schema(unittest.TestCase):
    def texts(self, texts):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in texts.items():
                (pathlib.Path(folder) / f"{name}.yaml").write_text(text)
            found = validated([pathlib.Path(folder) / f"{name}.yaml" for name in texts])
        return {pathlib.Path(path).stem: messages for path, messages in found.items()}

    def test_every_model_passes(self):
        models = sorted((ROOT / "models").rglob("*.yaml"))
        self.assertGreaterEqual(len(models), 20)
        for path, messages in validated(models).items():
            with self.subTest(path):
                self.assertEqual(messages, [])

    def test_every_sound_case_passes(self):
        """But for those that YAML itself, and not the schema, takes otherwise than modelc does."""
        cases = sorted((ROOT / "tests/golden").rglob("*.yaml"))
        self.assertGreaterEqual(len(cases), 40)
        for path, messages in validated(cases).items():
            with self.subTest(path):
                self.assertEqual(messages, [])

    def test_right_ones_pass(self):
        for name, messages in self.texts(RIGHT).items():
            with self.subTest(name):
                self.assertEqual(messages, [])

    def test_wrong_ones_are_refused_at_their_line(self):
        found = self.texts({name: text for name, (text, _) in WRONG.items()})
        for name, (_, line) in WRONG.items():
            with self.subTest(name):
                self.assertIn(str(line), [message.split(":")[0] for message in found[name]], found[name])


lacking = install()
if lacking:
    print(f"skipped: {lacking}")
    sys.exit(77)
unittest.main(argv=sys.argv[:1])
