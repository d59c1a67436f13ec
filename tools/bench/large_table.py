"""How much memory training on a CSV file larger than memory takes: makes one, trains a step-limited model, reports.

    python3 tools/bench/large_table.py build/release/bin/modelc --gigabytes 5 --columns 40

The file, and the temporary file that its columns wait in, lie in --folder (the system's folder for large temporary files
unless said) and are removed. Prints the time and the most memory (resident) of the process that trains.
"""

import argparse
import os
import pathlib
import resource
import subprocess
import tempfile
import time

RECIPE = """\
inputs: {{x: "float[B, {columns}]", town: "int[B]"}}
targets: {{label: "int[B]"}}
modules:
  towns: Embedding(data.categories("town"), 4)
  body: [Linear(16), ReLU, Linear(2)]
forward:
  logits: body(cat([x, towns(town)], 1))
data:
  train: csv("large.csv")
  valid: {{split: 0.01}}
  feed:
    x: standardize(numeric(except="label"))
    town: category("town")
loss: cross_entropy(logits, label)
train: {{steps: {steps}, batch: 256, optimizer: Adam(lr=1e-3)}}
"""


def write_table(path, size, columns):
    """Blocks of rows that differ, repeated with their numbers changed, so that disk and not Python is what takes time."""
    header = ",".join(f"c{i}" for i in range(columns)) + ",town,label\n"
    block = []
    for row in range(2000):
        cells = [f"{(row * (i + 3) * 7919 % 100003) / 1000 - 50:.3f}" for i in range(columns)]
        block.append(",".join(cells) + f",town {row % 50},{row % 2}\n")
    text = "".join(block).encode()
    rows = 0
    with open(path, "wb") as file:
        file.write(header.encode())
        while file.tell() < size:
            file.write(text)
            rows += len(block)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--gigabytes", type=float, default=5)
    parser.add_argument("--columns", type=int, default=40)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--folder", default=os.environ.get("TMPDIR", "/var/tmp"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = pathlib.Path(name)
        rows = write_table(folder / "large.csv", options.gigabytes * 1e9, options.columns)
        (folder / "large.yaml").write_text(RECIPE.format(columns=options.columns, steps=options.steps))
        begin = time.monotonic()
        done = subprocess.run([os.path.abspath(options.program), "train", "large.yaml", "-o", "run", "-q"], cwd=folder,
                              env=dict(os.environ, TMPDIR=name), capture_output=True, text=True)
        seconds = time.monotonic() - begin
        if done.returncode != 0:
            raise SystemExit(done.stdout + done.stderr)
        size = (folder / "large.csv").stat().st_size
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{size / 1e9:.2f} GB, {rows} rows of {options.columns + 2} columns, {options.steps} steps: "
          f"{seconds:.0f} s, {most:.0f} MB of memory at most")


main()
