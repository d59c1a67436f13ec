#!/usr/bin/env python3
"""Times `modelc check` on large generated descriptions and on a seed, of one build or of two alternately in one run.

    tools/bench/check_time.py [--rounds N] [--layers N] NEW [OLD]

NEW and OLD are `modelc` programs. Printed for each description: the median wall and CPU time of NEW in milliseconds, its
peak memory in MB and in KB for each layer beyond what a description of one layer takes; with OLD its wall time, and the
median of NEW / OLD over the rounds, wall and CPU, with the least and the largest wall ratio. Which program goes first
alternates.
"""

import argparse
import os
import pathlib
import statistics
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED = ROOT / "models/seeds/combined_model.yaml"
HEAD = 'modelc: 1\nname: Big\ninputs: {x: "float[B, 16]"}\n'


def loop(n):
    """One item in a `for`."""
    return f"layers:\n  - for i in range({n}): Linear(16)\n"


def items(n):
    """As many items, written out."""
    return "layers:\n" + "  - Linear(16)\n" * n


def mixed(n):
    """A Sequential of four kinds for each turn."""
    return f'layers:\n  - for i in range({max(n // 4, 1)}): "Linear(16) -> ReLU -> BatchNorm1d -> Dropout(0.1)"\n'


def blocks(n):
    """A component of two layers and a residual sum, called in `forward`."""
    return (
        "components:\n  Block:\n    inputs: [x]\n    modules: {a: Linear(16), b: Linear(16)}\n"
        "    forward: {h: relu(a(x)), y: b(h) + x}\n"
        f"modules:\n  blocks:\n    list:\n      - for i in range({max(n // 2, 1)}): Block\n"
        "forward:\n  h: x\n  for block in blocks:\n    h: block(h)\n  y: h\n"
    )


def named(n):
    """Modules with names of their own, called one by one."""
    modules = "".join(f"  layer_{i}: Linear(16)\n" for i in range(n))
    calls = "".join(f"  h{i}: layer_{i}({'x' if i == 0 else f'h{i - 1}'})\n" for i in range(n))
    return f"modules:\n{modules}forward:\n{calls}"


STYLES = {"for": loop, "list": items, "mixed": mixed, "blocks": blocks, "named": named}


def run(program, file):
    """Wall and CPU seconds, peak KB."""
    null = os.open(os.devnull, os.O_WRONLY)
    begin = time.perf_counter()
    child = os.posix_spawn(program, [program, "check", "-q", str(file)], os.environ,
                           file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    os.close(null)
    if status != 0:
        raise SystemExit(f"{program} check {file} ended with {os.waitstatus_to_exitcode(status)}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss


def measure(options, file):
    """By program: what each round gave."""
    programs = [options.new] + ([options.old] if options.old else [])
    for program in programs:
        run(program, file)
    found = {program: [] for program in programs}
    for turn in range(options.rounds):
        for program in programs if turn % 2 == 0 else reversed(programs):
            found[program].append(run(program, file))
    return found


def line(options, name, found, layers, base):
    new = found[options.new]
    peak = max(kb for _, _, kb in new)
    text = (f"{name:<8} {1000 * statistics.median(wall for wall, _, _ in new):8.1f}"
            f" {1000 * statistics.median(cpu for _, cpu, _ in new):8.1f} {peak / 1024:7.1f}")
    text += f" {(peak - base) / layers:9.2f}" if layers else " " * 10
    if options.old:
        old = found[options.old]
        walls = [n[0] / o[0] for n, o in zip(new, old)]
        cpus = [n[1] / o[1] for n, o in zip(new, old)]
        text += (f" {1000 * statistics.median(wall for wall, _, _ in old):8.1f} {statistics.median(walls):8.2f}"
                 f" {statistics.median(cpus):6.2f}  ({min(walls):.2f} .. {max(walls):.2f})")
    print(text, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("new")
    parser.add_argument("old", nargs="?")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--layers", type=int, default=10000)
    options = parser.parse_args()
    options.new = os.path.abspath(options.new)
    options.old = options.old and os.path.abspath(options.old)
    print(f"{'':<8} {'wall ms':>8} {'CPU ms':>8} {'MB':>7} {'KB/layer':>9}"
          + (f" {'old ms':>8} {'new/old':>8} {'CPU':>6}  (least .. largest of {options.rounds})" if options.old else ""))
    with tempfile.TemporaryDirectory() as folder:
        for name, style in STYLES.items():
            small, large = pathlib.Path(folder, f"{name}_1.yaml"), pathlib.Path(folder, f"{name}.yaml")
            small.write_text(HEAD + style(1))
            large.write_text(HEAD + style(options.layers))
            base = run(options.new, small)[2]
            line(options, name, measure(options, large), options.layers, base)
        line(options, "seed", measure(options, SEED), 0, 0)


if __name__ == "__main__":
    main()
