"""Options that reach into a description, the shapes of results, and what happens to output that cannot be written."""

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
MODEL = """name: Small
params:
  width: int in 1..64 = 8
variants:
  wide: {width: 16}
inputs:
  x: float[B, 10]
modules:
  fc1: Linear(width)
  relu: ReLU
  fc2: Linear(3)
forward:
  y: x -> fc1 -> relu -> fc2
outputs: y
"""
TWICE = """inputs:
  x: float[B, 10]
modules:
  same: Identity
forward:
  a: x -> same -> relu
  b: relu(x)
  y: a + b
outputs: y
"""
IMAGE = """inputs:
  x: float[B, 3, H, W]
modules:
  conv: Conv2d(4, 3, stride=2)
forward:
  y: conv(x)
"""
PYTHON = """inputs:
  x: float[B, 10]
modules:
  fc: nn.Linear(10, 4)
  conv: torch.nn.Conv1d(1, 2, 3, 2, bias=no)
  act: nn.ReLU()
forward:
  h: self.act(self.fc(x))
  c: self.conv(F.relu(h).unsqueeze(1))
  y: torch.cat([h, c.flatten(1)], dim=1)
"""
HERE = """inputs:
  x: float[B, 10]
modules:
  fc: Linear(4)
  conv: Conv1d(2, 3, stride=2, bias=false)
  act: ReLU()
forward:
  h: act(fc(x))
  c: conv(relu(h).unsqueeze(1))
  y: cat([h, c.flatten(1)], dim=1)
"""

FLOW = """inputs:
  x: float[B, 10]
modules: {fc: Linear(3, bias=false)}
forward:
  y: fc(x)
"""


def modelc(*arguments, env=None, **options):
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | (env or {})
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([PROGRAM, *map(str, arguments)], stderr=subprocess.PIPE, text=True, env=environment,
                          timeout=120, **options)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.model = self.write("model.yaml", MODEL)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def summary(self, *arguments):
        run = modelc("summary", *arguments, "--format", "json")
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return json.loads(run.stdout)

    def fails(self, exit, text, *arguments, **options):
        run = modelc(*arguments, **options)
        self.assertEqual(run.returncode, exit, (run.stdout or "") + run.stderr)
        self.assertIn(text, (run.stdout or "") + run.stderr)
        return run


