"""Tries what is promised of a training that something happens to, and counts.

run.py PROGRAM FAULTS [KIND…] [--kills N] [--every] [--seed N] [--table]: FAULTS is the library of faults.c; without a KIND
all of them. `--every` walks the calls of a whole run instead of those of its first saves; `--table` prints the table of
docs/reliability.md."""

import argparse
import os
import sys
import time

import damage
import exact
import failures
import finite
import kills
import memory
import places
import signals
from trial import Options, Trials

KINDS = {
    "kill-calls": (kills.at_every_call, "`kill -9` before each system call of a save, and within each write; then `--resume`"),
    "kill-random": (kills.at_random, "`kill -9` at random moments of a run that saves at each step; then `--resume`"),
    "fail-calls": (failures.at_every_call, "each system call of a save fails (ENOSPC, EIO, EACCES, EDQUOT), once and from then on"),
    "short-calls": (failures.short_and_interrupted, "each write takes half the bytes, each call is interrupted (EINTR)"),
    "no-room": (failures.no_room, "files may not grow beyond a limit, of 13 sizes"),
    "read-only": (failures.read_only, "files and folders that may not be written to"),
    "exact-killed": (exact.behind_every_step, "killed behind every step, then `--resume`: bit for bit as never stopped"),
    "exact-asked": (exact.asked_behind_every_step, "SIGINT or SIGTERM in every step, then `--resume`: bit for bit"),
    "exact-longer": (exact.longer, "`--resume` with more steps or epochs"),
    "exact-other": (exact.something_else, "`--resume` with another description, optimiser, data, seed or threads is refused"),
    "alike": (exact.all_alike, "one seed, one result: any number of workers, threads as given"),
    "signal-calls": (signals.at_every_call, "SIGTERM, SIGINT, SIGHUP, SIGTERM twice at each system call of a save"),
    "signal-random": (signals.at_random, "signals at random moments: saved, and exact when it goes on"),
    "signal-early": (signals.before_the_first_step, "signals while data are read; signals that were ignored"),
    "signal-valid": (signals.during_validation, "an interrupt within a long validation"),
    "damage": (damage.of_checkpoints, "checkpoints cut and with flipped bits: found, and the one before is used"),
    "beside-writer": (damage.beside_a_writer, "weights that are replaced while they are loaded"),
    "foreign": (damage.foreign, "checkpoints of other versions, and metadata that are none"),
    "places": (places.of_output, "devices, pipes, links, folders and standard output as `-o`"),
    "lock": (places.of_two_runs, "two runs in one folder, the lock of a dead one, a file system without locks"),
    "streams": (places.of_streams, "standard output and error closed, full, without a reader"),
    "finite": (finite.of_all_roads, "a loss or a gradient that is not finite: step, node, row or parameter"),
    "memory": (memory.too_little, "too little memory: exit 3, what needed how much"),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("faults")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    if unknown := set(given.kinds) - set(KINDS):
        sys.exit(f"no kind is called {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    Options.program, Options.faults = os.path.abspath(given.program), os.path.abspath(given.faults)
    Options.kills, Options.every, Options.seed = given.kills, given.every, given.seed
    failed, rows = False, []
    for kind in given.kinds or KINDS:
        run, what = KINDS[kind]
        trials, begun = Trials(kind), time.monotonic()
        run(trials)
        right = trials.count - len(trials.faults)
        failed = failed or bool(trials.faults) or not trials.count
        note = f" ({'; '.join(trials.notes)})" if trials.notes else ""
        print(f"{kind}: {'PASS' if right == trials.count else 'FAIL'} {right}/{trials.count} "
              f"in {time.monotonic() - begun:.0f} s{note}", flush=True)
        rows.append(f"| `{kind}` | {what} | {trials.count} | {right} |")
    if given.table:
        print("\n| kind | what was tried | trials | right |\n| --- | --- | --- | --- |\n" + "\n".join(rows))
    sys.exit(failed)


if __name__ == "__main__":
    main()
