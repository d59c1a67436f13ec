"""A seed model trained by its own recipe: the loss falls, the run folder holds what it should, the checkpoint scores."""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import time

program, description = sys.argv[1:3]


def run(*arguments):
    process = subprocess.run([program, *arguments], capture_output=True, text=True)
    if process.returncode != 0:
        print(process.stdout, process.stderr, sep="\n")
        sys.exit(f"modelc {' '.join(arguments)}: exit code {process.returncode}, expected 0")
    return process.stdout


def expect(condition, what):
    if not condition:
        sys.exit(what)


def falls(losses):
    return losses[-1] < losses[0]


with tempfile.TemporaryDirectory() as folder:
    rundir = pathlib.Path(folder) / "run"
    found = json.loads(run("check", description, "--format", "json"))
    expect(not [d for d in found if d["severity"] == "error"], f"check reports {found}")

    start = time.monotonic()
    run("train", description, "-o", str(rundir), "-q")
    seconds = time.monotonic() - start
    for name in ("description.yaml", "metrics.csv", "best.safetensors", "last.safetensors", "log.txt"):
        expect((rundir / name).is_file(), f"the run folder lacks {name}")
    with open(rundir / "metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    expect(len(rows) > 1, "metrics.csv has less than two epochs")
    for column in ("train.loss", "valid.loss"):
        if rows[0].get(column):
            losses = [float(row[column]) for row in rows]
            expect(falls(losses), f"{column} does not fall: {losses}")

    run("eval", description, "--weights", str(rundir / "best.safetensors"))
    run("check", str(rundir / "best.safetensors"))
    print(f"{len(rows)} epochs in {seconds:.1f} s, train.loss {rows[0]['train.loss']} -> {rows[-1]['train.loss']}")
