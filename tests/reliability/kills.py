"""`kill -9` at each system call of a save, and at moments that are drawn."""

import random
import signal
import time

from trial import CHECKPOINTS, Ground, Options, step_of, stop, tensors, wait_for

NET = ("train", "everything.yaml", "-o", "run", "-q", "--set", "train.every.save=2")


def one_save(calls):
    """The calls from the beginning of the run to behind the second save: what a first save does, and one that replaces."""
    ends = [number for number, call, path, _ in calls if call == "rename" and path.endswith("/last.safetensors")]
    return [entry for entry in calls if Options.every or entry[0] <= ends[1] + 4]


def at_every_call(trials):
    """Before each call of one save, and in the middle of each of its writes; then --resume, and all is as if nothing had
    happened."""
    with Ground() as ground:
        whole = whole_run(ground, NET)
        for number, call, path, _ in one_save(ground.calls()):
            for fault in ("kill", "half") if call == "write" else ("kill",):
                ground.remove("run")
                process = ground.run(*NET, fault=f"{fault}:{number}")
                found = f"ended with {process.returncode}" if process.returncode != -signal.SIGKILL else ""
                trials.trial(f"{fault} at call {number}, {call} of {path}", found or ground.goes_on("run", whole, *NET))


def whole_run(ground, arguments, **more):
    """The state of a run that nothing disturbed; its calls can be asked for."""
    process = ground.run(*arguments, counted="run", **more)
    if process.returncode != 0:
        raise SystemExit(f"{arguments}: {process.stderr}")
    return ground.state("run")


def at_random(trials):
    """A run that saves at each step is killed at a moment that is drawn, several times over; then it goes on for a few
    steps, and is what it would have been."""
    draw = random.Random(Options.seed)
    endless = ("train", "everything.yaml", "-o", "run", "-q", "--set", "train.steps=100000000",
               "--set", "train.every.valid=1000")
    with Ground() as ground:
        for kill in range(Options.kills):
            begin = kill % 5 == 0  # else the run that was killed before goes on, and is killed again
            if begin:
                ground.remove("run")
            process = ground.start(*endless, *([] if begin else ["--resume"]))
            log = ground.folder / "run/resume.safetensors"
            before = log.stat().st_mtime_ns if log.exists() else 0
            saved = wait_for(lambda: (log.exists() and log.stat().st_mtime_ns != before) or process.poll() is not None)
            time.sleep(draw.random() / 4)
            ended = stop(process)
            if not saved or ended.returncode != -signal.SIGKILL:
                trials.trial(f"kill {kill}", f"ended with {ended.returncode} before: {ended.stderr}")
                continue
            if kill % 5 != 4:
                trials.trial(f"kill {kill}", torn(ground))
                continue
            steps = step_of(log) + 3
            more = (*endless[:6], f"train.steps={steps}", *endless[7:])
            found = torn(ground)
            process = ground.run(*more, "--resume")
            found = found or (f"exit {process.returncode}: {process.stderr}" if process.returncode else "")
            if not found:
                ground.remove("whole")
                whole = ground.run(*["whole" if word == "run" else word for word in more], "--set", "train.every.save=1000000")
                found = whole.stderr or ground.differs("run", "whole")
            trials.trial(f"kill {kill}, at step {steps - 3}", found)


def torn(ground):
    for name in CHECKPOINTS:
        path = ground.folder / "run" / name
        try:
            if path.exists():
                tensors(path)
        except ValueError as error:
            return str(error)
    table = (ground.folder / "run/metrics.csv").read_text()
    return "" if table.count("\n") else "metrics.csv is empty"
