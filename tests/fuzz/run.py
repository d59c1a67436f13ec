"""Fuzzes each target from the seeds that the tests give: `run.py BUILD SECONDS [--seed N]`, the time for all together.

With a seed, each run tries the same inputs in the same order and keeps none: continuous integration fails for what
changed, not by luck. Without one, what was found earlier is built upon. What breaks a promise is written to BUILD/tests/fuzz/found; put it into tests/fuzz/found/TARGET with the mend.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("seconds", type=int)
parser.add_argument("--seed", type=int, default=0)
arguments = parser.parse_args()
BUILD, SEED = arguments.build.resolve(), arguments.seed
# A description is compiled whole and costs a hundred times what an expression does.
SHARES = {"yaml": 4, "ir": 2}
HERE = pathlib.Path(__file__).resolve().parent

seeds, found = BUILD / "tests/fuzz/seeds", BUILD / "tests/fuzz/found"
subprocess.run([sys.executable, "-B", HERE / "seeds.py", HERE.parent.parent, seeds], check=True)
found.mkdir(parents=True, exist_ok=True)
targets = sorted(BUILD.glob("bin/modelc_fuzz_*"))
faults = 0 if targets else 1
names = [target.name.removeprefix("modelc_fuzz_") for target in targets]
second = arguments.seconds / max(1, sum(SHARES.get(name, 1) for name in names))
for target, name in zip(targets, names):
    # What a run adds goes to a folder of its own, so that each begins from the same seeds.
    corpus = pathlib.Path(tempfile.mkdtemp()) if SEED else BUILD / "tests/fuzz/corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    run = subprocess.run([target, f"-seed={SEED}", f"-max_total_time={max(1, round(second * SHARES.get(name, 1)))}", "-timeout=10", "-rss_limit_mb=4096",
                          "-max_len=4096", "-print_final_stats=1", f"-artifact_prefix={found}/{name}-", corpus, seeds / name],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    if SEED:
        shutil.rmtree(corpus)
    runs = re.search(r"number_of_executed_units: *(\d+)", run.stderr)
    print(f"fuzz.{name}: {runs[1] if runs else 'no'} runs, {'sound' if run.returncode == 0 else 'A FAULT'}", flush=True)
    if run.returncode != 0:
        faults += 1
        print(run.stderr[-4000:])
sys.exit(1 if faults else 0)
