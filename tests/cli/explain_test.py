"""The examples of `modelc explain CODE`: each wrong one is reported by its code and nothing else, in the words that
stand beside it, and the mended one by nothing. MODELC_REFRESH=1 writes the words anew.

explain_test.py PROGRAM FOLDER front|runtime [CODE…]: `runtime` are the examples that need LibTorch."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROGRAM, FOLDER, SIDE = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
PATH = os.pathsep.join([os.path.dirname(PROGRAM), os.path.dirname(sys.executable), os.environ["PATH"]])
REPORT = re.compile(r"\b(?:error|warning)\[(M\d+)\]")
NEEDS_LIBTORCH = re.compile(r"^.modelc (train|eval|predict|build)\b", re.MULTILINE)


def sections(text):
    """The files of an example, as compiler/diagnostics/example.h says: name and marked lines."""
    parts = re.split(r"^== (.*)\n", text, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], (part.splitlines() for part in parts[2::2])))
    return {**found, "$": found.get("$", [" modelc check model.yaml"])} if found else {}


def version(lines, left_out):
    return "".join(line[1:] + "\n" for line in lines if not line.startswith(left_out))


def run(files, left_out):
    """The last command's exit code and what it said; a message where one before it failed."""
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in files.items():
            text = version(lines, left_out)
            if name != "$" and text:
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        *before, last = version(files["$"], left_out).splitlines()
        for command in before:
            process = execute(command, folder)
            if process.returncode:
                return None, f"`{command}` failed: {process.stdout}{process.stderr}"
        process = execute(last, folder)
        return process.returncode, process.stderr.replace(folder + "/", "")


def execute(command, folder):
    return subprocess.run(command, shell=True, cwd=folder, env={**os.environ, "PATH": PATH}, capture_output=True, text=True, timeout=300)


def faults_of(path):
    files = sections(path.read_text())
    if not files:
        return []
    faults = []
    exit_code, said = run(files, "+")
    if exit_code is None or REPORT.findall(said) != [path.stem]:
        faults.append(f"{path.stem} and nothing else expected, exit code {exit_code}:\n{said}")
    shown = path.with_suffix(".txt")
    if "MODELC_REFRESH" in os.environ:
        shown.write_text(said)
    elif not shown.exists() or shown.read_text() != said:
        faults.append(f"{shown.name} is stale, MODELC_REFRESH=1 writes it anew; now it is\n{said}")
    if (mended := run(files, "-"))[0] != 0 or REPORT.search(mended[1]):
        faults.append(f"mended, it is not clean, exit code {mended[0]}:\n{mended[1]}")
    return faults


def chosen():
    for path in sorted(FOLDER.glob("*.example")):
        needs_libtorch = bool(NEEDS_LIBTORCH.search(path.read_text()))
        if needs_libtorch == (SIDE == "runtime") and (len(sys.argv) == 4 or path.stem in sys.argv[4:]):
            yield path


def main():
    paths = list(chosen())
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, faults in zip(paths, pool.map(faults_of, paths)):
            for fault in faults:
                print(f"{path.name}: {fault}")
            failed += bool(faults)
    print(f"{len(paths)} examples, {failed} failed")
    sys.exit(failed > 0 or not paths)


main()
