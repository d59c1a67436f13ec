"""What stands around a training: trying it without keeping anything, looking at it, its figures for other programs."""

import csv
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import time
import unittest
import xml.dom.minidom

from program import IRIS, PROGRAM, ModelcTest, flowers


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(crc):
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def fields(message):
    """A protobuf message's fields by number; the last one of a number, but all of length-delimited ones."""
    at, out = 0, {}

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        number, kind = key >> 3, key & 7
        if kind == 0:
            out[number] = varint()
        elif kind == 1:
            out[number] = struct.unpack_from("<d", message, at)[0]
            at += 8
        elif kind == 5:
            out[number] = struct.unpack_from("<f", message, at)[0]
            at += 4
        else:
            size = varint()
            out.setdefault(number, []).append(message[at:at + size])
            at += size
    return out


def events(path):
    """The records of a file as TensorBoard reads them: (wall time, step, version or {tag: value})."""
    data, out = path.read_bytes(), []
    while data:
        (size,) = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12])[0] == masked(crc32c(data[:8])), "checksum of the length"
        record = data[12:12 + size]
        assert struct.unpack("<I", data[12 + size:16 + size])[0] == masked(crc32c(record)), "checksum of the record"
        event = fields(record)
        if 3 in event:
            what = event[3][0].decode()
        else:
            values = [fields(value) for summary in event.get(5, []) for value in fields(summary)[1]]
            what = {value[1][0].decode(): value.get(2, 0.0) for value in values}
        out.append((event[1], event.get(2, 0), what))
        data = data[16 + size:]
    return out


