"""`modelc check FILE` and the commands about weight files must not load LibTorch: the loader itself says what it opens."""

import json
import os
import re
import struct
import subprocess
import sys
import tempfile

program, description = sys.argv[1:3]
header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
with tempfile.NamedTemporaryFile(suffix=".safetensors") as weights:
    weights.write(struct.pack("<Q", len(header)) + header + bytes(4))
    weights.flush()
    for expected, *command in ((0, "check", description), (0, "weights", "show", weights.name),
                               (1, "weights", "match", description, weights.name), (0, "diff", description, description)):
        run = subprocess.run([program, *command], env={**os.environ, "LD_DEBUG": "files"}, capture_output=True, text=True)
        opened = re.findall(r"file=(\S+)", run.stderr)
        heavy = sorted({name for name in opened if re.search(r"torch|c10|modelc_runtime", name)})
        if run.returncode != expected:
            sys.exit(f"{run.stdout}\n{command[0]}: exit code {run.returncode}, expected {expected}")
        if not any("modelc_compiler" in name for name in opened):
            sys.exit("the loader's report was not understood: libmodelc_compiler is not in it")
        if heavy:
            sys.exit(f"loaded for {command[0]}: {' '.join(heavy)}")
        print(f"{command[0]}: {len(set(opened))} libraries, none of LibTorch")
