"""Files that do not hold what was written: cut off, with bits flipped, of other versions, of other programs."""

import itertools
import json
import random
import struct
import threading
import time

from kills import NET, whole_run
from trial import CHECKPOINTS, Ground, Options, tensors


def of_checkpoints(trials):
    """What a run goes on from, and what is scored: every kind of byte is struck; the run uses the checkpoint before."""
    draw = random.Random(Options.seed)
    with Ground() as ground:
        whole = whole_run(ground, NET)
        ground.remove("run")
        ground.run(*NET, "--set", "train.steps=5")
        stored = {name: (ground.folder / "run" / name).read_bytes() for name in
                  ("resume.safetensors", "resume.previous.safetensors", "best.safetensors", "metrics.csv")}
        newest = stored["resume.safetensors"]

        def restore():
            ground.remove("run")
            for name, data in stored.items():
                ground.write(f"run/{name}", data)
            ground.write("run/last.safetensors", stored["best.safetensors"])

        for label, damaged in strikes(newest, draw):
            restore()
            ground.write("run/resume.safetensors", damaged)
            process = ground.run(*[word for word in NET if word != "-q"], "--resume")
            found = f"exit {process.returncode}: {process.stderr}" if process.returncode else ""
            for word in ("M8132", "resume.safetensors", "goes on from step 4 of 8"):
                found = found or ("" if word in process.stderr else f"`{word}` is not said: {process.stderr}")
            trials.trial(f"the newest, {label}", found or ground.differs("run", whole))
        restore()
        for name in ("resume.safetensors", "resume.previous.safetensors"):
            ground.write(f"run/{name}", flipped(stored[name], -20))
        process = ground.run(*NET, "--resume")
        trials.trial("both", "" if process.returncode == 1 and "no checkpoint in it is whole" in process.stderr
                     else f"{process.returncode}: {process.stderr}")
        for label, rows in (("all of metrics.csv", b""), ("rows of metrics.csv", stored["metrics.csv"][:60])):
            restore()
            ground.write("run/metrics.csv", rows)
            process = ground.run(*NET, "--resume")
            found = "" if process.returncode == 0 and "M8160" in process.stderr else f"{process.returncode}: {process.stderr}"
            moved = [name for name in CHECKPOINTS if tensors(ground.folder / "run" / name)[0] != whole[name]
                     and name != "resume.safetensors"]  # which knows the bytes of metrics.csv
            trials.trial(f"without {label}", found or (f"{moved} are others" if moved else ""))
        restore()
        ground.write("run/best.safetensors", flipped(stored["best.safetensors"], -3))
        process = ground.run(*NET, "--resume")
        words = ("M8132", "best.safetensors")
        trials.trial("the best weights", "" if process.returncode == 0 and all(word in process.stderr for word in words)
                     else f"{process.returncode}: {process.stderr}")
        for label, damaged in strikes(stored["best.safetensors"], draw):
            ground.write("bad.safetensors", damaged)
            process = ground.run("eval", "everything.yaml", "--weights", "bad.safetensors")
            found = "" if process.returncode == 1 and "bad.safetensors" in process.stderr + process.stdout else \
                f"{process.returncode}: {process.stdout}{process.stderr}"
            trials.trial(f"weights, {label}", found)


