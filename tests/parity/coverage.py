"""Which of PyTorch's names `modelc ops` knows, and why it does not know the others.

`coverage.py --program build/release/bin/modelc` compares its list with the classes of torch.nn, the functions of
torch.nn.functional, torch, torch.linalg, torch.fft and torch.special, and the methods of torch.Tensor, and prints what is
missing under its reason in `coverage.txt`. A name without a reason there is a gap; so is a reason whose name is known.
"""

import argparse
import fnmatch
import inspect
import json
import pathlib
import subprocess
import sys

import torch
import torch.nn.functional as F
from torch import nn


def names_of(place, accept):
    return {name for name in dir(place) if not name.startswith("_") and accept(name, getattr(place, name))}


def is_function(name, value):
    return callable(value) and not inspect.isclass(value) and not inspect.ismodule(value)


def is_layer(name, value):
    return inspect.isclass(value) and issubclass(value, nn.Module)


# Where a name stands, and how the catalogue writes it.
PLACES = {
    "torch.nn": (nn, is_layer, ""),
    "torch.nn.functional": (F, is_function, ""),
    "torch": (torch, is_function, ""),
    "torch.linalg": (torch.linalg, is_function, "linalg."),
    "torch.fft": (torch.fft, is_function, "fft."),
    "torch.special": (torch.special, is_function, "special."),
    "torch.Tensor": (torch.Tensor, is_function, ""),
}


def known_names(program):
    listed = subprocess.run([program, "ops", "--format", "json"], capture_output=True, text=True, check=True).stdout
    kinds = ("module", "function", "static function")
    names = {entry["name"] for entry in json.loads(listed) if entry["kind"] in kinds}
    return names | {name.removeprefix("Tensor.") for name in names}


def read_reasons(path):
    """`reason: names`, a name perhaps with `*`; lines that begin with a space go on."""
    reasons, reason = {}, None
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            reason, _, line = line.partition(":")
            reasons[reason] = []
        reasons[reason] += line.split()
    return reasons


def reason_of(name, place, reasons):
    for reason, patterns in reasons.items():
        if any(fnmatch.fnmatchcase(name, pattern) or fnmatch.fnmatchcase(f"{place}.{name}", pattern) for pattern in patterns):
            return reason
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--all", action="store_true", help="the names under each reason as well")
    arguments = parser.parse_args()
    known = known_names(arguments.program)
    reasons = read_reasons(pathlib.Path(__file__).with_name("coverage.txt"))
    gaps = 0
    for place, (module, accept, prefix) in PLACES.items():
        wanted = names_of(module, accept)
        missing = {name for name in wanted if prefix + name not in known}
        print(f"{place}: {len(wanted) - len(missing)} of {len(wanted)}")
        by_reason = {}
        for name in sorted(missing):
            by_reason.setdefault(reason_of(name, place, reasons), []).append(name)
        for reason, names in sorted(by_reason.items(), key=lambda item: (item[0] is None, item[0] or "")):
            shown = names if reason is None or arguments.all else []
            print(f"  {reason or 'no reason'}: {len(names)}{''.join(' ' + name for name in shown)}")
            gaps += len(names) if reason is None else 0
    print(f"{len(known)} names known, {gaps} missing without a reason")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
