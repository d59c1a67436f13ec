"""Who may include whom: reads the room table of docs/architecture.md and holds every include against it."""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
TORCH = re.compile(r"<(torch|ATen|c10|caffe2)[/.]")
SYNTAX_ONLY = re.compile(r"<(yaml-cpp|tao)[/.]")
INCLUDE = re.compile(r'^\s*#\s*include\s+(<[^>]+>|"[^"]+")')
SOURCES = (".h", ".cpp", ".def", ".inc")


def rooms():
    """The table: folder -> names of the rooms it may include."""
    table = {}
    for line in (ROOT / "docs/architecture.md").read_text().splitlines():
        row = re.match(r"\| `((?:compiler|runtime|tools)[\w/]*)` \|[^|]*\|([^|]*)\|$", line)
        if row:
            table[row[1]] = {name.strip() for name in row[2].split(",") if name.strip()}
    return table


def room_of(path, table):
    """The innermost folder of the table that holds `path`."""
    folder = path.parent
    while str(folder) not in table:
        if folder == folder.parent:
            return None
        folder = folder.parent
    return str(folder)


def target_of(include, table):
    """The folder of the table that `"room/file.h"` names, or None where it names a neighbour by its bare name."""
    head = include.split("/")[0] if "/" in include else None
    for top in ("compiler", "runtime"):
        # Two rooms of one name, `compiler/weights` and `runtime/weights`, are told apart by the file.
        if head and f"{top}/{head}" in table and (ROOT / top / include).exists():
            return f"{top}/{head}"
    if head == "modelc":
        return "tools/modelc"
    return "runtime" if head is None and (ROOT / "runtime" / include).exists() else None


def faults():
    table = rooms()
    if len(table) < 10:
        yield "docs/architecture.md: the room table was not found"
        return
    for top in ("compiler", "runtime", "tools/modelc", "tests/unit", "tests/runtime"):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix not in SOURCES or file.name == "pch.h":
                continue
            path = file.relative_to(ROOT)
            if file.suffix == ".cpp" and not is_listed(file):
                yield f"{path}: stands in no list of {path.parent}/CMakeLists.txt"
            if top.startswith("tests"):
                continue
            yield from include_faults(file, path, table)


def is_listed(source):
    """True where the CMakeLists.txt beside a source names it."""
    lists = source.parent / "CMakeLists.txt"
    return lists.exists() and re.search(rf"^\s*{re.escape(source.name)}\s*$", lists.read_text(), re.M) is not None


def include_faults(file, path, table):
    room = room_of(path, table)
    if room is None:
        yield f"{path}: lives in no room of docs/architecture.md"
        return
    for number, line in enumerate(file.read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        what, place = match[1], f"{path}:{number}"
        if what.startswith("<"):
            if TORCH.match(what) and not room.startswith("runtime"):
                yield f"{place}: includes {what}; LibTorch is known to runtime/ only"
            if SYNTAX_ONLY.match(what) and not room.startswith("compiler/syntax"):
                yield f"{place}: includes {what}; it stays behind compiler/syntax"
            continue
        target = target_of(what.strip('"'), table)
        if target is None or target == room:
            continue
        if target.split("/")[-1] not in table[room]:
            allowed = ", ".join(sorted(table[room])) or "no other room"
            yield f"{place}: includes {what}; {room} may include {allowed}"


found = list(faults())
for fault in found:
    print(fault)
print(f"layers: {len(found)} faults")
sys.exit(1 if found else 0)
