"""`modelc resolve FILE LINE:COLUMN`: text, JSON, exit codes, variants, faults elsewhere, files that are imported."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
MODEL = """extends: base.yaml
import:
  Block: blocks.yaml#Block
modules:
  block: Block(width)
forward:
  - h: fc(x)
  - if width > 100:
      y: misspelt(h)
    else:
      y: block(h)
outputs: y
"""
BASE = """params:
  width: 8
variants:
  wide: {width: 200}
inputs:
  x: float[B, 10]
modules:
  fc: Linear(width)
forward: {y: fc(x)}
"""
BLOCKS = """components:
  Block:
    params: {size: int}
    inputs: [x]
    modules: {inner: Linear(size)}
    forward: {y: inner(x)}
"""


def modelc(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120)


class Resolve(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.model = self.write("model.yaml", MODEL)
        self.write("base.yaml", BASE)
        self.write("blocks.yaml", BLOCKS)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def place(self, text, word, after=""):
        """LINE:COLUMN of a word, behind another."""
        at = text.index(word, text.index(after))
        return f"{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}"

    def ask(self, word, after="", *options):
        result = modelc("resolve", self.model, self.place(MODEL, word, after), "--format", "json", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def test_text_names_the_place_the_definition_and_the_uses(self):
        result = modelc("resolve", self.model, self.place(MODEL, "block(h)"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.splitlines(), [
            f"{self.model}:11:10: `block` is a module",
            f"  defined at {self.model}:5:3: block: Block(width)",
        ])
        self.assertEqual(result.stderr, "")

    def test_json_reaches_bases_and_imports(self):
        width = self.ask("width", "Block(")
        self.assertEqual((width["name"], width["line"], width["column"], width["endColumn"]), ("width", 5, 16, 21))
        self.assertEqual(width["certainty"], "exact")
        [definition] = width["definitions"]
        self.assertEqual((definition["kind"], definition["line"]), ("param", 2))
        self.assertTrue(definition["file"].endswith("base.yaml"))
        self.assertEqual({(pathlib.Path(use["file"]).name, use["line"]) for use in definition["uses"]},
                         {("model.yaml", 5), ("model.yaml", 8), ("base.yaml", 4), ("base.yaml", 8)})
        block = self.ask("Block", "#")
        self.assertTrue(block["definitions"][0]["file"].endswith("blocks.yaml"))
        self.assertEqual(block["definitions"][0]["kind"], "component")

    def test_untaken_branches_are_looked_at_and_say_what_is_unknown(self):
        self.assertEqual(modelc("check", self.model).returncode, 0)
        unknown = self.ask("misspelt")
        self.assertEqual((unknown["certainty"], unknown["definitions"]), ("unknown", []))
        several = self.ask("y", "outputs: ")
        self.assertEqual((several["certainty"], [d["line"] for d in several["definitions"]]), ("open", [9, 11]))

    def test_variant_and_set(self):
        for options in [("--variant", "wide"), ("--set", "width=3")]:
            self.assertEqual(self.ask("width", "Block(", *options)["definitions"][0]["kind"], "param")

    def test_what_is_built_in_has_no_place(self):
        plain = self.write("plain.yaml", "inputs: {x: 'float[B, 5]'}\nlayers: [Linear(3)]\n")
        found = json.loads(modelc("resolve", plain, "2:10", "--format", "json").stdout)
        self.assertEqual((found["name"], found["definitions"][0]["kind"]), ("Linear", "operator"))
        self.assertNotIn("file", found["definitions"][0])
        self.assertIn("bias", found["definitions"][0]["about"])

    def test_a_place_without_a_name_says_so(self):
        result = modelc("resolve", self.model, "4:1")
        self.assertEqual((result.returncode, result.stdout), (0, f"{self.model}:4:1: no name stands here\n"))
        self.assertEqual(modelc("resolve", self.model, "4:1", "--format", "json").stdout, "null\n")

    def test_faults_elsewhere_do_not_matter(self):
        faulty = self.write("faulty.yaml", "inputs: {x: 'float[B, 5]'}\nmodules:\n  a: Linear(3 +)\n  fc: Linear(3)\n"
                                           "unknown: 3\nforward: {y: fc(x)}\n")
        self.assertEqual(modelc("check", faulty).returncode, 1)
        result = modelc("resolve", faulty, "6:14")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("`fc` is a module", result.stdout)

    def test_wrong_usage_and_files_that_are_not_there(self):
        for arguments in [(), (self.model,), (self.model, "x:1"), (self.model, "3"), (self.model, "0:1"),
                          (self.model, "900:1"), (self.model, "1:900"), (self.model, "1:1", "2:2")]:
            self.assertEqual(modelc("resolve", *arguments).returncode, 2, arguments)
        self.assertEqual(modelc("resolve", self.folder / "missing.yaml", "1:1").returncode, 1)

    def test_help_has_examples(self):
        text = modelc("resolve", "--help").stdout
        self.assertIn("modelc resolve model.yaml 12:9", text)
        self.assertIn("resolve", modelc("--help").stdout)

    def test_ten_thousand_lines(self):
        lines = ["inputs: {x: 'float[B, 5]'}", "modules:"]
        lines += [f"  fc{i}: Linear(5)" for i in range(4000)]
        lines += ["forward:", "  h0: fc0(x)"] + [f"  h{i}: fc{i % 4000}(h{i - 1})" for i in range(1, 6000)]
        large = self.write("large.yaml", "\n".join(lines) + "\n")
        result = modelc("resolve", large, f"{len(lines)}:5")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("`h5999` is a binding", result.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
