"""Fuzzes each target from the seeds that the tests give: `run.py BUILD SECONDS`, the time for all of them together.

What breaks a promise is written to BUILD/tests/fuzz/found; put it into tests/fuzz/found/TARGET with the mend.
"""

import pathlib
import re
import subprocess
import sys

BUILD, SECONDS = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2])
HERE = pathlib.Path(__file__).resolve().parent

seeds, found = BUILD / "tests/fuzz/seeds", BUILD / "tests/fuzz/found"
subprocess.run([sys.executable, "-B", HERE / "seeds.py", HERE.parent.parent, seeds], check=True)
found.mkdir(parents=True, exist_ok=True)
targets = sorted(BUILD.glob("bin/modelc_fuzz_*"))
faults = 0 if targets else 1
for target in targets:
    name = target.name.removeprefix("modelc_fuzz_")
    # What a run adds goes to a folder of its own, so that each begins from the same seeds.
    corpus = BUILD / "tests/fuzz/corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    run = subprocess.run([target, f"-max_total_time={max(1, SECONDS // len(targets))}", "-timeout=10", "-rss_limit_mb=4096",
                          "-max_len=4096", "-print_final_stats=1", f"-artifact_prefix={found}/{name}-", corpus, seeds / name],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    runs = re.search(r"number_of_executed_units: *(\d+)", run.stderr)
    print(f"fuzz.{name}: {runs[1] if runs else 'no'} runs, {'sound' if run.returncode == 0 else 'A FAULT'}", flush=True)
    if run.returncode != 0:
        faults += 1
        print(run.stderr[-4000:])
sys.exit(1 if faults else 0)
