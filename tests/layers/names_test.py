"""How often compiler/ and runtime/ compare a text with a name that stands in the code: what has a name is declared in a
list, and found there (catalogue/, ops/, support/words.h). The number may fall, and is then lowered here."""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
LIMIT = 59
COMPARISON = re.compile(r'[!=]= ?"[A-Za-z_]')


def comparisons():
    for top in ("compiler", "runtime"):
        for file in sorted((ROOT / top).rglob("*")):
            if file.suffix not in (".h", ".cpp"):
                continue
            for number, line in enumerate(file.read_text().splitlines(), 1):
                for _ in COMPARISON.findall(line):
                    yield file.relative_to(ROOT), number, line.strip()


found = list(comparisons())
if len(found) > LIMIT:
    for path, number, line in found:
        print(f"{path}:{number}: {line}")
print(f"names: {len(found)} comparisons with a word, at most {LIMIT} are expected")
sys.exit(1 if len(found) > LIMIT else 0)
