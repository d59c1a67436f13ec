"""Folders of images: trained on, scored, gone on with, and what is said of files that cannot be used."""

import shutil
import struct
import unittest
import zlib

from program import ModelcTest, tensors

NET = """\
modelc: 1
name: Shapes
inputs: {x: "float[B, 3, H, W]"}
targets: {label: "int[B]"}
layers:
  - Conv2d(4, 3, padding=1)
  - BatchNorm2d
  - ReLU
  - Dropout(0.2)
  - AdaptiveAvgPool2d(1)
  - Flatten
  - Linear(data.categories("label"))
outputs: {logits: output}
data:
  train: images("train")
  valid: images("valid")
  feed:
    x: image -> random_crop(8, padding=1) -> random_flip() -> color_jitter(brightness=0.2) -> normalize(127.5, 127.5)
loss: cross_entropy(logits, label)
metrics: {accuracy: "accuracy(logits, label)"}
train: {epochs: 6, batch: 8, optimizer: Adam(lr=3e-2), seed: 3, every: {log: 2}}
"""


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(rows):
    """Of rows of (red, green, blue)."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    pixels = b"".join(b"\0" + bytes(value for pixel in row for value in pixel) for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def picture(kind, number, height=8, width=8):
    """Red for the one class, blue for the other, with a pattern of its own."""
    level = [40 + (number * 37 + 11 * i) % 60 for i in range(height * width)]
    colour = {"cat": (200, 30, 30), "dog": (30, 30, 200), "owl": (30, 200, 30)}[kind]
    return png([[tuple(min(255, c + level[y * width + x]) for c in colour) for x in range(width)] for y in range(height)])


class Images(ModelcTest):
    def setUp(self):
        super().setUp()
        self.folders({"train": 12, "valid": 4})
        self.write("net.yaml", NET)

    def folders(self, counts, kinds=("cat", "dog")):
        for split, count in counts.items():
            for kind in kinds:
                (self.folder / split / kind).mkdir(parents=True, exist_ok=True)
                for number in range(count):
                    (self.folder / split / kind / f"{number}.png").write_bytes(picture(kind, number))

    def test_trains_and_scores(self):
        results = self.results("train", "net.yaml", "-o", "run", "-q")
        self.assertGreaterEqual(results["valid.accuracy"], 0.9)
        again = self.results("eval", "net.yaml", "--weights", "run/best.safetensors")
        self.assertEqual(again["valid.accuracy"], results["valid.accuracy"])
        self.assertEqual(again["valid.loss"], results["valid.loss"])
        # The checkpoint alone, from the same place.
        self.assertEqual(self.results("eval", "run/best.safetensors", "--set", f"data.root={self.folder}")["valid.loss"],
                         results["valid.loss"])

    def test_is_the_same_with_any_number_of_workers(self):
        self.done("train", "net.yaml", "-o", "none", "-q")
        whole = tensors(self.folder / "none/last.safetensors")[0]
        for workers in (1, 3):
            self.done("train", "net.yaml", "--set", f"data.workers={workers}", "-o", f"with{workers}", "-q")
            self.assertEqual(tensors(self.folder / f"with{workers}/last.safetensors")[0], whole)
            self.assertEqual((self.folder / f"with{workers}/metrics.csv").read_text(),
                             (self.folder / "none/metrics.csv").read_text())

    def test_goes_on_within_an_epoch(self):
        self.write("net.yaml", NET.replace("epochs: 6", "steps: 8"))
        self.done("train", "net.yaml", "-o", "whole", "-q")
        whole = tensors(self.folder / "whole/last.safetensors")[0]
        for step in (1, 2, 4, 7):
            self.done("train", "net.yaml", "--set", f"train.steps={step}", "--set", "data.workers=2", "-o", f"run{step}", "-q")
            self.done("train", "net.yaml", "-o", f"run{step}", "--resume", "-q")
            self.assertEqual(tensors(self.folder / f"run{step}/last.safetensors")[0], whole, f"stopped at step {step}")

    def test_other_images_are_refused_when_going_on(self):
        self.write("net.yaml", NET.replace("epochs: 6", "steps: 4"))
        self.done("train", "net.yaml", "--set", "train.steps=2", "-o", "run", "-q")
        (self.folder / "train/cat/3.png").write_bytes(picture("cat", 40))
        self.refused(1, "train", "net.yaml", "-o", "run", "--resume", says="the values of the training data")

    def test_labels_follow_the_training_folder(self):
        self.folders({"train": 12, "valid": 4}, kinds=("cat", "dog", "owl"))
        for number in range(4):
            (self.folder / "valid/cat" / f"{number}.png").unlink()
        (self.folder / "valid/cat").rmdir()
        results = self.results("train", "net.yaml", "-o", "run", "-q", "--set", "train.epochs=12")
        self.assertGreaterEqual(results["valid.accuracy"], 0.8)

    def test_folders_with_other_classes_are_mixed(self):
        self.folders({"more": 12}, kinds=("dog", "owl"))
        self.folders({"valid": 4}, kinds=("owl",))
        # A batch of two of the three classes has statistics of its own, which would tell them apart.
        plain = NET.replace("  - BatchNorm2d\n", "")
        for how in ("mix", "alternate"):
            self.write("net.yaml", plain.replace('images("train")', f'{how}(images("train"), images("more"))'))
            results = self.results("train", "net.yaml", "-o", how, "-q", "--set", "train.epochs=12")
            self.assertGreaterEqual(results["valid.accuracy"], 0.9, how)

    def test_predicts_classes_by_name(self):
        self.done("train", "net.yaml", "-o", "run", "-q", "--set", "train.epochs=12")
        (self.folder / "new").mkdir()
        for number, kind in enumerate(("dog", "cat", "dog")):
            (self.folder / "new" / f"{number}.png").write_bytes(picture(kind, 50 + number))
        self.done("predict", "run/best.safetensors", "--data", 'images("new")', "-o", "out.csv")
        lines = (self.folder / "out.csv").read_text().splitlines()
        self.assertIn("cat", lines[0])
        self.assertEqual([("dog" in line, "cat" in line) for line in lines[1:]], [(True, False), (False, True), (True, False)])

    def test_a_checkpoint_needs_no_training_images(self):
        self.done("train", "net.yaml", "-o", "run", "-q")
        before = self.results("eval", "run/best.safetensors", "--set", f"data.root={self.folder}")
        (self.folder / "train").rename(self.folder / "gone")
        (self.folder / "valid/cat").rename(self.folder / "cat")  # classes keep their numbers
        process = self.done("eval", "run/best.safetensors", "--set", f"data.root={self.folder}")
        (self.folder / "cat").rename(self.folder / "valid/cat")
        after = self.results("eval", "run/best.safetensors", "--set", f"data.root={self.folder}")
        self.assertEqual(after, before)
        self.assertIn("rows 4", process)

    def test_shows_what_is_fed(self):
        self.done("data", "show", "net.yaml", "-o", "sheet.png")
        data = (self.folder / "sheet.png").read_bytes()
        self.assertTrue(data.startswith(b"\x89PNG"))
        width, height = struct.unpack(">II", data[16:24])
        self.assertGreater(width * height, 24 * 64 * 64)
        shown = self.done("data", "show", "net.yaml")
        self.assertIn("label", shown)

    def test_sizes(self):
        (self.folder / "train/cat/0.png").write_bytes(picture("cat", 0, 8, 10))
        self.refused(1, "check", "net.yaml", says=["net.yaml:15:17", "train/cat/1.png", "train/cat/0.png", "`size=`"])
        self.write("net.yaml", NET.replace('images("train")', 'images("train", size=8)'))
        self.done("check", "net.yaml")
        self.done("train", "net.yaml", "-o", "run", "-q", "--set", "train.epochs=1")

    def test_classes(self):
        self.folders({"valid": 2}, kinds=("owl",))
        self.refused(1, "check", "net.yaml", says=["net.yaml:16:10", "`owl` does not occur in the training data"])
        shutil.rmtree(self.folder / "valid/owl")
        self.write("net.yaml", NET.replace('Linear(data.categories("label"))', "Linear(1)"))
        self.refused(1, "check", "net.yaml", says=["the last of 2 classes, `dog`", 'data.categories("label")'])
        (self.folder / "train/empty").mkdir()
        self.refused(1, "check", "net.yaml", says=["train/empty", "a class without images"])

    def test_files_that_cannot_be_used(self):
        whole = picture("cat", 3)
        for content, says in ((whole[:60], "cut off"), (b"", "0 bytes"), (b"<html>not found</html>", "expected JPEG"),
                              (b"\xff\xd8\xff\xe0" + b"\0" * 40, "a segment of 0 bytes")):
            with self.subTest(says):
                (self.folder / "train/cat/3.png").write_bytes(content)
                self.refused(1, "check", "net.yaml", says=["net.yaml:15:17", "train/cat/3.png", says])
                process = self.refused(1, "train", "net.yaml", "-o", "run", says="train/cat/3.png", leaves="run")
                self.assertEqual(process.stderr.count("error["), 1, process.stderr)

    def test_an_image_whose_pixels_are_damaged(self):
        whole = picture("cat", 3)
        start = whole.index(b"IDAT") + 6
        (self.folder / "train/cat/3.png").write_bytes(whole[:start] + b"\xff" * 20 + whole[start + 20:])
        for workers in (0, 2):
            process = self.refused(1, "train", "net.yaml", "-o", f"run{workers}", "-q", "--set", f"data.workers={workers}",
                                   says=["net.yaml:15:10", "train/cat/3.png", "damaged"])
            self.assertEqual(process.stderr.count("error["), 1, process.stderr)

    def test_folders(self):
        self.write("net.yaml", NET.replace('"train"', '"nowhere"').replace('data.categories("label")', "2"))
        process = self.run_modelc("check", "net.yaml")
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertIn("nowhere", process.stderr)
        self.refused(1, "train", "net.yaml", "-o", "run", says=["net.yaml:15:17", "nowhere"], leaves="run")
        self.write("net.yaml", NET.replace('"train"', '"net.yaml"').replace('data.categories("label")', "2"))
        self.refused(1, "check", "net.yaml", says="expected a folder of images")

    def test_a_folder_without_classes_has_no_labels(self):
        (self.folder / "flat").mkdir()
        for number in range(6):
            (self.folder / "flat" / f"{number}.png").write_bytes(picture("cat", number))
        self.write("net.yaml", NET.replace('"train"', '"flat"').replace('data.categories("label")', "2"))
        self.refused(1, "check", "net.yaml", says="nothing feeds `label`")
        # Without a target it feeds a model that learns to give its input back.
        self.write("same.yaml", """\
