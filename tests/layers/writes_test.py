"""Nothing is written but through support/whole_file.h (whole, or not at all) and support/growing_file.h (by whole lines):
whoever opens a file to write to it, or renames one, stands here with the reason."""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
WRITES = re.compile(r"\bofstream\b|\bfopen\(|\bO_WRONLY\b|\bO_RDWR\b|\bO_CREAT\b|\bimwrite\(|\bmkstemp\(|\btmpfile\(|\brename\(|"
                    r"\bcopy_file\(")
MAY = {
    "compiler/support/whole_file.cpp": "what writes whole files",
    "compiler/support/growing_file.cpp": "what writes files that grow",
    "runtime/commands/spool.cpp": "rows that wait for their end, in a file without a name",
    "runtime/data/text_rows.cpp": "rows that do not fit into memory, in a file without a name",
    "runtime/train/checkpoint.cpp": "a whole checkpoint takes the place of a damaged one",
    "runtime/train/events.cpp": "TensorBoard's records are appended; each has a checksum of its own",
    "runtime/train/keeper.cpp": "whole weights that were set aside come back",
    "tools/modelc/output.cpp": "/dev/null, where a standard stream is closed",
    "tools/modelc/processes.cpp": "what a trial of a sweep says, by that process itself",
}

faults = 0
for top in ("compiler", "runtime", "tools/modelc"):
    for file in sorted((ROOT / top).rglob("*")):
        path = str(file.relative_to(ROOT))
        if file.suffix not in (".h", ".cpp") or path in MAY:
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if WRITES.search(line.split("//")[0]):
                faults += 1
                print(f"{path}:{number}: {line.strip()}: write through support/whole_file.h or support/growing_file.h")
print(f"writes: {faults} faults")
sys.exit(1 if faults else 0)