def strikes(data, draw):
    """Damaged versions of a file: its length, each part of its header, its tensors, its end."""
    size = struct.unpack("<Q", data[:8])[0]
    header = data[8:8 + size].decode()
    places = {"the header's length": 0, "a tensor's name": header.index(".weight") + 9,
              "a dtype": header.index('"F32"') + 9, "an offset": header.index("data_offsets") + 24,
              "the key of the checksums": header.index("modelc.checksums") + 10,
              "the checksum of the header": header.index("modelc.header") + 20 if "modelc.header" in header else 40,
              "the description": header.index("modelc.description") + 60, "the padding": 8 + size - 1,
              "the first value": 8 + size, "the last value": len(data) - 1}
    for what, at in places.items():
        yield what, flipped(data, at)
    # A word that another fits instead: no rule of the format is broken.
    yield "F32 becomes I32", data.replace(b'"F32"', b'"I32"', 1)
    for _ in range(max(Options.kills // 5, 4)):
        at = draw.randrange(len(data))
        yield f"bit {draw.randrange(8)} of byte {at}", flipped(data, at, 1 << draw.randrange(8))
    for at in (0, 7, 8, 100, 8 + size, len(data) - 1):
        yield f"cut at {at}", data[:at]
    yield "bytes behind its end", data + b"\0"


def flipped(data, at, bits=4):
    changed = bytearray(data)
    changed[at] ^= bits
    return bytes(changed)


def with_metadata(path, change):
    """The file with other metadata, without checksums, as another program would write it."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    for key in ("modelc.checksums", "modelc.header", "modelc.format"):
        header["__metadata__"].pop(key, None)
    change(header["__metadata__"])
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + size:]


def beside_a_writer(trials):
    """Weights are loaded while another process replaces the file again and again: all tensors are of one version."""
    with Ground() as ground:
        ground.run("build", "everything.yaml", "-o", "w.safetensors")
        plain = with_metadata(ground.folder / "w.safetensors", dict.clear)
        size = 8 + struct.unpack("<Q", plain[:8])[0]
        versions = [plain[:size] + struct.pack("<f", value) * ((len(plain) - size) // 4) for value in (0.25, 4.0)]
        ends = threading.Event()

        def replace():
            for turn in itertools.count():
                if ends.is_set():
                    return
                ground.write("next", versions[turn % 2])
                (ground.folder / "next").rename(ground.folder / "w.safetensors")
                time.sleep(0.002)

        writer = threading.Thread(target=replace)
        writer.start()
        try:
            for load in range(max(Options.kills // 3, 10)):
                process = ground.run("build", "everything.yaml", "--weights", "w.safetensors", "-o", "out.safetensors")
                found = process.stderr if process.returncode else ""
                if not found:
                    values = {data[at:at + 4] for name, data in tensors(ground.folder / "out.safetensors")[0].items()
                              for at in range(0, len(data) - len(data) % 4, 4) if not name.endswith("num_batches_tracked")}
                    found = "" if len(values) == 1 else f"values of {len(values)} versions"
                trials.trial(f"load {load}", found)
        finally:
            ends.set()
            writer.join()


def foreign(trials):
    """A later version's checkpoint, metadata of another program, none at all: refused by name, or taken as plain weights."""
    with Ground() as ground:
        ground.run(*NET)
        best, resume = ground.folder / "run/best.safetensors", ground.folder / "run/resume.safetensors"

        def refused(label, arguments, words, code=1):
            process = ground.run(*arguments)
            said = process.stderr + process.stdout
            missing = [word for word in words if word not in said]
            trials.trial(label, "" if process.returncode == code and not missing else f"{process.returncode}: {said}")

        scored = ("eval", "everything.yaml", "--weights", "other.safetensors")
        for label, key, value, words in (
                ("a later format", "modelc.format", "3", ["other.safetensors", "later modelc", "format 3"]),
                ("fits that are none", "modelc.fits", "[[[", ["modelc.fits"]),
                ("a seed that is none", "modelc.seed", "seven", ["modelc.seed"])):
            ground.write("other.safetensors", with_metadata(best, lambda metadata: metadata.__setitem__(key, value)))
            refused(label, scored, words)
        ground.write("other.safetensors", with_metadata(best, lambda metadata: metadata.__setitem__("modelc.format", "3")))
        refused("a later format as FILE", ("summary", "other.safetensors"), ["later modelc"])
        ground.write("other.safetensors", with_metadata(best, lambda metadata: metadata.__setitem__("modelc.description", "{")))
        refused("a description that is none as FILE", ("summary", "other.safetensors"), ["other.safetensors"])
        ground.write("other.safetensors", with_metadata(best, dict.clear))
        refused("no metadata, as FILE", ("summary", "other.safetensors"), ["M1054"])
        process = ground.run("build", "everything.yaml", "--weights", "other.safetensors", "-o", "new.safetensors")
        same = process.returncode == 0 and tensors(ground.folder / "new.safetensors")[0] == tensors(best)[0]
        trials.trial("no metadata, as weights", "" if same else f"{process.returncode}: {process.stderr}")
        data = resume.read_bytes()
        for label, key, value, words in (("another version", "modelc.version", "0.0.9", ["modelc 0.0.9"]),
                                         ("no version", "modelc.version", None, ["M8131"]),
                                         ("no signature", "modelc.run", None, ["M8131"])):
            def change(metadata, key=key, value=value):
                metadata[key] = value
                if value is None:
                    metadata.pop(key)
            ground.write("run/resume.safetensors", with_metadata(resume, change))
            refused(f"{label}, to go on from", (*NET, "--set", "train.steps=9", "--resume"), words)
            resume.write_bytes(data)