modelc: 1
inputs: {x: "float[B, 3, 8, 8]"}
layers: ["Conv2d(3, 3, padding=1)"]
outputs: {y: output}
data: {train: images("flat"), feed: {x: image / 255}}
loss: mse_loss(y, x)
train: {epochs: 2, batch: 4, optimizer: Adam}
""")
        self.done("train", "same.yaml", "-o", "run", "-q")

    def test_mixed_rows_train_as_shares(self):
        mixed = NET.replace('targets: {label: "int[B]"}', 'targets: {label: "int[B]", shares: "float[B, 2]"}')
        mixed = mixed.replace("    x: image -> random_crop(8, padding=1) -> random_flip() -> color_jitter(brightness=0.2) -> "
                              "normalize(127.5, 127.5)",
                              "    mixed, shares: mixup(image, one_hot(label, 2), alpha=0.4)\n"
                              "    x: normalize(mixed, 127.5, 127.5)")
        self.write("mixed.yaml", mixed.replace("cross_entropy(logits, label)", "cross_entropy(logits, shares)"))
        results = self.results("train", "mixed.yaml", "-o", "run", "-q", "--set", "train.epochs=12")
        self.assertGreaterEqual(results["valid.accuracy"], 0.9)
        cut = (self.folder / "mixed.yaml").read_text().replace("mixup(", "cutmix(")
        self.write("cut.yaml", cut)
        self.done("train", "cut.yaml", "-o", "cut", "-q", "--set", "data.workers=2")


if __name__ == "__main__":
    unittest.main()
