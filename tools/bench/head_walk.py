#!/usr/bin/env python3
"""The walk of the README, measured: features of Fashion-MNIST under a head for MNIST.

    tools/bench/head_walk.py [--program PROGRAM] [--data DATA] [--epochs N] [--only STEP] [WORK]

DATA holds `fashion-mnist` and `mnist` (default: ../shared/data beside the checkout). Four steps, in the folder WORK
(default: a temporary one; what is there already is not trained again):

1. features    the CNN learns Fashion-MNIST, N epochs (default 10, as its recipe says)
2. digits      another head from the command line, the features frozen: two epochs of MNIST; the features are compared
               bit for bit
3. few         1,000 examples of MNIST: the same network with these features to begin with, and from scratch, the same
               number of steps and three seeds each, scored on MNIST's test set
4. time        from a changed head to the first step: `modelc train` from the command on, beside head_walk.cpp, the same
               program by hand, compiled anew (an incremental build, configured before) and run to its first step. Both
               three times by turns; printed: the medians and their ratio
"""

import argparse
import gzip
import json
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECIPE = ROOT / "models/recipes/cnn_images.yaml"
HEAD = "classifier=Linear({width}) -> ReLU -> Linear(10)"
FEW, SEEDS, ROUNDS = 1000, (1, 2, 3), 3
CMAKE = """cmake_minimum_required(VERSION 3.18)
project(head_walk CXX)
set(CMAKE_CXX_STANDARD 17)
list(APPEND CMAKE_MODULE_PATH "{root}/cmake")
include(libtorch)
find_package(ZLIB REQUIRED)
add_executable(head_walk "{folder}/head_walk.cpp")
target_link_libraries(head_walk PRIVATE modelc_libtorch ZLIB::ZLIB)
"""


def run(command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def tensors(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: data[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]] for name, entry in header.items()}


class Walk:
    def __init__(self, arguments, work):
        self.program, self.data, self.epochs, self.work = arguments.program, arguments.data, arguments.epochs, work
        self.fashion = work / "fashion/best.safetensors"

    def train(self, variant, name, *options, data=None):
        """Trains into a run folder, or reads what was printed there before."""
        told = self.work / f"{name}.json"
        if not told.exists():
            text = run([self.program, "train", f"{RECIPE}{variant}", "--set", f"data.root={data or self.data}", "-o",
                        self.work / name, "--overwrite", "--format", "json", *options])
            told.write_text(text)
        return json.loads(told.read_text())

    def features(self):
        found = self.train("", "fashion", "--set", f"train.epochs={self.epochs}")
        print(f"features: {found['test.accuracy']:.4f} on the test set of Fashion-MNIST after {self.epochs} epochs")

    def over(self, width=64):
        return "--weights", self.fashion, "--replace", HEAD.format(width=width)

    def digits(self):
        found = self.train("@mnist", "digits", *self.over(), "--freeze", "features", "--set", "train.epochs=2")
        before, after = tensors(self.fashion), tensors(self.work / "digits/best.safetensors")
        kept = [name for name in before if name.startswith("features.")]
        same = all(before[name] == after[name] for name in kept)
        print(f"digits: {found['test.accuracy']:.4f} on the test set of MNIST after two epochs, {len(kept)} tensors of the "
              f"features {'bit for bit the same' if same else 'CHANGED'}")
        return same and found["test.accuracy"] >= 0.97

    def few_rows(self):
        """MNIST with the first rows of its training set alone, and its test set as it is."""
        folder = self.work / "few"
        (folder / "mnist").mkdir(parents=True, exist_ok=True)
        for kind, header, row in (("images-idx3", 16, 784), ("labels-idx1", 8, 1)):
            with gzip.open(self.data / f"mnist/train-{kind}-ubyte.gz") as file:
                start, rows = file.read(header), file.read(FEW * row)
            with gzip.open(folder / f"mnist/train-{kind}-ubyte.gz", "wb") as file:
                file.write(start[:4] + struct.pack(">I", FEW) + start[8:] + rows)
            target = folder / f"mnist/t10k-{kind}-ubyte.gz"
            if not target.exists():
                target.symlink_to(self.data / f"mnist/t10k-{kind}-ubyte.gz")
        return folder

    def few(self):
        data, scores = self.few_rows(), {"from scratch": [], "from the features": []}
        for seed in SEEDS:
            for kind, values in scores.items():
                start = self.over() if kind == "from the features" else self.over()[2:]
                name = f"few_{kind.split()[-1]}_{seed}"
                found = self.train("@mnist", name, *start, "--set", "train.epochs=10", "--seed", seed, data=data)
                values.append(found["test.accuracy"])
        for kind, values in scores.items():
            print(f"{FEW} examples, {kind}: {', '.join(f'{value:.4f}' for value in values)}, median {statistics.median(values):.4f}")
        scratch, features = scores.values()
        return statistics.median(features) > statistics.median(scratch)

    def first_step(self, width):
        """Seconds from the command to the first step, as the run itself says; there it is ended."""
        command = [self.program, "train", f"{RECIPE}@mnist", "--set", f"data.root={self.data}", *self.over(width), "--freeze",
                   "features", "-o", self.work / "timed", "--overwrite", "-v"]
        started = time.perf_counter()
        process = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if line.startswith("first step after"):
                taken = time.perf_counter() - started
                process.kill()
                process.communicate()
                return taken
        sys.exit(f"{command} ended with {process.wait()} before a first step")

    def by_hand(self, width):
        """Seconds to compile the changed program and run it to its first step."""
        source, build = self.work / "hand/head_walk.cpp", self.work / "hand/build"
        stored = self.work / "hand/features.bin"
        text = (ROOT / "tools/bench/head_walk.cpp").read_text()
        if not build.exists():
            source.parent.mkdir(parents=True, exist_ok=True)
            (source.parent / "CMakeLists.txt").write_text(CMAKE.format(root=ROOT, folder=source.parent))
            source.write_text(text.replace("HEAD", "64"))
            values = tensors(self.fashion)
            stored.write_bytes(b"".join(values[f"features.conv{i}.{kind}"] for i in (1, 2) for kind in ("weight", "bias")))
            run(["cmake", "-S", source.parent, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"])
            run(["ninja", "-C", build])
        source.write_text(text.replace("HEAD", str(width)))
        started = time.perf_counter()
        run(["ninja", "-C", build], env={**os.environ, "CCACHE_DISABLE": "1"})
        out = run([build / "head_walk", self.data, stored], env={**os.environ, "FIRST_STEP_ONLY": "1"})
        assert out.startswith("step "), out
        return time.perf_counter() - started

    def time(self):
        ours, theirs = [], []
        for turn in range(ROUNDS):
            ours.append(self.first_step(65 + turn))
            theirs.append(self.by_hand(65 + turn))
        here, hand = statistics.median(ours), statistics.median(theirs)
        print(f"time to the first step under a changed head: {here:.2f} s, by hand {hand:.2f} s, {hand / here:.0f} times as long")
        return hand / here >= 50


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", nargs="?")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bin/modelc")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--only", choices=("digits", "few", "time"))
    arguments = parser.parse_args()
    arguments.program, arguments.data = arguments.program.resolve(), arguments.data.resolve()
    if not (arguments.data / "mnist").is_dir():
        sys.exit(f"no MNIST in {arguments.data}")
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(arguments.work or folder).resolve()
        work.mkdir(parents=True, exist_ok=True)
        walk = Walk(arguments, work)
        walk.features()
        good = [getattr(walk, step)() for step in ("digits", "few", "time") if arguments.only in (None, step)]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
