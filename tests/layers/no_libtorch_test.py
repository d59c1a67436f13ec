"""`modelc check FILE` must not load LibTorch: the loader itself says what it opens."""

import os
import re
import subprocess
import sys

program, description = sys.argv[1:3]
run = subprocess.run(
    [program, "check", description], env={**os.environ, "LD_DEBUG": "files"}, capture_output=True, text=True)
opened = re.findall(r"file=(\S+)", run.stderr)
heavy = sorted({name for name in opened if re.search(r"torch|c10|modelc_runtime", name)})
if run.returncode != 0:
    print(run.stdout, f"exit code {run.returncode}, expected 0", sep="\n")
    sys.exit(1)
if not any("modelc_compiler" in name for name in opened):
    print("the loader's report was not understood: libmodelc_compiler is not in it")
    sys.exit(1)
if heavy:
    print("loaded for a check:", *heavy)
    sys.exit(1)
print(f"{len(set(opened))} libraries, none of LibTorch")
