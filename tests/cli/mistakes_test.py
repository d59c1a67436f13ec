"""Each mistake of mistakes.py is answered by one report, at its place, with its cause or cure."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from mistakes import BASE, MISTAKES, Mistake

PROGRAM = os.path.abspath(sys.argv[1])


def answer(mistake):
    """Exit code and reports of `check`, and the lines of what was checked."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"m.yaml": mistake.text(), **mistake.files}.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        run = subprocess.run([PROGRAM, "check", "m.yaml", *mistake.options, "--format", "json"], cwd=folder,
                             capture_output=True, text=True, timeout=60)
    return run.returncode, json.loads(run.stdout), mistake.text().split("\n")


class Mistakes(unittest.TestCase):
    def test_the_base_is_sound(self):
        self.assertEqual(answer(Mistake("", ""))[:2], (0, []))

    def test_each_gets_one_report_with_place_and_words(self):
        for number, mistake in enumerate(MISTAKES):
            with self.subTest(f"{number}: {mistake.at}"):
                code, reports, lines = answer(mistake)
                self.assertEqual((code, " ".join(sorted(report["code"] for report in reports))), (1, mistake.codes), reports)
                (report,) = reports
                said = " ".join([report["message"], report["help"] or "", *(note["message"] for note in report["notes"])])
                self.assertIn(mistake.says, said)
                where = lines[report["line"] - 1] if report["file"] == "m.yaml" else report["file"]
                self.assertIn(mistake.at, where)

    def test_each_changes_the_base(self):
        for mistake in MISTAKES:
            self.assertTrue(mistake.options or mistake.text() != Mistake("", "").text())
            self.assertLessEqual(set(mistake.keys), {*BASE, "more"})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
