"""clang-tidy on the lines of the front end that changed: `tidy.py BUILD JOBS [SECONDS]`. Any warning there is a fault.

After SECONDS (300) no further file is begun: those with the most changed lines come first, the others are counted."""

import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time

BUILD, JOBS, SECONDS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 300
# LibTorch's headers do not compile with Clang in C++20 mode, so the runtime is left out.
SOURCES = ["compiler/*.cpp", "tools/modelc/*.cpp", "tests/unit/*.cpp", "tests/cases/*.cpp"]


def git(*arguments):
    return subprocess.run(["git", *arguments], capture_output=True, text=True)


def base():
    """What to compare with: MODELC_BASE, else where this branch left main, else the commit before."""
    if os.environ.get("MODELC_BASE"):
        return os.environ["MODELC_BASE"]
    head = git("rev-parse", "HEAD").stdout.strip()
    for main in ("origin/main", "main"):
        found = git("merge-base", "HEAD", main).stdout.strip()
        if found and found != head:
            return found
    return "HEAD~1"


def changed_lines(since):
    """File -> ranges of lines that are new or other than in `since`."""
    files, name = {}, None
    for line in git("diff", "-U0", "--diff-filter=d", since, "--", *SOURCES).stdout.splitlines():
        if line.startswith("+++ "):
            name = line[6:]
        match = re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line)
        if match and match[2] != "0":
            first = int(match[1])
            files.setdefault(name, []).append([first, first + int(match[2] or 1) - 1])
    return files


def tidy(file, lines):
    """What clang-tidy says of these lines: nothing where they are clean, None where no time is left."""
    if time.monotonic() > end:
        return None
    run = subprocess.run(["clang-tidy", "-p", BUILD, "--quiet", "--line-filter=" + json.dumps([{"name": file, "lines": lines}]),
                          file], capture_output=True, text=True)
    found = "warning:" in run.stdout or "error:" in run.stdout
    return run.stdout if found else ""


def most_lines_first(item):
    return -sum(last - first + 1 for first, last in item[1]), item[0]


end = time.monotonic() + SECONDS
since = base()
if git("rev-parse", "--verify", since + "^{commit}").returncode != 0:
    print("no earlier commit to compare with")
    sys.exit(0)
files = changed_lines(since)
print(f"{len(files)} files changed since {since[:12]}", flush=True)
with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
    outputs = list(pool.map(lambda item: tidy(*item), sorted(files.items(), key=most_lines_first)))
print("".join(filter(None, outputs)), end="")
if None in outputs:
    print(f"{outputs.count(None)} files were not looked at: no time was left")
sys.exit(1 if any(outputs) else 0)
