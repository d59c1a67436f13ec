"""Signals at every call of a save and at moments that are drawn: the run is saved and can go on, or says why not."""

import random
import signal
import time

import nets
from kills import NET, one_save, whole_run
from trial import Ground, Options, step_of, stop, wait_for


def at_every_call(trials):
    """SIGTERM, SIGINT, SIGHUP, and SIGTERM twice, during each call of one save."""
    with Ground() as ground:
        whole = whole_run(ground, NET)
        for number, call, path, _ in one_save(ground.calls()):
            which = ("TERM", "INT", "HUP", "TWICE")
            for fault in which if Options.every else (which[number % 4],):
                ground.remove("run")
                process = ground.run(*NET, fault=f"{fault}:{number}")
                label = f"{fault} at call {number}, {call} of {path}"
                trials.trial(label, after(ground, process, fault, whole, number))


def after(ground, process, fault, whole, number):
    if fault == "HUP":  # it goes on to its end
        log = (ground.folder / "run/log.txt").read_text()
        found = f"ended with {process.returncode}: {process.stderr}" if process.returncode else ""
        return found or ground.differs("run", whole) or ("" if "SIGHUP" in log or number < 4 else "no word in log.txt")
    if process.returncode != 130:
        return f"ended with {process.returncode}: {process.stderr}"
    return ground.goes_on("run", whole, *NET)


def at_random(trials):
    """A signal at a moment that is drawn: saved within 2 seconds, and the run goes on exactly."""
    draw = random.Random(Options.seed)
    with Ground() as ground:
        endless = ("train", "everything.yaml", "-o", "run", "-q", "--set", "train.steps=100000000",
                   "--set", "train.every={log: 1000, valid: 1000, save: 100000}")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) * max(Options.kills // 10, 1):
            ground.remove("run")
            process = ground.start(*endless)
            if not wait_for(lambda: (ground.folder / "run/metrics.csv").exists()):
                trials.trial(f"{number.name}", f"never began: {stop(process).stderr}")
                continue
            time.sleep(draw.random() / 3)
            process.send_signal(number)
            begun = time.monotonic()
            found = ""
            if number == signal.SIGHUP:
                log = ground.folder / "run/log.txt"
                if not wait_for(lambda: "SIGHUP" in log.read_text(), 10):
                    found = "nothing is saved on SIGHUP"
                elif process.poll() is not None:
                    found = f"ended with {process.returncode}"
                process.send_signal(signal.SIGTERM)
            ended = stop(process, signal.SIGCONT)
            took = time.monotonic() - begun
            if not found and ended.returncode != 130:
                found = f"ended with {ended.returncode}: {ended.stderr}"
            if not found and took > 5:
                found = f"took {took:.1f} s"
            if not found:
                steps = step_of(ground.folder / "run/resume.safetensors") + 3
                more = (*endless[:6], f"train.steps={steps}", *endless[7:])
                ground.remove("whole")
                ground.run(*["whole" if word == "run" else word for word in more])
                found = ground.goes_on("run", "whole", *more)
            trials.trial(number.name, found)


SLOW = "".join(f"{row % 7}.5,{row % 5},{row % 3},{row % 11},{('one', 'two', 'three')[row % 3]}\n" for row in range(300000))


def before_the_first_step(trials):
    """While descriptions and data are read: said, exit 130, no folder; a hang-up does not end it; what is ignored stays
    ignored."""
    with Ground() as ground:
        ground.write("flowers.csv", "a,b,c,d,kind\n" + SLOW)
        arguments = ("train", "everything.yaml", "-o", "run", "--set", "train.steps=1")
        for number in (signal.SIGINT, signal.SIGTERM):
            process = ground.start(*arguments)
            wait_for(lambda: "libmodelc_runtime" in maps(process) or process.poll() is not None)
            ended = stop(process, number)
            found = "" if ended.returncode == 130 else f"ended with {ended.returncode}"
            found = found or ("" if "before the first step" in ended.stderr else f"says {ended.stderr!r}")
            trials.trial(number.name, found or ("a folder is left" if (ground.folder / "run").exists() else ""))
        process = ground.start(*arguments)
        wait_for(lambda: "libmodelc_runtime" in maps(process) or process.poll() is not None)
        ended = stop(process, signal.SIGHUP)
        trials.trial("SIGHUP", "" if ended.returncode == 0 else f"ended with {ended.returncode}: {ended.stderr}")
        ground.write("flowers.csv", nets.flowers())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            ground.remove("run")
            process = ground.start(*arguments[:4], preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))
            wait_for(lambda: (ground.folder / "run/metrics.csv").exists() or process.poll() is not None)
            ended = stop(process, number)
            trials.trial(f"{number.name} ignored", "" if ended.returncode == 0 else f"ended with {ended.returncode}")


def maps(process):
    try:
        with open(f"/proc/{process.pid}/maps") as file:
            return file.read()
    except OSError:
        return ""


def during_validation(trials):
    """An interrupt while a long validation runs is answered between two batches; it is still due when the run goes on."""
    with Ground() as ground:
        arguments = ("train", "everything.yaml", "-o", "run", "-q", "--set", "data.train=synthetic(200000, x=normal(4), "
                     "label=randint(0, 3))", "--set", "data.feed=null", "--set", "data.valid={split: 0.999}",
                     "--set", "train.batch=2", "--set", "train.steps=4")
        process = ground.start(*arguments)
        wait_for(lambda: (ground.folder / "run/metrics.csv").exists())
        time.sleep(0.4)
        begun = time.monotonic()
        ended = stop(process, signal.SIGINT)
        took = time.monotonic() - begun
        found = "" if ended.returncode == 130 and took < 3 else f"ended with {ended.returncode} after {took:.1f} s: {ended.stderr}"
        process = ground.run(*arguments, "--resume", "--set", "train.steps=2")
        trials.trial("SIGINT", found or (process.stderr if process.returncode not in (0, 1) else ""))
