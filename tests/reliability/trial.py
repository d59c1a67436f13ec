"""What every trial needs: a folder of its own with descriptions and data, the program run in it with or without faults
(`faults.c`), a run folder compared with that of a run which nothing disturbed, and a count of what was tried."""

import json
import os
import pathlib
import resource
import signal
import struct
import subprocess
import tempfile
import time

import nets

CHECKPOINTS = ("last.safetensors", "best.safetensors", "resume.safetensors")


class Options:
    """Set once by run.py."""
    program = faults = ""
    kills = 50
    every = False
    seed = 1


class Trials:
    """Counts what was tried and keeps what went wrong."""

    def __init__(self, kind):
        self.kind, self.count, self.faults, self.notes = kind, 0, [], []

    def trial(self, label, fault):
        """`fault` is what went wrong, or empty."""
        self.count += 1
        if fault:
            self.faults.append(f"{label}: {fault}")
            print(f"{self.kind}: {label}: {fault}", flush=True)
        return not fault

    def note(self, text):
        self.notes.append(text)


class Ground:
    """A folder that is removed in the end, with the files of nets.py."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(os.path.realpath(self._folder.name))
        for name, text in nets.FILES.items():
            self.write(name, text)
        self._log = self.folder / "calls"
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def start(self, *arguments, fault="", counted="", limits=(), **more):
        """`fault` happens to a call on files below `counted`; `limits` are pairs for setrlimit."""
        environment = {**os.environ, **more.pop("env", {})}
        if fault or counted:
            environment |= {"LD_PRELOAD": Options.faults, "MODELC_FAULTS_FOLDER": str(self.folder / (counted or "run")),
                            "MODELC_FAULTS_LOG": str(self._log)}
            if fault:
                environment["MODELC_FAULTS"] = fault
            self._log.unlink(missing_ok=True)

        def limit():
            for what, most in limits:
                resource.setrlimit(what, (most, most))

        if limits:
            more["preexec_fn"] = limit
        return subprocess.Popen([Options.program, *map(str, arguments)], cwd=self.folder, env=environment,
                                **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more})

    def run(self, *arguments, **more):
        process = self.start(*arguments, **more)
        try:
            out, err = process.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err = (err or "") + "\n(ended after 300 s)"
        return subprocess.CompletedProcess(process.args, process.returncode, out or "", err or "")

    def calls(self):
        """Those that the last run with `counted` made: number, name, path below the ground, bytes."""
        found = []
        for line in self._log.read_text().splitlines() if self._log.exists() else []:
            number, call, rest = line.split(" ", 2)
            path, size = rest.rsplit(" ", 1)
            found.append((int(number), call, path.removeprefix(f"{self.folder}/"), int(size)))
        return found

    def remove(self, run):
        subprocess.run(["chmod", "-R", "u+w", self.folder / run], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["rm", "-rf", self.folder / run], check=True)

    # ---- run folders

    def has_checkpoint(self, run):
        return any((self.folder / run / name).exists() for name in ("resume.safetensors", "resume.previous.safetensors"))

    def state(self, run):
        """All that a run leaves: the tensors of its checkpoints to the bit, and its table."""
        folder = self.folder / run
        return {**{name: tensors(folder / name)[0] for name in CHECKPOINTS},
                "metrics.csv": (folder / "metrics.csv").read_bytes()}

    def differs(self, run, whole):
        """The first difference of two runs in words, or empty."""
        try:
            one, other = self.state(run), whole if isinstance(whole, dict) else self.state(whole)
        except (OSError, ValueError, struct.error) as error:
            return f"cannot be read: {error}"
        for name in other:
            if one[name] == other[name]:
                continue
            if name == "metrics.csv":
                return f"metrics.csv is another: {one[name]!r}, expected {other[name]!r}"
            moved = [key for key in other[name] if one[name].get(key) != other[name][key]]
            return f"{name} is another in {moved or sorted(one[name].keys() ^ other[name].keys())}"
        return ""

    def scratch(self, run):
        return sorted(path.name for path in (self.folder / run).glob(".*"))

    def goes_on(self, run, whole, *arguments):
        """Goes on with a run, or begins it anew where it had saved nothing yet; what is wrong then, or empty."""
        if self.has_checkpoint(run):
            process = self.run(*arguments, "--resume")
        else:
            process = self.run(*arguments, "--resume")
            if process.returncode != 2 or "M8131" not in process.stderr:
                return f"nothing was saved, but --resume ends with {process.returncode}: {process.stderr}"
            process = self.run(*arguments, "--overwrite")
        if process.returncode != 0:
            return f"exit {process.returncode}: {process.stderr.strip()}"
        if left := self.scratch(run):
            return f"{left} is left behind"
        return self.differs(run, whole)


def tensors(path):
    """The bytes of each tensor of a safetensors file, and its metadata; ValueError where it is torn."""
    data = pathlib.Path(path).read_bytes()
    if len(data) < 8:
        raise ValueError(f"{path} has {len(data)} bytes")
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__", {})
    end = 8 + size + max((entry["data_offsets"][1] for entry in header.values()), default=0)
    if end != len(data):
        raise ValueError(f"{path} has {len(data)} bytes, {end} expected")
    return {name: data[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]]
            for name, entry in header.items()}, metadata


def step_of(path):
    """The step at which a run would go on."""
    return struct.unpack_from("<q", tensors(path)[0]["run.counts"], 8)[0]


def wait_for(condition, seconds=120):
    """Whether it came to be; looked at often."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def stop(process, number=signal.SIGKILL):
    if process.poll() is None:
        process.send_signal(number)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out or "", err or "")
