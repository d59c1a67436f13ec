"""What scripts rely on: exit codes, where output goes, the parts of a diagnostic as text and as JSON."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SEEDS = sys.argv[1], pathlib.Path(sys.argv[2])
WRONG = """inputs:
  x: float[B, 10]
modules:
  fc: Linear(2, in_features=12)
forward:
  y: fc(x)
"""


def modelc(*arguments, **options):
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, env=environment, **options)


class Contract(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.wrong = pathlib.Path(folder.name) / "wrong.yaml"
        self.wrong.write_text(WRONG)

    def test_a_good_description_is_quiet_and_0(self):
        run = modelc("check", SEEDS / "linear_classifier.yaml", "--format", "json")
        self.assertEqual((run.returncode, json.loads(run.stdout)), (0, []))

    def test_errors_are_1_with_place_code_excerpt_and_caret(self):
        run = modelc("check", self.wrong)
        self.assertEqual(run.returncode, 1)
        lines = (run.stdout + run.stderr).splitlines()
        head = next(line for line in lines if "error[" in line)
        self.assertRegex(head, r"wrong\.yaml:4:\d+: error\[M\d{4}\]: .*12")
        self.assertTrue(any(re.match(r"\s*4 \| +fc: Linear", line) for line in lines), lines)
        self.assertTrue(any(re.match(r"\s*\| +\^+", line) for line in lines), lines)
        self.assertNotIn("\x1b", "".join(lines))

    def test_json_has_all_parts(self):
        run = modelc("check", self.wrong, "--format", "json")
        self.assertEqual(run.returncode, 1)
        (found,) = json.loads(run.stdout)
        self.assertLessEqual(
            {"code", "severity", "message", "file", "line", "column", "endLine", "endColumn", "notes", "help"},
            set(found))
        self.assertEqual((found["line"], found["severity"]), (4, "error"))

    def test_a_missing_file_is_1(self):
        self.assertEqual(modelc("check", self.wrong.parent / "absent.yaml").returncode, 1)

    def test_wrong_usage_is_2(self):
        for arguments in (["no-such-command"], ["check"], ["check", self.wrong, "--no-such-option"], []):
            with self.subTest(arguments):
                self.assertEqual(modelc(*arguments).returncode, 2)

    def test_help_and_version_are_0_and_on_standard_output(self):
        for arguments in (["--version"], ["--help"], ["check", "-h"], ["train", "--help"]):
            with self.subTest(arguments):
                run = modelc(*arguments)
                self.assertEqual(run.returncode, 0)
                self.assertTrue(run.stdout.strip())

    def test_all_seeds_check(self):
        for file in sorted(SEEDS.glob("*.yaml")):
            with self.subTest(file.name):
                run = modelc("check", file)
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
