"""The fenced blocks of a Markdown page, and what stands hidden in its comments, as values."""

import dataclasses
import re

LANGUAGES = {"yaml", "console", "sh", "bash", "python", "text", "csv", "json", "cpp"}
OPTIONS = {"on", "error", "warning", "exit"}
FLAGS = {"about", "norun"}

FENCE = re.compile(r"^( *)(`{3,})([^`\n]*)$")
HIDDEN_NAMES = {"file": "file", "run": "run", "python": "hidden python"}
HIDDEN = re.compile(r"^<!-- *(file|run|python)\b *(.*)$")


class Malformed(Exception):
    """A block that the convention does not know; says line and reason."""


@dataclasses.dataclass
class Block:
    language: str  # a hidden one: `file`, `run`, `hidden python`
    line: int
    text: str
    name: str = ""
    options: dict = dataclasses.field(default_factory=dict)
    flags: set = dataclasses.field(default_factory=set)

    def codes(self, option):
        return sorted(self.options.get(option, "").replace(",", " ").split())


def described(line, info):
    """A block without its text: the words after the three backticks."""
    words = info.split()
    if not words:
        raise Malformed(f"line {line}: a block without a language; `text` is for what nothing tries")
    block = Block(words[0], line, "")
    if block.language not in LANGUAGES:
        raise Malformed(f"line {line}: `{block.language}` is none of {', '.join(sorted(LANGUAGES))}")
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if equals and key in OPTIONS:
            block.options[key] = value
        elif word in FLAGS:
            block.flags.add(word)
        elif "." in word and not equals and not block.name:
            block.name = word
        else:
            raise Malformed(f"line {line}: `{word}` is no file name and no mark of a block")
    return block


def read_blocks(page):
    blocks, lines, at = [], page.split("\n"), 0
    while at < len(lines):
        fence, hidden = FENCE.match(lines[at]), HIDDEN.match(lines[at])
        begin = at
        at += 1
        if not fence and not hidden:
            continue
        if fence:
            block = described(begin + 1, fence[3])
        else:
            block = Block(HIDDEN_NAMES[hidden[1]], begin + 1, "", hidden[2].strip())
        ends = (lambda text: text.strip() == fence[2]) if fence else (lambda text: text.strip() == "-->")
        while at < len(lines) and not ends(lines[at]):
            at += 1
        if at == len(lines):
            raise Malformed(f"line {begin + 1}: the block has no end")
        indent = fence[1] if fence else ""
        block.text = "".join(line.removeprefix(indent) + "\n" for line in lines[begin + 1:at])
        blocks.append(block)
        at += 1
    return blocks


KEY = re.compile(r"^([A-Za-z][\w-]*):")


def sections(text):
    """Top-level keys of a description and their lines; what stands before the first key is ''."""
    found, key = {"": []}, ""
    for line in text.splitlines():
        match = KEY.match(line)
        if match:
            key = match[1]
            found[key] = []
        found[key].append(line)
    return found


def laid_over(base, part):
    """`base` with the keys of `part` in the place of its own; what it lacks comes behind."""
    kept, added = sections(base), sections(part)
    kept.update((key, lines) for key, lines in added.items() if key)
    return "".join(line + "\n" for lines in kept.values() for line in lines)


LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)[^)]*\)")


def links(page):
    """Line and target of each link to a file of the repository; what stands in blocks is none."""
    fenced = False
    for number, line in enumerate(page.split("\n"), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield from ((number, target) for target in LINK.findall(line))


COMMAND = re.compile(r"^(?:modelc|tools/run)(?: +|$)(.*)$")


def joined(text):
    """Lines of a shell, those that end in a backslash with the next one."""
    return text.replace("\\\n", " ").splitlines()


def commands(text):
    """Of a script: the arguments of each line that calls the program."""
    return [match[1] for match in map(COMMAND.match, joined(text)) if match]


def dialogue(text):
    """Of a console: each command with the lines shown after it."""
    turns = []
    for line in joined(text):
        if line.startswith("$ "):
            turns.append((line[2:].strip(), []))
        elif turns:
            turns[-1][1].append(line.rstrip())
    return turns


NUMBER = re.compile(r"\d+\.\d+(?:e[-+]?\d+)?")


def same_line(shown, found, about):
    """`…` stands for anything; with `about` a number with a point may be a tenth away."""
    pattern = "".join(
        ".*" if part == "…" else r"(\d+\.\d+(?:e[-+]?\d+)?)" if about and NUMBER.fullmatch(part) else re.escape(part)
        for part in re.split(r"(…|\d+\.\d+(?:e[-+]?\d+)?)", shown))
    match = re.fullmatch(pattern, found)
    if not match:
        return False
    wanted = [float(number) for number in NUMBER.findall(shown)] if about else []
    return all(abs(float(given) - number) <= 0.1 * abs(number) for given, number in zip(match.groups(), wanted))


def differs(shown, found, about=False):
    """What of the output is not as shown, or None. A line `…` stands for any number of lines."""
    while shown and not shown[-1]:
        shown = shown[:-1]
    at, gap = 0, False
    for line in shown:
        if line.strip() == "…":
            gap = True
            continue
        while gap and at < len(found) and not same_line(line, found[at], about):
            at += 1
        if at == len(found) or not same_line(line, found[at], about):
            return f"shown:  {line}\n    found:  {found[at] if at < len(found) else '(no further line)'}"
        at, gap = at + 1, False
    return None if gap or at == len(found) else f"not shown:  {found[at]}"