class Overrides(Case):
    def test_summary_has_the_shape_of_the_contract(self):
        found = self.summary(self.model)
        self.assertEqual(set(found), {"name", "inputs", "outputs", "parameters", "buffers", "modules", "constraints", "totals"})
        self.assertEqual(found["inputs"], [{"name": "x", "type": "float[B, 10]", "optional": False}])
        self.assertEqual(found["outputs"], [{"name": "y", "type": "float[B, 3]"}])
        self.assertEqual(found["parameters"][0], {"name": "fc1.weight", "shape": [8, 10], "dtype": "float32", "trainable": True})
        self.assertEqual([m["path"] for m in found["modules"]], ["", "fc1", "relu", "fc2"])
        self.assertEqual(found["totals"]["parameters"], 115)
        self.assertEqual(found["totals"]["bytes"], 460)

    def test_sizes_make_flops_a_number(self):
        self.assertIsInstance(self.summary(self.model)["totals"]["flops"], str)
        found = self.summary(self.model, "--input", "x=4x10")
        self.assertIsInstance(found["totals"]["flops"], int)
        self.assertEqual(found["outputs"][0]["type"], "float[4, 3]")
        self.fails(2, "dimension 1", "summary", self.model, "--input", "x=4x11")

    def test_variant_then_set(self):
        shape = lambda *arguments: self.summary(*arguments)["parameters"][0]["shape"][0]
        self.assertEqual(shape(f"{self.model}@wide"), 16)
        self.assertEqual(shape(self.model, "--variant", "wide"), 16)
        self.assertEqual(shape(self.model, "--variant", "wide", "--set", "width=4"), 4)

    def test_edits_from_outside(self):
        found = self.summary(self.model, "--replace", "fc2=Linear(7)", "--remove", "relu", "--freeze", "**", "--freeze", "!fc2")
        self.assertEqual(found["outputs"][0]["type"], "float[B, 7]")
        self.assertEqual({p["name"]: p["trainable"] for p in found["parameters"]},
                         {"fc1.weight": False, "fc1.bias": False, "fc2.weight": True, "fc2.bias": True})

    def test_wrapped_from_outside(self):
        twice = self.write("twice.yaml", "params: {inner: module, by: 2}\ninputs: {x: 'float[..., D]'}\n"
                           "modules: {inner: inner}\nforward: by * inner(x)\n")
        self.fails(1, "M3505", "check", self.model, "--replace", "fc1=[Linear(8)]", "--append", "fc1=ReLU")
        found = self.summary(self.model, "--wrap", f"fc2={twice}", "--replace", "fc1=[Linear(8), ReLU]")
        self.assertEqual([p["name"] for p in found["parameters"]],
                         ["fc1.0.weight", "fc1.0.bias", "fc2.inner.weight", "fc2.inner.bias"])
        self.fails(1, "M4067", "check", self.model, "--wrap", "fc2=ReLU")
        self.fails(2, "--wrap fc2=", "check", self.model, "--wrap", "fc2=")

    def test_faults_are_located_in_the_command_line(self):
        self.fails(1, "did you mean `width`?", "check", self.model, "--set", "widht=4")
        self.fails(1, "--set width=99", "check", self.model, "--set", "width=99")
        self.fails(2, "did you mean `--set train.epochs=…`?", "check", self.model, "--epochs", "3")
        self.fails(1, "did you mean `wide`?", "check", f"{self.model}@wied")

    def test_extends(self):
        child = self.write("child.yaml", "extends: model.yaml\nparams: {width: 2}\nmodules:\n  fc2: Linear(5)\n")
        found = self.summary(child)
        self.assertEqual([p["shape"] for p in found["parameters"]], [[2, 10], [2], [5, 2], [5]])


class Check(Case):
    def test_where_checks_a_point(self):
        image = self.write("image.yaml", IMAGE)
        self.assertEqual(modelc("check", image, "--where", "H=224,W=224").returncode, 0)
        self.assertEqual(modelc("check", image, "--where", "H=2,W=224").returncode, 1)
        self.fails(2, "--where", "check", image, "--where", "H=big")

    def test_several_files_make_one_array(self):
        bad = self.write("bad.yaml", MODEL.replace("Linear(3)", "Linaer(3)"))
        run = modelc("check", self.model, bad, bad, "--format", "json")
        self.assertEqual(run.returncode, 1)
        self.assertEqual([pathlib.Path(d["file"]).name for d in json.loads(run.stdout)], ["bad.yaml"] * 2)

    def test_fix_writes_the_file_and_keeps_its_mode(self):
        flow = self.write("flow.yaml", FLOW)
        flow.chmod(0o640)
        self.assertEqual(modelc("check", flow).returncode, 1)
        run = modelc("check", flow, "--fix")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(modelc("check", flow).returncode, 0)
        self.assertEqual(stat.S_IMODE(flow.stat().st_mode), 0o640)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["flow.yaml", "model.yaml"])

    def test_fix_writes_what_python_writes_as_it_is_here(self):
        python = self.write("python.yaml", PYTHON)
        run = modelc("check", python, "--fix")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(python.read_text(), HERE)

    def test_colour(self):
        bad = self.write("bad.yaml", MODEL.replace("Linear(3)", "Linaer(3)"))
        self.assertIn("\x1b[", modelc("check", bad, "--color", "always").stderr)
        for arguments, env in ((["--color", "never"], {}), ([], {}), ([], {"NO_COLOR": "1"})):
            self.assertNotIn("\x1b[", modelc("check", bad, *arguments, env=env).stderr)


