"""The test of the differential test: for each kind of comparison one thing that PyTorch said is altered, and must be found.

Each alteration is to be reported as what it is, for the call it was made at, and nothing else is.
"""

import argparse
import pathlib
import sys
import tempfile

import differential_test
import compare
import draw
import mutate
import reference
from program import Program

COUNT, SEED = 160, 3


def disagreements(calls, verdicts, program):
    return {(found.number, found.kind) for found in compare.Batch(calls, program, SEED, verdicts).compare().found}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--gradients", required=True)
    arguments = parser.parse_args()
    seeds, operators = differential_test.prepared(arguments.program)
    calls = [draw.draw(seeds, SEED, number, operators) for number in range(COUNT)]
    verdicts = {call.number: reference.judge(call) for call in calls}
    with tempfile.TemporaryDirectory() as scratch:
        program = Program(arguments.program, arguments.gradients, pathlib.Path(scratch))
        before = disagreements(calls, verdicts, program)
        expected, altered = mutate.alter(calls, verdicts, {number for number, _ in before})
        found = disagreements(calls, altered, program) - before
    missed = [(number, kind) for number, kind in expected.items() if (number, kind) not in found]
    wrong = [(number, kind) for number, kind in found if number not in expected]
    for number, kind in missed:
        print(f"altered #{number}: no `{kind}` is found")
    for number, kind in wrong:
        print(f"#{number}: `{kind}` is found, and was not altered")
    print(f"{len(expected)} alterations, {len(missed)} not found")
    return 1 if missed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
