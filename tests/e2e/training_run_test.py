"""Training, scoring and predicting from the command line: run folders, determinism, checkpoints, another head."""

import csv
import os
import pathlib
import signal
import struct
import subprocess
import time
import unittest

from program import IRIS, PROGRAM, ModelcTest, flowers, tensors


class TrainingRun(ModelcTest):
    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)

    def test_run_folder_and_scores(self):
        results = self.results("train", "flowers.yaml", "-o", "new/folder/run")
        run = self.folder / "new/folder/run"
        self.assertLessEqual({"description.yaml", "metrics.csv", "best.safetensors", "last.safetensors", "log.txt"},
                             set(os.listdir(run)))
        with open(run / "metrics.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(list(rows[0]), ["epoch", "step", "train.loss", "valid.loss", "valid.accuracy"])
        self.assertEqual([row["epoch"] for row in rows], ["1", "2", "3"])
        self.assertEqual(results["steps"], 15)
        self.assertIsInstance(results["epochs"], int)
        scores = [self.results("eval", *given) for given in
                  ((run / "last.safetensors",), ("flowers.yaml", "--weights", run / "last.safetensors"),
                   (run / "description.yaml", "--weights", run / "last.safetensors"))]
        for found in scores:
            self.assertEqual(found["split"], "valid")
            self.assertAlmostEqual(found["valid.loss"], float(rows[-1]["valid.loss"]), places=6)
        for command in ("check", "summary", "ir"):
            self.done(command, run / "best.safetensors")
        self.done("check", run / "description.yaml")
        self.assertFalse(list(run.glob("*.part")) + list(run.glob(".*")))

    def test_a_seed_fixes_everything(self):
        for name, seed in (("a", 5), ("b", 5), ("c", 6)):
            self.done("train", "flowers.yaml", "--seed", seed, "-o", name, "-q")
        read = lambda name, file: (self.folder / name / file).read_bytes()
        self.assertEqual(read("a", "metrics.csv"), read("b", "metrics.csv"))
        self.assertEqual(read("a", "last.safetensors"), read("b", "last.safetensors"))
        self.assertNotEqual(read("a", "metrics.csv"), read("c", "metrics.csv"))

    def test_quiet_prints_results_only(self):
        process = self.run_modelc("train", "flowers.yaml", "-o", "run", "-q")
        self.assertEqual(process.stderr, "")
        process = self.run_modelc("train", "flowers.yaml", "-o", "run", "--overwrite")
        self.assertEqual(process.stderr.count("\n"), 3, "a line per epoch")
        self.assertNotIn("\r", process.stderr)

    def test_steps_end_within_an_epoch(self):
        self.done("train", "flowers.yaml", "--set", "train={steps: 7, batch: 16, optimizer: SGD(lr=0.1)}", "-o", "run", "-q")
        with open(self.folder / "run/metrics.csv", newline="") as file:
            self.assertEqual([row["step"] for row in csv.DictReader(file)], ["5", "7"])

    def test_data_root_of_the_command_line_is_relative_to_the_caller(self):
        (self.folder / "data").mkdir()
        os.rename(self.folder / "flowers.csv", self.folder / "data/flowers.csv")
        (self.folder / "models").mkdir()
        os.rename(self.folder / "flowers.yaml", self.folder / "models/flowers.yaml")
        self.refused(1, "train", "models/flowers.yaml", "-o", "run", says="flowers.csv", leaves="run")
        self.done("train", "models/flowers.yaml", "--set", "data.root=data", "-o", "run", "-q")
        self.done("eval", "run/best.safetensors")

    def test_interruption_saves(self):
        slow = IRIS.replace("epochs: 3", "epochs: 1000000")
        self.write("slow.yaml", slow)
        for number in (signal.SIGINT, signal.SIGTERM):
            run = self.folder / f"run{int(number)}"
            process = subprocess.Popen([PROGRAM, "train", "slow.yaml", "-o", str(run)], cwd=self.folder,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and not (run / "last.safetensors").exists():
                time.sleep(0.05)
            process.send_signal(number)
            process.communicate(timeout=60)
            self.assertEqual(process.returncode, 130)
            self.done("eval", run / "last.safetensors")
            self.assertFalse(list(run.glob(".*")))

    def test_a_loss_that_is_not_a_number_stops(self):
        process = self.refused(3, "train", "flowers.yaml", "--set", "train.optimizer=SGD(lr=1e30)", "-o", "run",
                               says=["M8112", "step 2", "flowers.yaml:"])
        self.assertIn("first value that is not finite", process.stderr)
        self.assertFalse((self.folder / "run/last.safetensors").exists())

    def test_a_figure_that_is_not_a_number_is_never_the_best(self):
        self.write("odd.yaml", IRIS.replace("metrics: {", "metrics: {odd: \"(logits - 1000).log()\", ")
                   .replace("epochs: 3", "best: {metric: valid.odd, mode: max}, epochs: 3"))
        process = self.run_modelc("train", "odd.yaml", "-o", "run", "--format", "json")
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertIn("M8133", process.stdout + process.stderr)
        self.assertIn("last.safetensors", process.stdout)

    def rows(self, run="run"):
        with open(self.folder / run / "metrics.csv", newline="") as file:
            return list(csv.DictReader(file))

    def test_rows_as_every_says(self):
        self.write("test.csv", flowers(30))
        self.write("every.yaml", IRIS.replace("  train: csv", "  test: csv(\"test.csv\")\n  train: csv")
                   .replace("loss: cross_entropy(logits, label)", "loss: {main: \"cross_entropy(logits, label)\", "
                            "size: \"0.1 * logits.abs().mean()\"}")
                   .replace("epochs: 3", "steps: 10, every: {log: 2, valid: 5}"))
        results = self.results("train", "every.yaml", "-o", "run", "-q")
        rows = self.rows()
        splits = ["train.loss", "train.main", "train.size", "valid.loss", "valid.main", "valid.size", "valid.accuracy"]
        self.assertEqual(list(rows[0]), ["epoch", "step", *splits, "test.loss", "test.main", "test.size", "test.accuracy"])
        self.assertEqual([row["step"] for row in rows[:-1]], ["2", "4", "5", "6", "8", "10"])
        self.assertEqual([bool(row["valid.loss"]) for row in rows[:-1]], [False, False, True, False, False, True])
        # The last row is of the checkpoint that the figures are of.
        self.assertEqual(rows[-1]["step"], str(results["checkpoint.step"]))
        self.assertAlmostEqual(float(rows[-1]["test.loss"]), results["test.loss"], places=6)
        self.assertIn(results["checkpoint.step"], (5, 10))
        best = next(row for row in rows if row["step"] == str(results["checkpoint.step"]))
        for figure in ("valid.loss", "valid.main", "valid.accuracy", "train.loss"):
            self.assertAlmostEqual(float(best[figure]), results[figure], places=6)
        scores = self.results("eval", "run/best.safetensors")
        self.assertEqual(scores["test.loss"], results["test.loss"])

    def test_best_and_stop(self):
        self.done("train", "flowers.yaml", "--set", "train.epochs=60", "--set", "train.best={metric: valid.accuracy}",
                  "--set", "train.stop={metric: valid.accuracy, patience: 3}", "-o", "run", "-q")
        found = [float(row["valid.accuracy"]) for row in self.rows()]
        best = found.index(max(found))
        self.assertEqual(len(found), best + 4, "three validations in a row that are no better")
        self.assertIn("has not improved for 3 validations", (self.folder / "run/log.txt").read_text())
        self.assertEqual(tensors(self.folder / "run/best.safetensors")[1]["modelc.epoch"], str(best + 1))

    def test_drop_last_and_accumulation(self):
        self.done("train", "flowers.yaml", "--set", "train.drop_last=true", "-o", "run", "-q")
        self.assertEqual([row["step"] for row in self.rows()], ["4", "8", "12"], "72 rows are four batches of 16")
        self.refused(1, "train", "flowers.yaml", "--set", "train.drop_last=true", "--set", "train.batch=100", "-o", "none",
                     says=["M8108", "drop_last"], leaves="none")

    LOSSES = {"mean": "cross_entropy(logits, label)",
              "ignoring": "cross_entropy(logits, label, ignore_index=2) + 0.1 * logits.pow(2).mean()",
              "weighted": "cross_entropy(logits, label, weight=tensor([1.0, 5.0, 0.5]))",
              "sum": "0.1 * cross_entropy(logits, label, reduction=\"sum\") + 0.01 * classifier.weight.pow(2).sum()"}

    def net(self, loss):
        self.write("plain.yaml", IRIS.replace("BatchNorm1d, ", "").replace(
            "loss: cross_entropy(logits, label)", f"loss: {{main: '{loss}'}}"))

    def test_accumulated_batches_equal_a_large_one(self):
        for name, loss in self.LOSSES.items():
            with self.subTest(loss=name):
                self.net(loss)
                for run, batches in (("large", "batch: 48"), ("small", "batch: 16, accumulate: 3")):
                    self.done("train", "plain.yaml", "--set", f"train={{epochs: 3, {batches}, optimizer: SGD(lr=0.05), seed: 3}}",
                              "-o", run, "--overwrite", "-q")
                large, small = (tensors(self.folder / run / "last.safetensors")[0] for run in ("large", "small"))
                for key, values in large.items():
                    floats = [struct.unpack(f"<{len(data) // 4}f", data) for data in (values, small[key])]
                    for one, other in zip(*floats):
                        self.assertAlmostEqual(one, other, places=5)
                for one, other in zip(self.rows("large"), self.rows("small")):
                    self.assertEqual(one["step"], other["step"])
                    self.assertAlmostEqual(float(one["train.loss"]), float(other["train.loss"]), places=4)

    def test_the_loss_of_a_split_does_not_depend_on_its_batches(self):
        for name, loss in self.LOSSES.items():
            with self.subTest(loss=name):
                self.net(loss)
                self.done("train", "plain.yaml", "-o", "run", "--overwrite", "-q")
                found = [self.results("eval", "plain.yaml", "--weights", "run/last.safetensors", "--set", f"train.batch={n}")
                         ["valid.loss"] for n in (1, 7, 100)]
                for value in found[1:]:
                    self.assertAlmostEqual(value, found[0], places=5)

    def test_of_epochs_and_steps_an_override_replaces_the_other(self):
        self.done("train", "flowers.yaml", "--set", "train.steps=7", "-o", "run", "-q")
        self.assertEqual(self.rows()[-1]["step"], "7")
        self.write("longer.yaml", "extends: flowers.yaml\ntrain: {steps: 4}\n")
        self.done("train", "longer.yaml", "-o", "base", "-q")
        self.assertEqual(self.rows("base")[-1]["step"], "4")

    def test_where_nothing_can_be_written(self):
        self.refused(3, "train", "flowers.yaml", "-o", "flowers.csv", says="flowers.csv")
        self.refused(3, "train", "flowers.yaml", "-o", "/proc/nowhere/run")
        self.refused(3, "build", "flowers.yaml", "-o", "nowhere/model.safetensors", says="nowhere")

    def test_a_run_that_exists_is_kept(self):
        self.done("train", "flowers.yaml", "-o", "run", "-q")
        before = (self.folder / "run/best.safetensors").read_bytes()
        self.refused(2, "train", "flowers.yaml", "--seed", "5", "-o", "run", says=["M8119", "--overwrite"])
        self.assertEqual((self.folder / "run/best.safetensors").read_bytes(), before)
        self.done("train", "flowers.yaml", "--seed", "5", "-o", "run", "--overwrite", "-q")
        self.assertNotEqual((self.folder / "run/best.safetensors").read_bytes(), before)

    def test_a_hang_up_saves_and_goes_on(self):
        self.write("slow.yaml", IRIS.replace("epochs: 3", "epochs: 1000000"))
        run = self.folder / "run"
        process = subprocess.Popen([PROGRAM, "train", "slow.yaml", "-o", str(run)], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (run / "last.safetensors").exists():
            time.sleep(0.05)
        process.send_signal(signal.SIGHUP)
        while time.monotonic() < deadline and "SIGHUP" not in (run / "log.txt").read_text():
            time.sleep(0.05)
        self.assertIn("SIGHUP", (run / "log.txt").read_text())
        self.assertIsNone(process.poll(), "it trains on")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)

    def test_what_is_no_file_is_not_replaced(self):
        self.done("build", "flowers.yaml", "-o", "/dev/null", "-q")
        self.assertTrue(pathlib.Path("/dev/null").is_char_device())
        self.refused(3, "build", "flowers.yaml", "-o", "/dev/full", says="No space left")
        (self.folder / "elsewhere").mkdir()
        (self.folder / "link.safetensors").symlink_to("elsewhere/real.safetensors")
        self.done("build", "flowers.yaml", "-o", "link.safetensors", "-q")
        self.assertTrue((self.folder / "link.safetensors").is_symlink())
        self.assertTrue((self.folder / "elsewhere/real.safetensors").is_file())
        os.chmod(self.folder / "elsewhere/real.safetensors", 0o444)
        self.refused(3, "build", "flowers.yaml", "-o", "link.safetensors", says="read-only")
        self.done("build", "flowers.yaml", "-o", "n" * 240 + ".safetensors", "-q")

    def test_no_memory_is_a_failure_of_the_run(self):
        self.write("huge.yaml", "modelc: 1\ninputs: {x: 'float[B, 4]'}\nlayers: ['Linear(40000000)', 'Linear(40000000)']\n")
        self.refused(3, "build", "huge.yaml", "-o", "huge.safetensors", says="out of memory", leaves="huge.safetensors")

    def test_threads(self):
        for threads in ("0", "-1", "two", "1025"):
            self.refused(2, "train", "flowers.yaml", "--threads", threads, "-o", "run", says=["--threads", threads], leaves="run")
        self.done("train", "flowers.yaml", "--threads", "2", "-o", "run", "-q")
        self.assertIn("threads 2", (self.folder / "run/log.txt").read_text())

    def test_more_threads_than_a_machine_has_are_not_made(self):
        process = subprocess.run([PROGRAM, "train", "flowers.yaml", "-o", "run", "-q"], cwd=self.folder, text=True,
                                 env={**os.environ, "OMP_NUM_THREADS": "100000"}, capture_output=True, timeout=300)
        self.assertEqual(process.returncode, 0, process.stderr)

    def test_devices(self):
        self.refused(2, "train", "flowers.yaml", "--device", "abacus", says="abacus")
        self.refused(3, "train", "flowers.yaml", "--device", "cuda:3", "-o", "run", says="cuda:3", leaves="run")
        self.refused(3, "train", "flowers.yaml", "--set", "train.precision=fp16-mixed", "-o", "run",
                     says=["M8117", "bf16-mixed"], leaves="run")
        self.done("train", "flowers.yaml", "--device", "cpu", "-o", "run", "-q")


class AnotherHead(ModelcTest):
    """features stay bit for bit, another head learns: from the checkpoint as FILE and with --weights."""

    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)
        self.done("train", "flowers.yaml", "-o", "base", "-q")

    def unchanged(self, run, base="base/best.safetensors", under="features."):
        before, after = tensors(self.folder / base)[0], tensors(self.folder / run / "last.safetensors")[0]
        kept = [name for name in before if name.startswith(under)]
        self.assertTrue(kept)
        for name in kept:
            self.assertEqual(before[name], after[name], f"{name} moved")
        return after

    def test_another_head(self):
        head = "classifier=Linear(16) -> ReLU -> Linear(3)"
        ways = {"file": ["base/best.safetensors"], "weights": ["flowers.yaml", "--weights", "base/best.safetensors"]}
        for name, way in ways.items():
            self.done("train", *way, "--replace", head, "--freeze", "features", "-o", name, "-q")
            after = self.unchanged(name)
            self.assertEqual(len(after["classifier.0.weight"]), 4 * 16 * 8)
            self.assertIn("first step after", (self.folder / name / "log.txt").read_text())
            self.done("eval", f"{name}/best.safetensors")
        one, other = (tensors(self.folder / name / "last.safetensors")[0] for name in ways)
        self.assertEqual(one, other)

    def test_a_head_of_the_same_shape_starts_anew(self):
        """One step at rate 0 leaves the values the new head was drawn with."""
        self.done("train", "base/best.safetensors", "--replace", "classifier=Linear(3)", "--freeze", "features",
                  "--set", "train={steps: 1, optimizer: SGD(lr=0)}", "-o", "run", "-q")
        after, before = self.unchanged("run"), tensors(self.folder / "base/best.safetensors")[0]
        self.assertNotEqual(after["classifier.weight"], before["classifier.weight"])

    def test_training_goes_on_from_a_checkpoint(self):
        self.done("train", "base/last.safetensors", "--set", "train={steps: 1, optimizer: SGD(lr=0)}", "--freeze", "**",
                  "--freeze", "!classifier", "-o", "run", "-q")
        self.unchanged("run", "base/last.safetensors", "")

    def test_all_or_nothing(self):
        self.refused(1, "train", "base/best.safetensors", "--set", "hidden=16", "-o", "run", says="features.0.weight",
                     leaves="run")
        self.write("other.yaml", IRIS.replace("classifier:", "head:").replace("-> classifier", "-> head"))
        self.refused(1, "train", "other.yaml", "--weights", "base/best.safetensors", "-o", "run",
                     says=["head.weight", "classifier.weight"], leaves="run")
        self.refused(1, "train", "flowers.yaml", "--weights", "nothing.safetensors", "-o", "run", says="nothing.safetensors")

    def test_a_description_that_computes_something_else(self):
        self.write("other.yaml", IRIS.replace("ReLU", "Sigmoid"))
        weights = ["--weights", "base/best.safetensors"]
        self.refused(1, "eval", "other.yaml", *weights, says=["features.2", "Sigmoid", "ReLU", "--prefer"])
        theirs = self.results("eval", "base/best.safetensors")
        self.assertEqual(self.results("eval", "other.yaml", *weights, "--prefer", "checkpoint"), theirs)
        self.assertNotEqual(self.results("eval", "other.yaml", *weights, "--prefer", "file"), theirs)


if __name__ == "__main__":
    unittest.main()