class Passes(Case):
    def ir(self, *options):
        run = modelc("ir", self.write("twice.yaml", TWICE), *options)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def test_after_each_pass(self):
        traced = self.ir("--after", "elaborate")
        self.assertEqual(traced.count("= _identity("), 2)
        self.assertEqual(traced.count("= relu("), 4)
        simplified = self.ir("--after", "simplify")
        self.assertEqual((simplified.count("= _identity("), simplified.count("= relu(")), (0, 4))
        # Inputs have no gradient, so in training too.
        self.assertEqual(self.ir("--after", "common_subexpressions").count("= relu("), 2)
        self.assertEqual(self.ir("--after", "verify"), self.ir())

    def test_the_plan(self):
        plan = self.ir("--after", "plan")
        self.assertEqual(plan.count("= relu("), 2)
        for line in ("plan evaluation", "plan training", "symbols B >= 1", "  x[0] fixes B"):
            self.assertIn(line + "\n", plan)
        self.assertIn("; release $0", plan)


class Checks(Case):
    def test_checks_hold_or_not(self):
        text = "inputs: {x: 'float[B, 4]'}\nlayers: [Linear(2)]\nchecks:\n"
        good = self.write("good.yaml", text + "  - {with: {B: 3}, output: 'float[3, 2]', parameters: 10, flops: '<= 100'}\n"
                          "  - {output: 'float[B, 2]', parameters: '> 9', keys: good.keys}\n")
        self.write("good.keys", "# of a Linear\n0.weight [2, 4]\n0.bias [2]\n")
        run = modelc("test", good)
        self.assertEqual((run.returncode, run.stdout), (0, f"{good}: 2 checks hold\n"))
        bad = self.write("bad.yaml", text + "  - {with: {B: 3}, output: 'float[3, 3]', parameters: '< 10', flops: 1}\n"
                         "  - {flops: 8, keys: bad.keys}\n")
        self.write("bad.keys", "0.weight [2, 4]\n0.bais [2]\n")
        run = modelc("test", bad, "--format", "json")
        self.assertEqual(run.returncode, 1)
        found = [(d["code"], d["message"]) for d in json.loads(run.stdout)]
        self.assertEqual([code for code, _ in found], ["M8317"] * 5)
        self.assertIn("the output is float[3, 2], float[3, 3] expected", found[0][1])
        self.assertEqual(modelc("test", self.model).returncode, 0)
        each = self.write("each.yaml", MODEL + "checks:\n  - {variant: wide, parameters: 227}\n  - {parameters: 115}\n")
        self.assertEqual(modelc("test", each).returncode, 0)
        run = modelc("test", f"{each}@wide")
        self.assertEqual(run.returncode, 1)
        self.assertIn("the number of parameters is 227, 115 expected", run.stderr + run.stdout)

    def test_checks_of_several_outputs(self):
        text = ("inputs: {x: 'float[B, 4]'}\nmodules: {fc: Linear(2)}\nforward: {y: fc(x), z: 'y[:, 0]'}\noutputs: {y: y, z: z}\n"
                "checks:\n")
        good = self.write("several.yaml", text + "  - for b in [1, 3]:\n    - {with: {B: b}, output: {z: 'float[b]', y: 'float[b, 2]'}}\n"
                          "  - {output: ['float[B, 2]', 'float[B]']}\n")
        self.assertEqual(modelc("test", good).stdout, f"{good}: 3 checks hold\n")
        bad = self.write("several_bad.yaml", text + "  - {output: {z: 'float[B, 2]', w: 'float[B]'}}\n  - {output: ['float[B, 2]']}\n")
        found = [d["message"] for d in json.loads(modelc("test", bad, "--format", "json").stdout)]
        self.assertEqual(found, ["the output `z` is float[B], float[B, 2] expected", "the output `w` is not there, float[B] expected",
                                 "what comes out is float[B, 2], float[B], float[B, 2] expected"])

    def test_a_point_meets_the_model_of_all_sizes(self):
        thirds = self.write("thirds.yaml", "inputs: {x: 'float[B, N]'}\nforward:\n  a, b, c: chunk(x, 3, dim=1)\n")
        self.assertEqual(modelc("check", thirds, "--where", "N=9").returncode, 0)
        self.fails(1, "at `N = 7`: `N % 3 == 0` does not hold", "check", thirds, "--where", "N=7")

    def test_where_a_value_comes_from(self):
        run = modelc("explain", f"{self.model}@wide", "width", "--set", "width=4")
        self.assertEqual(run.returncode, 0, run.stderr)
        lines = run.stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertTrue(lines[0].endswith(": 8") and lines[1].endswith(": 16"), run.stdout)
        self.assertTrue(lines[2].startswith("-> ") and lines[2].endswith(": 4"), run.stdout)
        child = self.write("child.yaml", "extends: model.yaml\nmodules: {fc2: Linear(5)}\n")
        steps = json.loads(modelc("explain", child, "modules.fc2", "--format", "json").stdout)
        self.assertEqual([pathlib.Path(step["file"]).name for step in steps], ["model.yaml", "child.yaml"])
        self.fails(2, "did you mean `width`?", "explain", self.model, "widht")

    def test_fmt(self):
        path = self.write("wide.yaml", "inputs:\n      x:   float[B, 4]   # kept\nlayers:\n- Linear(2, bias=False)\n")
        self.assertEqual(modelc("fmt", "--check", path).returncode, 1)
        self.assertEqual(modelc("fmt", path).returncode, 0)
        with open(path) as file:
            self.assertEqual(file.read(), "inputs:\n  x: float[B, 4]   # kept\nlayers:\n  - Linear(2, bias=false)\n")
        self.assertEqual(modelc("fmt", "--check", path).returncode, 0)
        self.assertEqual(modelc("fmt", self.write("no.yaml", "a: [1\n")).returncode, 1)