class TrainingTools(ModelcTest):
    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)

    def rows(self, run):
        with open(self.folder / run / "metrics.csv", newline="") as file:
            return list(csv.DictReader(file))

    def events(self, run):
        (path,) = (self.folder / run).glob("*tfevents*")
        return events(path)

    def assert_events_are_the_figures(self, run):
        found = self.events(run)
        self.assertEqual(found[0][2], "brain.Event:2")
        rows = self.rows(run)
        self.assertEqual([step for _, step, _ in found[1:]], [int(row["step"]) for row in rows])
        for (_, _, values), row in zip(found[1:], rows):
            figures = {name: float(text) for name, text in row.items() if text and name not in ("epoch", "step")}
            self.assertEqual(set(values), set(figures))
            for name, value in figures.items():
                self.assertAlmostEqual(values[name], value, delta=1e-6 * max(1, abs(value)))
        times = [when for when, _, _ in found]
        self.assertEqual(times, sorted(times))

    # ---- what a run folder holds

    def test_events_and_curves_show_the_figures(self):
        self.done("train", "flowers.yaml", "-o", "run", "-q")
        self.assert_events_are_the_figures("run")
        text = (self.folder / "run/curves.svg").read_text()
        xml.dom.minidom.parseString(text)
        for words in ("train.loss", "valid.loss", "valid.accuracy", ">step<"):
            self.assertIn(words, text)
        self.assertEqual(text.count("<polyline"), 3)

    def test_a_run_that_goes_on_has_each_figure_once(self):
        self.done("train", "flowers.yaml", "--set", "train.epochs=2", "-o", "run", "-q")
        before = self.events("run")
        self.done("train", "flowers.yaml", "--set", "train.epochs=5", "-o", "run", "--resume", "-q")
        self.assert_events_are_the_figures("run")
        self.assertEqual(self.events("run")[:3], before)
        self.assertEqual([row["epoch"] for row in self.rows("run")], ["1", "2", "3", "4", "5"])

    def test_what_a_kill_left_of_the_events_is_mended(self):
        self.done("train", "flowers.yaml", "--set", "train.epochs=2", "-o", "run", "-q")
        (path,) = (self.folder / "run").glob("*tfevents*")
        for damage in (lambda data: data[:-7], lambda data: data + b"half a record", lambda data: b"", lambda data: data[:40] + b"?" + data[41:]):
            path.write_bytes(damage(path.read_bytes()))
            self.done("train", "flowers.yaml", "--set", "train.epochs=2", "-o", "run", "--resume", "-q")
            self.assert_events_are_the_figures("run")

    def test_a_run_says_how_it_ended(self):
        results = self.results("train", "flowers.yaml", "-o", "run", "-q")
        report = json.loads((self.folder / "run/run.json").read_text())
        self.assertEqual((report["name"], report["figure"], report["better"]), ("Flowers", "valid.loss", "lower"))
        self.assertEqual(report["results"], results)
        self.assertRegex(report["begun"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertLessEqual(report["begun"], report["ended"])

    def test_a_run_is_described_by_text_that_a_person_reads_and_runs(self):
        self.done("train", "flowers.yaml", "--set", "hidden=6", "--set", "train.optimizer.lr=0.02", "--set", "train.epochs=2", "-o", "runs/a", "-q")
        text = (self.folder / "runs/a/description.yaml").read_text()
        for line in ("name: Flowers", "  hidden: 6", "  x: float[B, 4]", "  optimizer: Adam(lr=0.02)", "  epochs: 2",
                     "loss: cross_entropy(logits, label)", f"  root: {self.folder}"):
            self.assertIn(line, text.splitlines())
        self.assertEqual(self.results("check", "runs/a/description.yaml"), [])
        self.done("train", "runs/a/description.yaml", "-o", "b", "-q")
        for file in ("metrics.csv", "description.yaml"):
            self.assertEqual((self.folder / "runs/a" / file).read_bytes(), (self.folder / "b" / file).read_bytes())

    # ---- trying it

    def test_a_dry_run_computes_and_keeps_nothing(self):
        before = sorted(os.listdir(self.folder))
        results = self.results("train", "flowers.yaml", "--dry-run", "-o", "run")
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.assertEqual((results["rows.train"], results["rows.valid"]), (72, 18))
        self.assertEqual((results["steps"], results["steps.epoch"]), (15, 5))
        self.assertEqual(results["parameters"], 4 * 8 + 8 + 8 + 8 + 8 * 3 + 3)
        self.assertEqual(results["bytes.optimizer"], 2 * 4 * results["parameters"] + 6 * 8)
        self.assertGreater(results["bytes.peak"], results["bytes.parameters"])
        self.assertGreater(results["seconds.training"], 0)
        self.assertTrue(0.3 < results["train.loss"] < 5)
        self.refused(3, "train", "flowers.yaml", "--dry-run", "--set", "train.optimizer=SGD(lr=1e30)", says="M8112")
        self.refused(1, "train", "flowers.yaml", "--dry-run", "--set", "data.train=csv(\"absent.csv\")", says="absent.csv")
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_a_dry_run_goes_through_every_phase_and_every_turn(self):
        self.write("phases.yaml", IRIS.replace("epochs: 3,", "phases: [{epochs: 2, freeze: features}, {epochs: 3, batch: 36}],"))
        results = self.results("train", "phases.yaml", "--dry-run")
        self.assertEqual(results["steps"], 2 * 5 + 3 * 2)
        self.refused(2, "train", "flowers.yaml", "--dry-run", "--resume", says="--dry-run")

    def test_overfitting_learns_a_few_rows_and_validates_on_them(self):
        results = self.results("train", "flowers.yaml", "--overfit", "6", "--set", "train.epochs=200", "-o", "run", "-q")
        self.assertEqual(results["valid.accuracy"], 1)
        self.assertEqual(results["steps"], 200)
        self.assertLess(results["valid.loss"], 0.1)
        few = self.results("train", "flowers.yaml", "--overfit", "6", "--dry-run")
        self.assertEqual((few["rows.train"], few["rows.valid"]), (6, 6))
        many = self.results("train", "flowers.yaml", "--overfit", "600", "--dry-run")
        self.assertEqual((many["rows.train"], many["rows.valid"]), (72, 72))

    def test_a_limit_is_of_training_and_validation(self):
        self.done("train", "flowers.yaml", "--limit", "2", "-o", "run", "-q")
        self.assertEqual([row["step"] for row in self.rows("run")], ["2", "4", "6"])
        self.write("one.yaml", IRIS.replace("batch: 16", "batch: 8"))
        self.done("train", "one.yaml", "--limit", "1", "--set", "train.epochs=1", "-o", "one", "-q")
        whole = self.results("eval", "one.yaml", "--weights", "one/last.safetensors")
        self.assertNotAlmostEqual(float(self.rows("one")[0]["valid.loss"]), whole["valid.loss"], places=6)
        self.refused(1, "train", "flowers.yaml", "-o", "run", "--resume", says=["M8130", "--limit"])

    def test_a_training_that_stops_early_goes_on_as_if_it_had_not(self):
        self.done("train", "flowers.yaml", "--set", "train.epochs=6", "-o", "whole", "-q")
        paused = self.results("train", "flowers.yaml", "--set", "train.epochs=6", "--until", "2", "-o", "parts", "-q")
        self.assertEqual((paused["epochs"], paused["steps"]), (2, 10))
        self.assertIsNone(json.loads((self.folder / "parts/run.json").read_text())["ended"])
        self.done("train", "flowers.yaml", "--set", "train.epochs=6", "-o", "parts", "--resume", "-q")
        for file in ("metrics.csv", "last.safetensors", "best.safetensors"):
            self.assertEqual((self.folder / "parts" / file).read_bytes(), (self.folder / "whole" / file).read_bytes(), file)
        self.assertIsNotNone(json.loads((self.folder / "parts/run.json").read_text())["ended"])

    def test_numbers_of_options_are_checked(self):
        for option in ("--overfit", "--limit", "--until"):
            for value in ("0", "-3", "x", "1.5"):
                self.refused(2, "train", "flowers.yaml", f"{option}={value}", says=[option, value], leaves="runs")

    # ---- where the time goes

    def test_a_profile_has_each_operation_with_its_line(self):
        results = self.results("train", "flowers.yaml", "--profile", "-o", "run", "-q")
        profile = results["profile"]
        self.assertEqual(profile["steps"], 15)
        nodes = {node["operation"]: node for node in profile["nodes"]}
        linear = nodes["Linear at classifier"]
        line = next(i for i, text in enumerate(IRIS.splitlines(), 1) if "-> classifier" in text)
        self.assertRegex(linear["line"], rf"flowers\.yaml:{line}:\d+$")
        self.assertEqual(linear["calls"], 15)
        self.assertGreater(linear["forward"], 0)
        self.assertGreater(linear["backward"], 0)
        self.assertTrue(any("cross_entropy" in name and node["backward"] > 0 for name, node in nodes.items()))
        times = [node["forward"] + node["backward"] for node in profile["nodes"]]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertLessEqual(sum(times), profile["seconds"])
        self.assertAlmostEqual(sum(node["forward"] for node in profile["nodes"]), profile["forward"])
        text = self.done("train", "flowers.yaml", "--profile", "-o", "text", "-q")
        table = (self.folder / "text/profile.txt").read_text()
        self.assertTrue(text.endswith(table))
        self.assertIn("flowers.yaml:", table)
        self.assertIn("Linear at classifier", table)
        self.assertNotIn("profile", self.results("train", "flowers.yaml", "-o", "plain", "-q"))

    def test_a_profile_changes_no_bit(self):
        self.done("train", "flowers.yaml", "-o", "plain", "-q")
        self.done("train", "flowers.yaml", "--profile", "-o", "profiled", "-q")
        for file in ("last.safetensors", "metrics.csv"):
            self.assertEqual((self.folder / "plain" / file).read_bytes(), (self.folder / "profiled" / file).read_bytes())

    # ---- the bar

    def on_a_terminal(self, *arguments, columns=200):
        master, slave = pty.openpty()
        import fcntl
        import termios
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=slave)
        os.close(slave)
        shown = b""
        while True:
            ready, _, _ = select.select([master], [], [], 60)
            try:
                data = os.read(master, 65536) if ready else b""
            except OSError:
                data = b""
            if not data:
                break
            shown += data
        process.communicate(timeout=60)
        os.close(master)
        self.assertEqual(process.returncode, 0)
        return shown.decode()

    def test_a_terminal_has_a_bar_with_rate_time_left_loss_and_metrics(self):
        shown = self.on_a_terminal("train", "flowers.yaml", "-o", "run")
        self.assertRegex(shown, r"epoch 2/3 \[=+ *\] 5/5  [\d.e+]+ steps/s  ETA \d+:\d\d  loss [\d.]+  valid\.accuracy [\d.]+  valid\.loss")
        lines = [line for line in shown.replace("\r\n", "\n").split("\n") if line and "\r" not in line]
        self.assertEqual(shown.count("\n"), 3, lines)
        narrow = self.on_a_terminal("train", "flowers.yaml", "-o", "narrow", columns=30)
        bars = [part for part in re.split(r"\r\x1b\[K|\n", narrow) if "[=" in part]
        self.assertTrue(bars)
        self.assertLess(max(map(len, bars)), 30)
        self.assertEqual(self.on_a_terminal("train", "flowers.yaml", "-o", "quiet", "-q"), "")


class Rates(ModelcTest):
    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)

    def test_a_range_is_tested_and_nothing_is_left(self):
        before = sorted(os.listdir(self.folder))
        results = self.results("lr-find", "flowers.yaml")
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.assertTrue(1e-4 < results["lr.steepest"] < results["lr.minimum"] < 10, results)
        self.assertAlmostEqual(results["lr.minimum_tenth"], results["lr.minimum"] / 10)
        self.assertEqual(results, self.results("lr-find", "flowers.yaml"), "the same seed, the same figures")

    def test_the_rate_rises_exponentially_and_the_loss_is_smoothed(self):
        self.done("lr-find", "flowers.yaml", "--from", "1e-5", "--to", "1e-2", "--steps", "31", "-o", "lr.csv", "-o", "lr.svg")
        with open(self.folder / "lr.csv", newline="") as file:
            rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
        self.assertEqual(len(rows), 31)
        mean = 0
        for i, row in enumerate(rows):
            self.assertAlmostEqual(row["lr"], 1e-5 * 1000 ** (i / 30), delta=1e-6 * row["lr"])
            mean = 0.98 * mean + 0.02 * row["loss"]
            self.assertAlmostEqual(row["smoothed"], mean / (1 - 0.98 ** (i + 1)), places=5)
        xml.dom.minidom.parse(str(self.folder / "lr.svg"))
        text = (self.folder / "lr.svg").read_text()
        self.assertIn("learning rate", text)
        self.assertIn("smoothed", text)

    def test_it_stops_where_the_loss_diverges(self):
        self.write("plain.yaml", IRIS.replace("BatchNorm1d, ", "").replace("Adam(lr=1e-2)", "SGD(lr=1e-2)"))
        results = self.results("lr-find", "plain.yaml", "--to", "1e8", "--steps", "200")
        self.assertLess(results["steps"], 200)
        self.assertLess(results["lr.last"], 1e8)

    def test_groups_rise_in_proportion(self):
        self.write("groups.yaml", IRIS.replace("seed: 3", "groups: [{match: classifier, lr: 0}], seed: 3"))
        self.results("lr-find", "groups.yaml", "--steps", "20")

    def test_what_has_no_single_rate_is_refused(self):
        turns = IRIS.replace("loss: cross_entropy(logits, label)", "loss: {a: \"cross_entropy(logits, label)\"}").replace(
            "optimizer: Adam(lr=1e-2)", "turns: {a: {minimize: \"cross_entropy(logits, label)\", update: classifier, optimizer: Adam}}")
        self.write("turns.yaml", turns.replace("loss: {a: \"cross_entropy(logits, label)\"}\n", ""))
        self.refused(1, "lr-find", "turns.yaml", says=["turns.yaml:", "train.turns"])
        self.refused(1, "lr-find", "flowers.yaml", "--set", "train.optimizer=SGD(lr=0.0)", says=["M8312", "`lr` above 0"])
        self.refused(2, "lr-find", "flowers.yaml", "--from", "1", "--to", "0.1", says="--from")
        self.refused(2, "lr-find", "flowers.yaml", "-o", "lr.png", says="lr.png")
        self.refused(3, "lr-find", "flowers.yaml", "--steps", "3", "-o", "no/such/lr.svg", says="no/such/lr.svg")


