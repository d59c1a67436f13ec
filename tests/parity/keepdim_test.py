"""Every function of the catalogue that reduces, called with `keepdim` and every way to say, or leave out, `dim`: accepted where
PyTorch accepts it, with the result's shapes and dtypes. The functions come from the catalogue, so that a new one is tried, too.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import torch

# What modelc takes and PyTorch 1.13 perhaps not, as the call that it stands for.
STANDS_FOR = {"keepdim=true": "dim=null, keepdim=true", "keepdim=false": ""}
# What a function needs beside its tensor.
FURTHER = {"quantile": "0.5, ", "nanquantile": "0.5, ", "kthvalue": "1, ", "logsumexp": "", "pairwise_distance": None}
CALLS = ("keepdim=true", "keepdim=false", "dim=null, keepdim=true", "dim=1, keepdim=true", "dim=-1", "dim=[0, 1], keepdim=true", "1, keepdim=true")
DTYPES = {"float": torch.float32, "bool": torch.bool}


def reductions(program):
    listed = json.loads(subprocess.run([program, "ops", "--format", "json"], capture_output=True, text=True, check=True).stdout)
    for entry in listed:
        names = [given["name"] for given in entry.get("inputs", [])]
        if entry["kind"] == "function" and {"keepdim", "dim"} <= set(names):
            yield entry["name"]


def types_of(result):
    parts = result if isinstance(result, tuple) else (result,)
    return [(str(part.dtype).removeprefix("torch."), list(part.shape)) for part in parts]


def wanted(name, arguments, x):
    place = torch
    for part in name.split("."):
        place = getattr(place, part, None) or getattr(torch.Tensor, part)
    try:
        return types_of(eval(f"place(x, {arguments})", {"place": place, "x": x, "true": True, "false": False, "null": None}))
    except (TypeError, RuntimeError, IndexError, ValueError):
        return None


def found(program, file, name, arguments, kind):
    file.write_text(f"inputs: {{x: \"{kind}[3, 4]\"}}\nforward:\n  y: \"{name}(x, {arguments})\"\noutputs: y\n")
    done = subprocess.run([program, "summary", file], capture_output=True, text=True)
    if done.returncode:
        return None
    line = next(line for line in done.stdout.splitlines() if line.split()[:2] == ["output", "y"])
    words = {"float": "float32", "int": "int64"}
    return [(words.get(dtype, dtype), [int(size) for size in sizes.split(",") if size.strip()])
            for dtype, sizes in re.findall(r"(\w+)\[([^\]]*)\]", line)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    faults, count = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "reduction.yaml"
        for name in reductions(program):
            further = FURTHER.get(name.split(".")[-1], "")
            if further is None:
                continue
            for kind in ("bool",) if name in ("all", "any") else ("float",):
                for call in CALLS:
                    count += 1
                    expected = wanted(name, further + call, torch.ones(3, 4, dtype=DTYPES[kind]))
                    got = found(program, file, name, further + call, kind)
                    if call in STANDS_FOR and expected is None:
                        expected = wanted(name, further + STANDS_FOR[call], torch.ones(3, 4, dtype=DTYPES[kind]))
                    if got == expected:
                        continue
                    faults += 1
                    print(f"{name}(x, {further}{call}): {got}, PyTorch gives {expected}")
    print(f"{count} calls, {faults} faults")
    return 1 if faults or count < 150 else 0


if __name__ == "__main__":
    sys.exit(main())
