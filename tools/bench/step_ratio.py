#!/usr/bin/env python3
"""Compares a training step of two builds of modelc, alternately in one run.

    tools/bench/step_ratio.py [--rounds N] [--seconds S] OLD NEW [FILE...]

OLD and NEW are `modelc` programs, FILE descriptions with a recipe (default: seeds of several kinds). A round trains each
FILE with each program twice, with few and with many steps; the difference of the CPU times over the difference of the
steps is one step, without start-up, data and saving. The programs alternate in which goes first. Printed: CPU time of
OLD's step in microseconds, then the median of NEW / OLD over the rounds with the least and the largest.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS = ("wrapped_model", "wrapped_cnn", "combined_model", "multi_feature_classifier", "variant_model", "image_to_text")
FEW, LEAST, MOST = 20, 50, 20000


def cpu_seconds(program, file, steps, folder):
    """CPU time of one training of `steps` steps, by one thread."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    name = pathlib.Path(folder) / os.urandom(6).hex()
    recipe = name.with_suffix(".yaml")
    recipe.write_text(f"extends: {pathlib.Path(file).resolve()}\ntrain: {{epochs: null, steps: {steps}}}\ndata: {{valid: null}}\n")
    command = [program, "train", str(recipe), "-o", str(name), "-q"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    if done.returncode:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def step_seconds(program, file, steps, folder):
    few = cpu_seconds(program, file, FEW, folder)
    return (cpu_seconds(program, file, FEW + steps, folder) - few) / steps


def steps_for(seconds, program, file, folder):
    """How many steps take about that long: start-up varies by more than a short measurement lasts."""
    steps = LEAST
    while steps < MOST:
        taken = step_seconds(program, file, steps, folder) * steps
        if taken > seconds / 4:
            return max(LEAST, min(MOST, int(steps * seconds / taken)))
        steps *= 4
    return MOST


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2, help="of steps in each measurement")
    options = parser.parse_args()
    files = options.files or [str(ROOT / "models/seeds" / f"{seed}.yaml") for seed in SEEDS]
    print(f"{'description':<28} {'old, us':>9}  new/old  (least .. largest of {options.rounds} rounds)")
    for file in files:
        old, ratios = [], []
        with tempfile.TemporaryDirectory() as folder:
            steps = steps_for(options.seconds, options.old, file, folder)
            for turn in range(options.rounds):
                order = (options.old, options.new) if turn % 2 == 0 else (options.new, options.old)
                taken = {program: step_seconds(program, file, steps, folder) for program in order}
                old.append(taken[options.old])
                ratios.append(taken[options.new] / taken[options.old])
        print(f"{pathlib.Path(file).stem:<28} {statistics.median(old) * 1e6:9.0f}  {statistics.median(ratios):7.2f}"
              f"  ({min(ratios):.2f} .. {max(ratios):.2f})", flush=True)


if __name__ == "__main__":
    main()