class Runs(ModelcTest):
    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)

    def test_runs_are_listed_with_their_state_and_best_figures(self):
        self.assertEqual(self.results("runs"), [])
        for name, rate in (("runs/a", "1e-2"), ("runs/deep/b", "1e-3")):
            self.done("train", "flowers.yaml", "--set", f"train.optimizer=Adam(lr={rate})", "-o", name, "-q")
        self.done("train", "flowers.yaml", "--until", "1", "-o", "runs/c", "-q")
        found = {run["run"]: run for run in self.results("runs")}
        self.assertEqual(list(found), ["runs/a", "runs/c", "runs/deep/b"])
        self.assertEqual([run["state"] for run in found.values()], ["finished", "interrupted", "finished"])
        self.assertEqual([run["epochs"] for run in found.values()], [3, 1, 3])
        with open(self.folder / "runs/a/metrics.csv", newline="") as file:
            best = min(csv.DictReader(file), key=lambda row: float(row["valid.loss"]))
        self.assertEqual(found["runs/a"]["best"]["epoch"], int(best["epoch"]))
        self.assertEqual(found["runs/a"]["best"]["figures"]["valid.accuracy"], float(best["valid.accuracy"]))
        text = self.done("runs").splitlines()
        self.assertEqual(len(text), 4)
        self.assertRegex(text[1], r"^runs/a +Flowers +\d{4}-\d\d-\d\dT\S+ +finished +3 +15 +valid\.loss ")
        self.assertEqual(len(self.results("runs", "runs/deep")), 1)
        self.refused(1, "runs", "nowhere", says="nowhere")

    def test_a_run_that_goes_on_is_running(self):
        slow = self.write("slow.yaml", IRIS.replace("epochs: 3", "epochs: 1000000"))
        process = subprocess.Popen([PROGRAM, "train", slow, "-o", "runs/slow", "-q"], cwd=self.folder)
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and not (self.folder / "runs/slow/last.safetensors").exists():
                time.sleep(0.05)
            (run,) = self.results("runs")
            self.assertEqual(run["state"], "running")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
        (run,) = self.results("runs")
        self.assertEqual(run["state"], "interrupted")

    def test_several_runs_are_compared(self):
        for name, settings in (("a", ["hidden=8"]), ("b", ["hidden=16", "train.batch=8"])):
            self.done("train", "flowers.yaml", *[f"--set={one}" for one in settings], "-o", name, "-q")
        found = self.results("runs", "a", "b")
        self.assertEqual({one["path"]: one["values"] for one in found["differences"]},
                         {"hidden": ["8", "16"], "train.batch": ["16", "8"]})
        figures = {one["figure"]: one["values"] for one in found["figures"]}
        self.assertEqual(figures["valid.loss"], [run["best"]["figures"]["valid.loss"] for run in found["runs"]])
        text = self.done("runs", "a", "b", "-o", "curves.svg")
        self.assertRegex(text, r"(?m)^hidden +8 +16$")
        self.assertRegex(text, r"(?m)^valid\.accuracy +[\d.]+ +[\d.]+$")
        plot = (self.folder / "curves.svg").read_text()
        xml.dom.minidom.parseString(plot)
        self.assertEqual(plot.count("<polyline"), 6)
        self.refused(1, "runs", "a", "flowers.csv", says="flowers.csv")
        self.refused(2, "runs", "a", "-o", "curves.png", says="curves.png")


