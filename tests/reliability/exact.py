"""Going on is exact: stopped behind every step in several ways, a run ends as the one that never stopped."""

import signal

import nets
from trial import Ground, step_of


def saves(calls):
    """Behind which call each step's save is whole: when the last of its files has its name."""
    return [number for number, call, path, _ in calls if call == "rename" and path.endswith("/last.safetensors")]


def behind_every_step(trials):
    """Killed as soon as the save of step k is there, for every k, on every kind of net."""
    for name, (file, steps) in nets.EXACT.items():
        with Ground() as ground:
            arguments = ("train", file, "-o", "run", "-q")
            process = ground.run(*arguments, counted="run")
            whole, ends = ground.state("run"), saves(ground.calls())
            if process.returncode or len(ends) <= steps:
                trials.trial(name, f"{len(ends)} saves of {steps} steps, exit {process.returncode}: {process.stderr}")
                continue
            for step, end in enumerate(ends[:steps], 1):
                ground.remove("run")
                killed = ground.run(*arguments, fault=f"kill:{end + 1}")
                found = f"ended with {killed.returncode}" if killed.returncode != -signal.SIGKILL else ""
                found = found or ("" if step_of(ground.folder / "run/resume.safetensors") == step else "stands elsewhere")
                trials.trial(f"{name}, step {step}", found or ground.goes_on("run", whole, *arguments))


def asked_behind_every_step(trials):
    """The same without a save for every step: a signal comes while step k's row is written, and what is saved then is
    all there is."""
    for name, (file, steps) in nets.EXACT.items():
        with Ground() as ground:
            arguments = ("train", file, "-o", "run", "-q", "--set", "train.every.save=1000000")
            ground.run(*arguments, counted="run")
            rows = [number for number, call, path, _ in ground.calls() if call == "write" and path.endswith("/metrics.csv")]
            whole = ground.state("run")
            for step, row in enumerate(rows[1:steps + 1], 1):
                ground.remove("run")
                for_step = "TERM" if step % 2 else "INT"
                ended = ground.run(*arguments, fault=f"{for_step}:{row}")
                found = f"ended with {ended.returncode}: {ended.stderr}" if ended.returncode != 130 else ""
                trials.trial(f"{name}, {for_step} in step {step}", found or ground.goes_on("run", whole, *arguments))


def longer(trials):
    """More steps and more epochs than the run was begun with."""
    for file, key, short, long in (("everything.yaml", "steps", 5, 12), ("epochs.yaml", "epochs", 1, 3)):
        with Ground() as ground:
            arguments = ("train", file, "-q", "-o", "run")
            ground.run(*arguments, "--set", f"train.{key}={long}")
            whole = ground.state("run")
            ground.remove("run")
            ground.run(*arguments, "--set", f"train.{key}={short}")
            trials.trial(f"{file}, {key} {short}, then {long}",
                         ground.goes_on("run", whole, *arguments, "--set", f"train.{key}={long}"))


def something_else(trials):
    """Another model, optimiser, data, seed or number of threads is refused, by the first difference; nothing is changed."""
    changes = {
        "optimizer": (["--set", "train.optimizer=Adam(lr=1e-3)"], ["train.optimizer", "lr=0.01", "lr=0.001"]),
        "another optimizer": (["--set", "train.optimizer=SGD(lr=1e-2)"], ["Adam", "SGD"]),
        "batch": (["--set", "train.batch=8"], ["train.batch: 16", "train.batch: 8"]),
        "schedule": (["--set", "train.schedule=warmup(4)"], ["train.schedule", "warmup(4)"]),
        "seed": (["--seed", "4"], ["the seed: 3", "the seed: 4"]),
        "layer": (["--replace", "classifier=Linear(3, bias=false)"], ["classifier", "bias=false"]),
        "loss": (["--set", "loss.small=0.02 * logits.pow(2).mean()"], ["0.02"]),
        "freeze": (["--freeze", "features"], ["frozen"]),
        "balance": (["--set", "data.balance=label"], ["data.balance: none", "data.balance: label"]),
        "order": (["--set", 'data.train=csv("flowers.csv", shuffle=false)'], ["shuffled"]),
        "limit": (["--limit", "2"], ["--limit: none", "--limit: 2"]),
        "clip": (["--set", "train.clip={norm: 2.0}"], ["train.clip", "norm 2"]),
        "threads": (["--threads", "3"], ["--threads 3"]),
    }
    with Ground() as ground:
        arguments = ("train", "everything.yaml", "-o", "run", "-q")
        ground.run(*arguments, "--set", "train.steps=4", "--threads", "1")
        before = ground.state("run")

        def refused(what, more, words):
            process = ground.run(*arguments, *more, "--resume")
            said = process.stderr + process.stdout
            missing = [word for word in ["M8130", *words] if word not in said]
            found = f"ended with {process.returncode}: {said}" if process.returncode != 1 or missing else ""
            trials.trial(what, found or ground.differs("run", before))

        for what, (more, words) in changes.items():
            refused(what, more, words)
        text = nets.flowers()
        for what, other in (("a value", text.replace("0.0000", "0.1000", 1)), ("a row less", text[:-30] + "\n")):
            ground.write("flowers.csv", other if what == "a value" else "\n".join(text.splitlines()[:-1]) + "\n")
            refused(f"data: {what}", [], ["data"])
        ground.write("flowers.csv", text)


def all_alike(trials):
    """One seed gives one result: twice, at any number of workers, with the threads that are given, from another folder."""
    with Ground() as ground:
        for file, _ in nets.EXACT.values():
            for threads in (1, 2, 4):
                whole = None
                for workers in (0, 1, 2, 4):
                    ground.remove("run")
                    process = ground.run("train", file, "-o", "run", "-q", "--threads", threads,
                                         "--set", f"data.workers={workers}")
                    state = ground.state("run") if process.returncode == 0 else None
                    whole = whole or state
                    trials.trial(f"{file}, {threads} threads, {workers} workers",
                                 process.stderr if process.returncode else ground.differs("run", whole))
