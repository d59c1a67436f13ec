"""Sweeps: settings tried side by side in run folders of their own, interrupted and gone on with."""

import csv
import json
import os
import pathlib
import signal
import subprocess
import time
import unittest
import xml.dom.minidom

from program import IRIS, PROGRAM, ModelcTest, flowers


class Sweep(ModelcTest):
    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)

    def table(self, folder="sweep"):
        with open(self.folder / folder / "sweep.csv", newline="") as file:
            return list(csv.DictReader(file))

    def test_a_grid_tries_every_combination(self):
        found = self.results("sweep", "flowers.yaml", "--over", "train.optimizer.lr=1e-3,1e-2", "--over", "hidden=4..8:4",
                             "--metric", "valid.accuracy", "-o", "sweep", "-q")
        settings = [(trial["setting"]["train.optimizer.lr"], trial["setting"]["hidden"]) for trial in
                    sorted(found["trials"], key=lambda trial: trial["trial"])]
        self.assertEqual(settings, [("1e-3", "4"), ("1e-3", "8"), ("1e-2", "4"), ("1e-2", "8")])
        self.assertEqual({trial["state"] for trial in found["trials"]}, {"finished"})
        self.assertEqual((found["figure"], found["better"]), ("valid.accuracy", "higher"))
        scores = [trial["score"] for trial in found["trials"]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertEqual(found["best"], found["trials"][0]["trial"])
        # The same figure as the training by itself, and the setting is in what it says of itself.
        best = found["trials"][0]
        own = self.results("train", "flowers.yaml", *[f"--set={path}={value}" for path, value in best["setting"].items()],
                           "--set", "train.best={metric: valid.accuracy}", "-o", "own", "-q")
        self.assertEqual(own["valid.accuracy"], best["score"])
        rows = self.table()
        self.assertEqual(list(rows[0]), ["trial", "train.optimizer.lr", "hidden", "state", "rounds", "valid.accuracy", "run"])
        self.assertEqual(len(rows), 4)
        text = (self.folder / "sweep/sweep.svg").read_text()
        xml.dom.minidom.parseString(text)
        for words in ("trial-001", "valid.accuracy", "train.optimizer.lr", "hidden"):
            self.assertIn(words, text)
        listed = self.results("runs", "sweep")
        self.assertEqual(len(listed), 4)

    def test_side_by_side_is_the_same(self):
        scores = []
        for jobs in ("1", "2"):
            environment = {**os.environ, "OMP_NUM_THREADS": "1"}
            process = subprocess.run([PROGRAM, "sweep", "flowers.yaml", "--over", "train.optimizer.lr=1e-4..1e-1:log",
                                      "--samples", "3", "--seed", "5", "--jobs", jobs, "-o", f"sweep{jobs}", "--format", "json"],
                                     cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300)
            self.assertEqual(process.returncode, 0, process.stderr)
            self.assertEqual(process.stderr.count("\n"), 3, "a line for each trial")
            found = json.loads(process.stdout)
            scores.append([(trial["setting"], trial["score"]) for trial in found["trials"]])
        self.assertEqual(*scores)

    def test_halving_trains_the_better_half_further(self):
        found = self.results("sweep", "flowers.yaml", "--over", "train.optimizer.lr=1e-4,1e-3,1e-2,3e-2", "--set",
                             "train.epochs=4", "--halving", "-o", "sweep", "-q")
        states = sorted(trial["state"] for trial in found["trials"])
        self.assertEqual(states, ["dropped", "dropped", "dropped", "finished"])
        self.assertEqual(sorted(trial["rounds"] for trial in found["trials"]), [1, 1, 2, 3])
        epochs = {run["run"]: run["epochs"] for run in self.results("runs", "sweep")}
        self.assertEqual(sorted(epochs.values()), [1, 1, 2, 4])
        self.assertEqual(found["trials"][0]["state"], "finished")
        # One that went all the way is the training that nobody stopped.
        winner = found["trials"][0]
        self.done("train", "flowers.yaml", f"--set=train.optimizer.lr={winner['setting']['train.optimizer.lr']}", "--set",
                  "train.epochs=4", "-o", "own", "-q")
        self.assertEqual((self.folder / winner["run"] / "metrics.csv").read_bytes(),
                         (self.folder / "own/metrics.csv").read_bytes())

    def test_a_trial_that_fails_is_listed_and_ends_nothing(self):
        found = self.results("sweep", "flowers.yaml", "--over", "train.optimizer=Adam,SGD(lr=1e30),Adam(lr=1e-2)", "-o", "sweep", "-q")
        trials = {trial["trial"]: trial for trial in found["trials"]}
        self.assertEqual([trials[name]["state"] for name in sorted(trials)], ["finished", "failed", "finished"])
        self.assertEqual(trials["trial-002"]["exit"], 3)
        self.assertIsNone(trials["trial-002"]["score"])
        self.assertIn("M8112", (self.folder / "sweep/trial-002.log").read_text())
        self.refused(3, "sweep", "flowers.yaml", "--over", "train.optimizer=SGD(lr=1e30)", "-o", "none", says=["failed (3)", "none/trial-001.log"])

    def test_an_interrupted_one_goes_on(self):
        arguments = ["flowers.yaml", "--over", "train.optimizer.lr=1e-3,1e-2,2e-2", "--set", "train.epochs=40", "--jobs", "2", "-o"]
        self.done("sweep", *arguments, "whole", "-q")
        process = subprocess.Popen([PROGRAM, "sweep", *arguments, "parts"], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not list(self.folder.glob("parts/trial-*/metrics.csv")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, said)
        self.assertIn("--resume", said)
        for entry in pathlib.Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
                inside = os.readlink(entry / "cwd") == str(self.folder) if words else False
            except OSError:
                continue
            self.assertFalse(inside and words[1:2] == [b"train"], "a training goes on")
        self.done("sweep", *arguments, "parts", "--resume", "-q")
        for trial in ("trial-001", "trial-002", "trial-003"):
            for file in ("metrics.csv", "last.safetensors"):
                self.assertEqual((self.folder / "parts" / trial / file).read_bytes(), (self.folder / "whole" / trial / file).read_bytes())
        self.assertEqual([row["train.optimizer.lr"] for row in self.table("parts")], [row["train.optimizer.lr"] for row in self.table("whole")])
        before = [(self.folder / "parts" / trial / "run.json").stat().st_mtime_ns for trial in ("trial-001", "trial-002")]
        self.done("sweep", *arguments, "parts", "--resume", "-q")
        self.assertEqual([(self.folder / "parts" / trial / "run.json").stat().st_mtime_ns for trial in ("trial-001", "trial-002")],
                         before, "what is finished is not trained again")

    def test_a_folder_is_not_used_twice_without_a_word(self):
        arguments = ["sweep", "flowers.yaml", "--over", "hidden=4,8", "--set", "train.epochs=1", "-o", "sweep", "-q"]
        self.done(*arguments)
        self.refused(2, *arguments, says=["--resume", "--overwrite"])
        self.refused(2, *arguments, "--resume", "--set", "train.batch=8", says=["begun with set"])
        self.refused(2, "sweep", "flowers.yaml", "--over", "hidden=4", "-o", "nowhere", "--resume", says="nowhere")
        self.write("sweep/mine.txt", "kept")
        self.done("sweep", "flowers.yaml", "--over", "hidden=4", "--set", "train.epochs=1", "-o", "sweep", "-q", "--overwrite")
        self.assertEqual(sorted(os.listdir(self.folder / "sweep")),
                         ["mine.txt", "sweep.csv", "sweep.json", "sweep.svg", "trial-001", "trial-001.log"])

    def test_without_a_name_each_has_a_folder_of_its_own(self):
        for number in (1, 2):
            found = self.results("sweep", "flowers.yaml", "--over", "hidden=4", "--set", "train.epochs=1", "-q")
            self.assertEqual(found["sweep"], f"runs/flowers-sweep-{number}")

    def test_what_is_wrong_is_said_before_anything_is_trained(self):
        for says, arguments in (
                ("needs `--over", []),
                ("NAME=VALUE", ["--over", "hidden"]),
                ("5 is not below 1", ["--over", "hidden=5..1"]),
                ("has no end of values", ["--over", "train.optimizer.lr=0.1..0.5"]),
                ("given twice", ["--over", "hidden=4", "--over", "hidden=8"]),
                ("`--mode` goes with `--metric`", ["--over", "hidden=4", "--mode", "max"]),
                ("--halving", ["--over", "train.epochs=1,2", "--halving"]),
                ("--jobs", ["--over", "hidden=4", "--jobs", "0"])):
            with self.subTest(says):
                self.refused(2, "sweep", "flowers.yaml", *arguments, "-o", "none", says=says, leaves="none")
        for says, arguments in (("hiden", ["--over", "hiden=4"]), ("did you mean `valid.accuracy`", ["--over", "hidden=4", "--metric", "valid.acuracy"]),
                                ("absent.csv", ["--over", "hidden=4", "--set", "data.train=csv(\"absent.csv\")"])):
            with self.subTest(says):
                self.refused(1, "sweep", "flowers.yaml", *arguments, "-o", "none", says=says, leaves="none")


if __name__ == "__main__":
    unittest.main()
