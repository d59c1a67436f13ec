"""What is decided hangs on values, never on what was reported: only `diagnostics/` looks into a sink."""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
SINK = re.compile(r"\b(?:[Ss]ink\w*|reporter|reports?)(?:\(\))?\s*(?:\.|->)\s*(?:has_errors|error_count|sorted|found|size|truncate)\(")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)

looked, faults = 0, 0
for file in sorted(file for top in ("compiler", "runtime") for file in (ROOT / top).rglob("*")):
    if file.suffix not in (".h", ".cpp") or "diagnostics" in file.parts:
        continue
    looked += 1
    text = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), file.read_text())
    for asks in SINK.finditer(text):
        faults += 1
        line = text.count("\n", 0, asks.start()) + 1
        print(f"{file.relative_to(ROOT)}:{line}: `{asks[0]}…)` asks the sink; let what was made say whether it is whole")
print(f"sink: {looked} files, {faults} ask")
sys.exit(1 if faults or looked < 300 else 0)
