"""Calls that fail: a full disk, a broken one, a quota, no permission, a write of half the bytes, an interrupted call."""

import os
import resource

from kills import NET, one_save, whole_run
from trial import CHECKPOINTS, Ground, tensors

ERRORS = {"ENOSPC": "No space left on device", "EIO": "Input/output error", "EACCES": "Permission denied",
          "EDQUOT": "Disk quota exceeded"}


def whole_files(ground):
    for name in CHECKPOINTS:
        path = ground.folder / "run" / name
        if path.exists():
            try:
                tensors(path)
            except ValueError as error:
                return str(error)
    table = ground.folder / "run/metrics.csv"
    if table.exists() and table.read_bytes() and not table.read_bytes().endswith(b"\n"):
        return "metrics.csv ends within a row"
    return ""


def ends_well(ground, process, whole, words):
    """Exit 3 with file and reason, and the run goes on once there is room; or nothing was lost."""
    if process.returncode == 0:
        return ground.differs("run", whole)
    if process.returncode != 3:
        return f"ended with {process.returncode}: {process.stderr}"
    if words not in process.stderr or "run" not in process.stderr:
        return f"says neither file nor reason: {process.stderr}"
    return whole_files(ground) or ground.goes_on("run", whole, *NET)


def at_every_call(trials):
    """Each call of one save fails, once and from then on."""
    with Ground() as ground:
        whole = whole_run(ground, NET)
        for number, call, path, _ in one_save(ground.calls()):
            for error, words in ERRORS.items():
                # One error at each call and all at every fifth: they differ in the message only.
                if number % 5 and error != list(ERRORS)[number % len(ERRORS)]:
                    continue
                for forever in ("", "+"):
                    ground.remove("run")
                    process = ground.run(*NET, fault=f"{error}:{number}{forever}")
                    trials.trial(f"{error}{' from' if forever else ' at'} call {number}, {call} of {path}",
                                 ends_well(ground, process, whole, words))


def short_and_interrupted(trials):
    """A write of half the bytes is gone on with, an interrupted call is made again: nobody notices."""
    with Ground() as ground:
        whole = whole_run(ground, NET)
        for number, call, path, _ in one_save(ground.calls()):
            for fault in ("short", "EINTR") if call == "write" else ("EINTR",):
                if call in ("mkdir", "remove", "unlink", "link", "truncate"):
                    continue  # no file system interrupts these
                ground.remove("run")
                process = ground.run(*NET, fault=f"{fault}:{number}")
                found = f"ended with {process.returncode}: {process.stderr}" if process.returncode else ""
                trials.trial(f"{fault} at call {number}, {call} of {path}", found or ground.differs("run", whole))


def no_room(trials):
    """A limit on the size of files, as `ulimit -f` sets it, of every size up to that of the largest."""
    with Ground() as ground:
        whole = whole_run(ground, NET)
        largest = max(path.stat().st_size for path in (ground.folder / "run").iterdir())
        for most in range(0, largest + 512, max(largest // 12, 1)):
            ground.remove("run")
            process = ground.run(*NET, limits=[(resource.RLIMIT_FSIZE, most)])
            trials.trial(f"{most} bytes", ends_well(ground, process, whole, "File too large"))


def read_only(trials):
    """Folders and files that may not be written to; root may, so that only what still binds it is tried then."""
    root = os.geteuid() == 0
    with Ground() as ground:
        whole = whole_run(ground, NET)
        for name in ("best.safetensors", "last.safetensors"):
            ground.remove("run")
            ground.run(*NET, "--set", "train.steps=4")
            (ground.folder / "run" / name).chmod(0o444)
            process = ground.run(*NET, "--resume")
            found = ends_well_after(ground, process, name, whole)
            trials.trial(f"{name} is read-only", found)
        if root:
            trials.note("run as root, whom the permissions of folders do not bind")
            return
        ground.remove("run")
        (ground.folder / "closed").mkdir()
        (ground.folder / "closed").chmod(0o555)
        process = ground.run("train", "everything.yaml", "-o", "closed/run")
        trials.trial("the folder above", "" if process.returncode == 3 and "Permission denied" in process.stderr
                     else f"{process.returncode}: {process.stderr}")


def ends_well_after(ground, process, name, whole):
    if process.returncode != 3 or name not in process.stderr or "read-only" not in process.stderr:
        return f"ended with {process.returncode}: {process.stderr}"
    (ground.folder / "run" / name).chmod(0o644)
    return ground.goes_on("run", whole, *NET)
