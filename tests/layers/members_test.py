"""No struct or class of compiler/ has more than 15 data members: what belongs together is a struct of its own."""

import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
LIMIT = 15
NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|R"\w*\(.*?\)\w*"|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'|^\s*#[^\n]*(?:\\\n[^\n]*)*', re.S | re.M)
HEAD = re.compile(r"\b(?:struct|class)\s+(\w+)(?:\s+final)?\s*(?::[^;{]*)?\{")
NOT_DATA = re.compile(r"^(?:using|typedef|friend|static|template|enum|struct|class|union|public|private|protected)\b")


def closing(text, begin):
    """Where the brace that opens at `begin` closes."""
    depth = 0
    for at in range(begin, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
    return len(text)


def statements(body):
    """What stands in a body, one string each; bodies of functions and types within are left out, initialisers are `{}`."""
    at, current = 0, ""
    while at < len(body):
        c = body[at]
        if c == "{":
            end = closing(body, at)
            at = end + 1
            if is_initialiser(current, body[at:]) or re.match(r"\s*(?:enum|struct|class|union)\b", current):
                current += "{}"
            else:
                current = ""
            continue
        if c == ";":
            yield " ".join(current.split())
            current = ""
        elif c == ":" and re.fullmatch(r"\s*(?:public|private|protected)\s*", current):
            current = ""
        else:
            current += c
        at += 1


def is_initialiser(before, after):
    """`{…}` is a value behind `=`, or before the end of a declaration that is no function."""
    function = re.search(r"\)\s*(?:const|override|noexcept|\s)*$", before)
    return before.rstrip().endswith("=") or (re.match(r"\s*[;,]", after) and not function)


def declarators(statement):
    """How many data members a statement declares."""
    named_type = re.match(r"^(?:enum|struct|class|union)\b[^{]*\{\}\s*(.*)$", statement)
    if named_type:
        return len(split(named_type[1])) if named_type[1] else 0
    if not statement or NOT_DATA.match(statement) or re.search(r"\boperator\b", statement):
        return 0
    plain = without_brackets(statement)
    if "(" in plain.split("=")[0]:
        return 0
    return len(split(plain))


def without_brackets(text):
    """Template arguments and what is in brackets count for nothing."""
    while True:
        shorter = re.sub(r"<[^<>;]*>", "", text)
        if shorter == text:
            return text
        text = shorter


def split(text):
    parts, depth = [""], 0
    for c in text:
        depth += (c in "({[") - (c in ")}]")
        if c == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += c
    return [part for part in parts if part.strip()]


def classes():
    for file in sorted((ROOT / "compiler").rglob("*")):
        if file.suffix not in (".h", ".cpp"):
            continue
        text = NOISE.sub(" ", file.read_text())
        for head in HEAD.finditer(text):
            body = text[head.end() : closing(text, head.end() - 1)]
            yield file.relative_to(ROOT), head[1], sum(declarators(s) for s in statements(body))


counted = list(classes())
large = [one for one in counted if one[2] > LIMIT]
for path, name, members in large:
    print(f"{path}: {name} has {members} data members, at most {LIMIT} are expected")
print(f"members: {len(counted)} types, the largest has {max(n for _, _, n in counted)}")
sys.exit(1 if large or len(counted) < 100 else 0)
