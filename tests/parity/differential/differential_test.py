"""Drawn calls of every operator through modelc and PyTorch: acceptance, types, keys, initial values, results, gradients.

`differential_test.py --program modelc --gradients modelc_gradients --count 20000 --seed 101` prints what disagrees and is not
explained in `known.txt`, by class with its first example, and is red where there is any. See README.md.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import json
import pathlib
import re
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import torch

import catalogue
import compare
import draw
import known
import seeds
from calls import is_known


BATCH = 200
STATE = {}


def prepared(program, only=None):
    """The calls to begin with and the operators to draw: those that the reference knows."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    found = seeds.read(catalogue.read(program))
    return found, [name for name in sorted(found) if is_known(found[name][0].operator) and (not only or re.fullmatch(only, name))]


def prepare(arguments):
    """What every process needs once."""
    STATE["seeds"], STATE["operators"] = prepared(arguments.program, arguments.only)
    STATE["arguments"] = arguments


def run_numbers(numbers):
    arguments = STATE["arguments"]
    calls = [draw.draw(STATE["seeds"], arguments.seed, number, STATE["operators"]) for number in numbers]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(arguments.keep or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        batch = compare.run(calls, arguments.program, arguments.gradients, folder, arguments.seed, arguments.mutate)
    return batch.found, batch.counts


def run_all(arguments, numbers):
    """Batches in processes of their own; one in which PyTorch itself falls over is halved until the call is alone."""
    waiting = [numbers[at:at + BATCH] for at in range(0, len(numbers), BATCH)]
    while waiting:
        again = []
        with concurrent.futures.ProcessPoolExecutor(arguments.jobs, initializer=prepare, initargs=(arguments,)) as pool:
            for part, task in [(part, pool.submit(run_numbers, part)) for part in waiting]:
                try:
                    yield task.result()
                except concurrent.futures.process.BrokenProcessPool:
                    half = len(part) // 2
                    again += [part[:half], part[half:]] if half else []
                    if not half:
                        print(f"PyTorch falls over at #{part[0]}")
        waiting = again


def class_of(found):
    """Disagreements of one cause look alike but for numbers and names."""
    plain = [re.sub(r"\[[^]]*\]|[-\d.]+|`[^`]*`", "#", text)[:90] for text in (found.torch, found.modelc)]
    return (found.kind, found.operator, *plain)


def print_classes(unexplained):
    classes = collections.defaultdict(list)
    for found in unexplained:
        classes[class_of(found)].append(found)
    for members in sorted(classes.values(), key=lambda members: (members[0].kind, -len(members), members[0].operator)):
        first = members[0]
        print(f"{len(members)} x {first.kind} #{first.number}: {first.call}\n    torch:  {first.torch[:300]}\n    modelc: {first.modelc[:400]}")


def conclude(arguments, entries, found, counts):
    explained, unexplained, stale = known.sort(found, entries)
    print_classes(unexplained)
    for reason, number in explained.most_common():
        print(f"explained {number}: {reason}")
    for entry in stale if arguments.full else []:
        print(f"known.txt:{entry.line} explains nothing any more: {entry}")
    cases = {entry.number for entry in unexplained}
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    print(f"{len(cases)} of {counts['cases']} cases disagree without a reason ({100 * len(cases) / max(1, counts['cases']):.2f} %)")
    return 1 if unexplained or arguments.full and stale else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--gradients", help="modelc_gradients; without it nothing is compared in training")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=101)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="operators whose name matches")
    parser.add_argument("--case", type=int, help="one call, by its number")
    parser.add_argument("--keep", help="a folder for the description and the tensors, with --case")
    parser.add_argument("--mutate", action="store_true", help="alters nine things that PyTorch said, which must be found")
    parser.add_argument("--report", help="a file for all disagreements (JSON)")
    parser.add_argument("--again", help="such a file: sorts it by known.txt as it is now, and runs nothing")
    parser.add_argument("--full", action="store_true", help="an entry of known.txt that explains nothing is a fault")
    arguments = parser.parse_args()
    entries = known.read(known.FILE)
    if arguments.again:
        saved = json.loads(pathlib.Path(arguments.again).read_text())
        return conclude(arguments, entries, [compare.Disagreement(**entry) for entry in saved["found"]], saved["counts"])
    numbers = [arguments.case] if arguments.case is not None else list(range(arguments.count))
    if arguments.mutate or arguments.case is not None:
        prepare(arguments)
        results = [run_numbers(numbers)]
    else:
        results = run_all(arguments, numbers)
    found, counts = [], collections.Counter()
    for more, count in results:
        found += more
        counts.update(count)
    if arguments.report:
        pathlib.Path(arguments.report).write_text(json.dumps(
            {"counts": counts, "found": [dataclasses.asdict(entry) for entry in found]}, indent=1))
    return conclude(arguments, entries, found, counts)


if __name__ == "__main__":
    sys.exit(main())
