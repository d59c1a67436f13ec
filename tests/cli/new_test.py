"""`modelc new`: what it lists and writes, what it leaves alone; each starting point holds its checks and trains."""

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

PROGRAM, TEMPLATES = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])


class New(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def modelc(self, code, *arguments):
        run = subprocess.run([PROGRAM, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=300)
        self.assertEqual(run.returncode, code, f"{arguments}: {run.stdout}{run.stderr}")
        return run

    def names(self):
        return [row["name"] for row in json.loads(self.modelc(0, "new", "--format", "json").stdout)]

    def test_the_list_has_every_file_with_a_sentence(self):
        self.assertEqual(self.names(), sorted(file.stem for file in TEMPLATES.glob("*.yaml")))
        lines = self.modelc(0, "new").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], self.names())
        for line in lines:
            self.assertRegex(line, r"^\w+ +[A-Z].* .*\.$")

    def test_what_is_written_is_the_file(self):
        text = (TEMPLATES / "table.yaml").read_text()
        self.assertEqual(self.modelc(0, "new", "table").stdout, text)
        self.modelc(0, "new", "table", "-o", "mine.yaml")
        self.assertEqual((self.folder / "mine.yaml").read_text(), text)
        self.assertEqual([file.name for file in self.folder.iterdir()], ["mine.yaml"])
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(stat.S_IMODE((self.folder / "mine.yaml").stat().st_mode), 0o666 & ~mask)

    def test_what_is_there_is_left_alone(self):
        (self.folder / "mine.yaml").write_text("precious")
        (self.folder / "nowhere.yaml").symlink_to("absent.yaml")
        (self.folder / "folder").mkdir()
        for name in ("mine.yaml", "nowhere.yaml", "folder"):
            self.assertIn(f"`{name}` is there already", self.modelc(2, "new", "table", "-o", name).stderr)
        self.assertEqual((self.folder / "mine.yaml").read_text(), "precious")
        self.assertEqual(len(list(self.folder.iterdir())), 3)

    def test_wrong_usage(self):
        self.assertIn("did you mean `images`?", self.modelc(2, "new", "image", "-o", "mine.yaml").stderr)
        self.assertIn("only autoencoder, ", self.modelc(2, "new", "qqqqqqqq").stderr)
        self.assertIn("TEMPLATE", self.modelc(2, "new", "-o", "mine.yaml").stderr)
        self.assertIn("one", self.modelc(2, "new", "table", "-o", "a.yaml", "-o", "b.yaml").stderr)
        self.modelc(2, "new", "table", "images")
        self.assertIn("cannot write", self.modelc(3, "new", "table", "-o", "absent/mine.yaml").stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_each_holds_its_checks_and_trains(self):
        for name in self.names():
            with self.subTest(name):
                file = f"{name}.yaml"
                self.modelc(0, "new", name, "-o", file)
                self.modelc(0, "fmt", "--check", file)
                self.modelc(0, "check", "--werror", file)
                self.assertRegex(self.modelc(0, "test", file).stdout, "checks? holds?")
                self.modelc(0, "train", file, "--set", "train.epochs=1", "-o", f"run_{name}")

    def test_the_variational_autoencoder(self):
        self.modelc(0, "new", "autoencoder", "-o", "a.yaml")
        self.assertIn("train.divergence", (self.modelc(0, "train", "a.yaml@variational", "--set", "train.epochs=1", "-o",
                                                       "run") and self.folder / "run/metrics.csv").read_text())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