class Usage(Case):
    def test_wrong_usage_says_what_is_near(self):
        self.fails(2, "did you mean `check`?", "chekc")
        self.fails(2, "did you mean `--werror`?", "check", self.model, "--weror")
        self.fails(2, "NAME=VALUE", "check", self.model, "--set", "width")
        self.fails(2, "json", "check", self.model, "--format", "xml")
        self.fails(2, "did you mean `elaborate`?", "ir", self.model, "--after", "elaborat")
        self.fails(2, "did you mean `dead_code`?", "ir", self.model, "--after", "deadcode")
        self.fails(2, "`common_subexpressions`, `dead_code`", "ir", self.model, "--after", "q")

    def test_help_has_examples(self):
        for command in ("check", "summary", "ir", "train", "eval", "predict", "build", "explain", "ops", "schema"):
            run = modelc(command, "-h")
            self.assertEqual(run.returncode, 0)
            self.assertIn("examples:", run.stdout)

    def test_reference(self):
        self.assertIn("out_features", modelc("ops", "Linear").stdout)
        self.fails(2, "did you mean `Linear`?", "ops", "Linaer")
        for name, word in {"AdamW": "weight_decay", "accuracy": "metric", "csv": "sep: str", "standardize": "feed",
                           "kaiming_normal": "initialiser", "range": "static function", "train.batch": "int in 1.. = 32",
                           "warmup": "schedule", "freeze": "under `extends`"}.items():
            self.assertIn(word, modelc("ops", name).stdout)
        self.fails(2, "did you mean `accuracy`?", "ops", "acuracy")
        self.fails(2, "did you mean `train.batch`?", "ops", "train.bacth")
        listed = json.loads(modelc("ops", "--format", "json").stdout)
        self.assertTrue({"module", "function", "optimizer", "metric", "key"} <= {one["kind"] for one in listed})
        schema = json.loads(modelc("schema").stdout)
        self.assertIn("forward", schema["properties"])
        self.assertIn("M1001", modelc("explain", "m1001").stdout)
        self.fails(2, "M9999", "explain", "M9999")
        explained = json.loads(modelc("explain", "StatedSize", "--format", "json").stdout)
        self.assertEqual((explained["code"], explained["files"][0]["name"]), ("M6003", "model.yaml"))
        self.assertIn("error[M6003]", explained["shown"])

    def test_output_that_cannot_be_written_is_3(self):
        with open("/dev/full", "w") as full:
            self.fails(3, "standard output", "summary", self.model, stdout=full)
        run = subprocess.run(["/bin/sh", "-c", '"$0" summary "$1" >&-', PROGRAM, str(self.model)], capture_output=True)
        self.assertEqual(run.returncode, 3)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
