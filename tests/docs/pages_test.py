"""The examples of a page are true: descriptions compile, wrong ones give their codes, commands do what is shown.

`pages_test.py PROGRAM ROOT PAGE`; the convention of the blocks stands in tests/README.md."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import blocks

LIMIT = 300  # seconds for one command


class Page:
    """One page's examples, in a folder with a copy of `models/` and what the page's blocks wrote there."""

    def __init__(self, program, root, folder):
        self.program, self.root, self.folder = os.path.abspath(program), pathlib.Path(root), pathlib.Path(folder)
        self.faults, self.tried, self.python = [], 0, []
        shutil.copytree(self.root / "models", self.folder / "models")

    def fault(self, block, what):
        self.faults.append((block.line, what))

    def modelc(self, arguments):
        return subprocess.run([self.program, *arguments], cwd=self.folder, capture_output=True, text=True,
                              timeout=LIMIT, env={**os.environ, "NO_COLOR": "1"})

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, name):
        path = self.folder / name
        return (path if path.exists() else self.root / name).read_text()

    # --- one kind of block each ---

    def try_description(self, block):
        name = block.name or f"line_{block.line}.yaml"
        base = block.options.get("on")
        self.write(name, blocks.laid_over(self.read(base), block.text) if base else block.text)
        run = self.modelc(["check", name, "--format", "json"])
        found = {"error": [], "warning": []}
        for report in json.loads(run.stdout or "[]"):
            found[report["severity"]].append((report["code"], report["message"]))
        for severity, reports in found.items():
            if sorted(code for code, _ in reports) != block.codes(severity):
                said = "; ".join(f"{code}: {message}" for code, message in reports) or "nothing"
                self.fault(block, f"{severity}s are not {block.codes(severity)}: {said}")
        if run.returncode != (1 if found["error"] else 0):
            self.fault(block, f"`check` ends with {run.returncode}: {run.stderr}")

    def try_command(self, block, words, shown=None):
        if "norun" in block.flags:
            return self.try_names(block, words)
        run = self.modelc(words)
        wrong = shown is not None and any(re.search(r"error\[M\d+\]", line) for line in shown)
        expected = int(block.options.get("exit", 1 if wrong else 0))
        if run.returncode != expected:
            self.fault(block, f"`modelc {shlex.join(words)}` ends with {run.returncode}, not {expected}:\n"
                              f"{run.stdout}{run.stderr}")
        elif shown:
            output = (run.stderr + run.stdout).replace(f"{self.folder}/", "")
            lines = [line.rstrip() for line in output.splitlines()]
            if difference := blocks.differs(shown, lines, "about" in block.flags):
                self.fault(block, f"`modelc {shlex.join(words)}`\n    {difference}")

    def try_names(self, block, words):
        """A command that cannot be run here: its name and options exist."""
        two = self.modelc([*words[:2], "--help"])
        help_of = two if two.returncode == 0 else self.modelc([*words[:1], "--help"])
        if help_of.returncode != 0:
            return self.fault(block, f"there is no command `modelc {words[0]}`")
        known = set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", help_of.stdout.replace(",", " ")))
        for word in words[1:]:
            option = word.split("=")[0]
            if re.match(r"--?[a-z]", option) and option not in known:
                self.fault(block, f"`modelc {words[0]}` has no option `{option}`")

    def try_block(self, block):
        if block.language == "yaml":
            self.try_description(block)
        elif block.language == "console":
            for command, shown in blocks.dialogue(block.text):
                for arguments in blocks.commands(command):
                    self.try_command(block, shlex.split(arguments), shown)
        elif block.language in ("sh", "bash", "run"):
            for arguments in blocks.commands(block.text):
                self.try_command(block, shlex.split(arguments, comments=True))
        elif block.language == "hidden python":
            subprocess.run([sys.executable, "-B", "-c", block.text], cwd=self.folder, check=True, timeout=LIMIT)
        elif block.language == "python":
            self.python.append(block)
        elif block.name:
            self.write(block.name, block.text)
            return
        else:
            return
        self.tried += 1

    # --- what PyTorch says: all of it in one process ---

    def try_python(self):
        wanted = [(block, (re.findall(r"^# (\w+: .*)$", block.text, re.M) or [None])[-1]) for block in self.python]
        for block, _ in wanted:
            compile(block.text, f"line {block.line}", "exec")
        run = [(block, says) for block, says in wanted if "norun" not in block.flags]
        if not run:
            return
        driver = pathlib.Path(__file__).with_name("python_blocks.py")
        said = subprocess.run([sys.executable, "-B", driver], input=json.dumps([block.text for block, _ in run]),
                              cwd=self.folder, capture_output=True, text=True, timeout=LIMIT)
        if said.returncode == 77:
            return print("PyTorch is not there: its blocks were not run")
        for (block, says), found in zip(run, json.loads(said.stdout)):
            if found != says and not (says and found and found.startswith(says.rstrip("…"))):
                self.fault(block, f"Python ends with {found}, not with {says}")

    def try_all(self, text, place):
        for line, target in blocks.links(text):
            if not (place / target).exists():
                self.faults.append((line, f"the link leads to `{target}`, which is not there"))
        try:
            found = blocks.read_blocks(text)
        except blocks.Malformed as malformed:
            return self.faults.append((0, str(malformed)))
        for block in found:
            try:
                self.try_block(block)
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                self.fault(block, f"{type(error).__name__}: {error}")
        self.try_python()


def faults_of(program, root, text, place):
    """The faults of a page that lies in the folder `place`, each with its line, and how many blocks were tried."""
    with tempfile.TemporaryDirectory() as folder:
        page = Page(program, root, folder)
        page.try_all(text, pathlib.Path(place))
        return sorted(page.faults), page.tried


def main(program, root, path):
    path = pathlib.Path(path)
    faults, tried = faults_of(program, root, path.read_text(), path.parent)
    for line, what in faults:
        print(f"{path}:{line}: {what}")
    print(f"{path}: {tried} blocks tried, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
