"""Every source of these rooms has a unit test: one of its name, or one that says `// covers: a.cpp b.cpp` of it."""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
ROOMS = "catalogue compose elaborate eval instantiate ir passes plan recipe resolve syntax trace".split()
COVERS = re.compile(r"^// covers: (.*)$", re.M)

sources, faults = 0, 0
for room in ROOMS:
    tests = [(test, test.read_text()) for test in sorted((ROOT / "tests/unit" / room).rglob("*_test.cpp"))]
    covered = {test.name.removesuffix("_test.cpp") + ".cpp" for test, _ in tests}
    written = {file.name for file in (ROOT / "compiler" / room).rglob("*.cpp")}
    for test, text in tests:
        named = [name for line in COVERS.findall(text) for name in line.split()]
        for name in set(named) - written:
            faults += 1
            print(f"{test.relative_to(ROOT)}: covers {name}, which compiler/{room} does not have")
        covered.update(named)
        if "TEST_CASE(" not in text:
            faults += 1
            print(f"{test.relative_to(ROOT)} tests nothing")
    for file in sorted((ROOT / "compiler" / room).rglob("*.cpp")):
        sources += 1
        if file.name not in covered:
            faults += 1
            print(f"{file.relative_to(ROOT)} has no unit test in tests/unit/{room}")
print(f"unit tests: {sources} sources of {len(ROOMS)} rooms, {faults} faults")
sys.exit(1 if faults or sources < 140 else 0)
