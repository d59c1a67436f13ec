"""Runs modelc on a document; a fault is given to the call whose line it names."""

import json
import os
import re
import subprocess

import safetensors_io

from document import Document

BROKEN = 70  # modelc's own fault
SECONDS = 300


class Broken(Exception):
    """The program fell over, or named no line."""


def state_of(calls, verdicts):
    """Parameters and buffers by key, in the order of the description."""
    state = {call.name(letter): verdicts[call.number].tensors[letter] for call in calls
             for letter, operand in call.operands.items() if operand.learned}
    for call in calls:
        state.update({f"{call.name('m')}.{key}": value for key, value in (verdicts[call.number].state or {}).items()})
    return state


def fed_of(calls, verdicts):
    return {call.name(letter): verdicts[call.number].tensors[letter] for call in calls
            for letter, operand in call.operands.items() if not operand.learned}


class Program:
    def __init__(self, modelc, gradients, folder):
        self.modelc, self.gradients, self.folder = modelc, gradients, folder
        self.file, self.weights, self.inputs, self.out = (
            folder / name for name in ("calls.yaml", "weights.safetensors", "inputs.safetensors", "out.safetensors"))

    def run(self, *command):
        try:
            return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=SECONDS,
                                  env={**os.environ, "MODELC_VERIFY": "1", "OMP_NUM_THREADS": "1"})
        except subprocess.TimeoutExpired:
            raise Broken(f"no end after {SECONDS} s") from None

    def check(self, calls, where=False):
        """The refused calls by number, with what is said of them."""
        if not calls:
            return {}
        document = Document(calls)
        self.file.write_text(document.text())
        done = self.run(self.modelc, "check", self.file, "--format", "json", *(["--where", document.where()] if where and document.where() else []))
        if done.returncode not in (0, 1):
            return self.each(calls, lambda part: self.check(part, where), f"exit {done.returncode}: {done.stderr[-300:]}")
        refused = {}
        for report in json.loads(done.stdout):
            if report["severity"] != "error":
                continue
            places = [place["line"] for place in [report, *report["notes"]] if place["file"] == str(self.file)]
            number = next((document.owners[line] for line in places if line in document.owners), None)
            if number is None:
                return self.each(calls, lambda part: self.check(part, where), report["message"])
            notes = " ".join(note["message"] for note in report["notes"])
            refused.setdefault(number, f"{report['code']}: {report['message']} {notes} {report['help']}".strip())
        return refused

    def each(self, calls, ask, what):
        """Halves until the call that breaks the program stands alone."""
        if len(calls) == 1:
            return {calls[0].number: f"BROKEN {what}"}
        half = len(calls) // 2
        return {**ask(calls[:half]), **ask(calls[half:])}

    def summary(self, calls):
        """Types of results by number, and the conditions on symbols."""
        self.file.write_text(Document(calls).text())
        done = self.run(self.modelc, "summary", self.file, "--format", "json")
        if done.returncode != 0:
            raise Broken(done.stdout + done.stderr)
        said = json.loads(done.stdout)
        return {int(output["name"][1:]): output["type"] for output in said["outputs"]}, said["constraints"]

    def build(self, calls, seed):
        """The initial state by key, and the calls at whose lines building failed."""
        self.file.write_text(Document(calls).text())
        return self.attempt(calls, lambda left: (Document(left), [self.modelc, "build", self.file, "--seed", seed, "-o", self.out]))

    def predict(self, calls, verdicts):
        def command(left):
            safetensors_io.save(self.weights, state_of(left, verdicts))
            safetensors_io.save(self.inputs, fed_of(left, verdicts))
            return Document(left), [self.modelc, "predict", self.file, "--weights", self.weights, "--inputs", self.inputs, "-o", self.out]
        return self.attempt(calls, command)

    def train(self, calls, verdicts):
        def command(left):
            safetensors_io.save(self.weights, state_of(left, verdicts))
            safetensors_io.save(self.inputs, fed_of(left, verdicts))
            learned = {call.number: [] if verdicts[call.number].drawn else verdicts[call.number].learned for call in left}
            return Document(left, learned), [self.gradients, self.file, "--weights", self.weights, "--inputs", self.inputs, "-o", self.out]
        return self.attempt(calls, command)

    def attempt(self, calls, command):
        """Tensors by name, and what failed by number: a call that fails is left out, and the others run again."""
        left, failed = list(calls), {}
        while left:
            document, words = command(left)
            self.file.write_text(document.text())
            done = self.run(*words)
            if done.returncode == 0:
                return safetensors_io.load(self.out), failed
            said = done.stdout + done.stderr
            lines = {int(line) for line in re.findall(re.escape(self.file.name) + r":(\d+)", said)}
            blamed = {document.owners[line] for line in lines if line in document.owners}
            if not blamed:
                named = set(map(int, re.findall(r"\b[a-z](\d+)\b", said))) & {call.number for call in left}
                blamed = named if len(named) == 1 else set()
            if not blamed:
                return self.halves(left, command, said, failed)
            for number in blamed:
                failed[number] = f"exit {done.returncode}: {said.strip()[:600]}"
            left = [call for call in left if call.number not in blamed]
        return {}, failed

    def halves(self, calls, command, said, failed):
        if len(calls) == 1:
            return {}, {**failed, calls[0].number: f"BROKEN {said.strip()[:600]}"}
        half, tensors = len(calls) // 2, {}
        for part in (calls[:half], calls[half:]):
            found, more = self.attempt(part, command)
            tensors.update(found)
            failed = {**failed, **more}
        return tensors, failed
