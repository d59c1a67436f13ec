"""What docs/architecture.md and the decisions call `room::name` is there, in that room."""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
NAME = re.compile(r"`([a-z_]+)::([A-Za-z_]+)(?:::([A-Za-z_]+))?(?:\(\))?`")

texts = {}


def text_of(room):
    if room not in texts:
        folders = [ROOT / top / room for top in ("compiler", "runtime") if (ROOT / top / room).is_dir()]
        files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix in (".h", ".cpp")]
        texts[room] = "\n".join(file.read_text() for file in files)
    return texts[room]


def stands(room, name):
    """Declared or defined: a function's name before its bracket, a type's or a member's behind what it is."""
    declared = rf"(?:[\w>&*]\s+[&*]?|::){name}\(|\b(?:struct|class|enum class|using|concept)\s+{name}\b|[\w>]\s+{name}(?:;| =|\{{)"
    return re.search(declared, text_of(room)) is not None


looked, faults = 0, 0
for page in [ROOT / "docs/architecture.md", *sorted((ROOT / "docs/decisions").glob("*.md"))]:
    for room, first, second in NAME.findall(page.read_text()):
        if room in ("modelc", "std", "at", "torch"):
            continue
        looked += 1
        for name in filter(None, (first, second)):
            if not stands(room, name):
                faults += 1
                print(f"{page.relative_to(ROOT)}: `{room}::{name}` is not in {room}/")
print(f"walk: {looked} names, {faults} not there")
sys.exit(1 if faults or looked < 30 else 0)
