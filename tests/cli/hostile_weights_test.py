"""Every file of hostile_weights.py is refused: exit code 1, its name, the rule, no code run, little memory, no LibTorch."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import hostile_weights

PROGRAM = os.path.abspath(sys.argv.pop(1))
LEAST = 250
MOST_BYTES = 64 << 20  # beside the file, and what the program takes for one that is sound
SANITIZED = b"__asan_init" in pathlib.Path(PROGRAM).read_bytes()


def show(folder, file, *options):
    """Exit code, standard output, standard error and the most memory that was resident."""
    with open(folder / "out", "wb") as out, open(folder / "err", "wb") as err:
        process = subprocess.Popen([PROGRAM, "weights", "show", file, *options], cwd=folder, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, (folder / "out").read_text(), (folder / "err").read_text(errors="replace"), usage.ru_maxrss << 10


class Hostile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name, content in hostile_weights.sound():
            (self.folder / name).write_bytes(content)

    def test_sound_files_are_shown(self):
        for name, _ in hostile_weights.sound():
            with self.subTest(name):
                code, out, err, _ = show(self.folder, name, "--format", "json")
                self.assertEqual((code, err), (0, ""))
                shown = json.loads(out)
                names = {tensor["name"]: tensor["shape"] for tensor in shown["tensors"]}
                self.assertEqual(names, {"a": [2, 3], "b": [], "c": [0, 4]} if "safetensors" in name else {"w": [2, 3], "v": [3, 2]})
                self.assertEqual(shown["totals"]["tensors"], len(names))

    def test_hostile_files_are_refused(self):
        usual = show(self.folder, "sound.safetensors")[3]
        count = 0
        for rule, name, content, words in hostile_weights.cases():
            count += 1
            (self.folder / name).write_bytes(content)
            with self.subTest(rule):
                code, out, err, memory = show(self.folder, name)
                self.assertEqual((code, out), (1, ""), err)
                self.assertIn("error[M7101]", err)
                self.assertIn(name, err)
                for part in [words] if isinstance(words, str) else words:
                    self.assertIn(part, err)
                self.assertFalse((self.folder / hostile_weights.CANARY).exists(), "code of the file was run")
                if not SANITIZED:
                    self.assertLess(memory, usual + len(content) + MOST_BYTES)
            (self.folder / name).unlink()
        self.assertGreaterEqual(count, LEAST)
        print(f"{count} hostile files")


if __name__ == "__main__":
    unittest.main()