class Bench(ModelcTest):
    def test_a_step_and_an_inference_with_and_without_passes(self):
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)
        before = sorted(os.listdir(self.folder))
        results = self.results("bench", "flowers.yaml", "--steps", "5")
        self.assertEqual(results["training.rows"], 16)
        self.assertEqual(results["input.x"], "16x4")
        for what in ("training", "inference"):
            self.assertEqual(results[f"{what}.runs"], 5)
            self.assertGreater(results[f"{what}.seconds"], 0)
            self.assertGreater(results[f"{what}.seconds.without_passes"], 0)
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_a_model_without_data_is_run_on_made_up_inputs(self):
        self.write("bare.yaml", "inputs:\n  x: float[B, 3, H, W]\nforward:\n  a: relu(x)\n  b: relu(x)\n  y: a + b + 0 * x.detach()\noutputs: y\n")
        results = self.results("bench", "bare.yaml", "--input", "x=2x3x8x8", "--steps", "3")
        self.assertEqual(results["input.x"], "2x3x8x8")
        self.assertNotIn("training.seconds", results)
        self.assertLess(results["inference.kernels"], results["inference.kernels.without_passes"])
        self.refused(2, "bench", "bare.yaml", "--input", "z=1", says="z")


if __name__ == "__main__":
    unittest.main()
