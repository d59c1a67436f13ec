"""`images(folder)` against Pillow: every format, depth and orientation, as bytes of red, green and blue."""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import unittest

import torch

try:
    import numpy
    import torchvision.transforms.functional as F
    from PIL import Image, ImageOps
except ImportError:
    print("skipped: no Pillow and torchvision here")
    sys.exit(77)

import safetensors_io

HEIGHT, WIDTH = 18, 26


def gradient(height=HEIGHT, width=WIDTH):
    """A smooth picture, so that a lossy format stays near it."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)]
    return numpy.stack(planes, axis=2).astype(numpy.uint8)


def as_tensor(image):
    return torch.from_numpy(numpy.array(image.convert("RGB"))).permute(2, 0, 1)


class Images(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "set").mkdir()
        self.expected = []

    def read(self, height=HEIGHT, width=WIDTH, size=None):
        stated = f", size={size}" if size else ""
        text = (f"modelc: 1\ninputs: {{image: 'uint8[B, 3, {height}, {width}]'}}\nforward: {{y: image * 1}}\n"
                f"data:\n  train: images(\"set\"{stated})\n")
        (self.folder / "read.yaml").write_text(text)
        done = subprocess.run([ARGUMENTS.fed, str(self.folder / "read.yaml"), "-o", str(self.folder / "out.safetensors")],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "")
        return safetensors_io.load(self.folder / "out.safetensors")["image"]

    def expect(self, name, image, tolerance=0, wanted=None, **options):
        """A file of the folder, what it is to be read as, and how far bytes may be apart."""
        path = self.folder / f"{len(self.expected):02}_{name}"
        image.save(path, **options)
        wanted = as_tensor(Image.open(path)) if wanted is None else wanted
        self.expected.append((path, wanted, tolerance))

    def compare(self):
        """One reading for the files of each size."""
        for shape in {tuple(wanted.shape) for _, wanted, _ in self.expected}:
            group = [case for case in self.expected if tuple(case[1].shape) == shape]
            for path in (self.folder / "set").iterdir():
                path.unlink()
            for path, _, _ in group:
                path.rename(self.folder / "set" / path.name)
            read = self.read(*shape[1:])
            self.assertEqual(len(read), len(group))
            for got, (path, wanted, tolerance) in zip(read, group):
                apart = (got.int() - wanted.int()).abs()
                self.assertLessEqual(int(apart.max()), tolerance, path.name)

    def test_formats(self):
        image = Image.fromarray(gradient())
        self.expect("a.png", image)
        self.expect("a.bmp", image)
        self.expect("a.tif", image)
        self.expect("b.tiff", image, compression="tiff_lzw")
        self.expect("a.jpg", image, tolerance=2)
        self.expect("b.jpeg", image, tolerance=2, progressive=True)
        self.expect("c.JPG", image.convert("L"), tolerance=1)
        self.expect("a.webp", image, lossless=True)
        self.expect("b.webp", image, tolerance=3, quality=90)
        self.expect("wrong_ending.png", image, format="BMP")
        self.compare()

    def test_depths(self):
        image = Image.fromarray(gradient())
        self.expect("grey.png", image.convert("L"))
        self.expect("bits.png", image.convert("1"))
        self.expect("bits.tif", image.convert("1"))
        self.expect("palette.png", image.convert("P"))
        self.expect("palette.bmp", image.convert("P"))
        grey = (numpy.mgrid[0:HEIGHT, 0:WIDTH][1] * 2500).astype(numpy.uint16)
        scaled = torch.from_numpy(((grey.astype(numpy.int64) + 128) // 257).astype(numpy.uint8)).expand(3, -1, -1)
        self.expect("deep.png", Image.fromarray(grey), wanted=scaled)
        self.expect("deep.tif", Image.fromarray(grey), wanted=scaled)
        self.compare()

    def test_transparency_is_dropped(self):
        pixels = numpy.concatenate([gradient(), numpy.full((HEIGHT, WIDTH, 1), 7, numpy.uint8)], axis=2)
        wanted = torch.from_numpy(gradient()).permute(2, 0, 1)
        self.expect("a.png", Image.fromarray(pixels, "RGBA"), wanted=wanted)
        # libtiff hands colours on that are multiplied by their opacity.
        opaque = numpy.concatenate([gradient(), numpy.full((HEIGHT, WIDTH, 1), 255, numpy.uint8)], axis=2)
        self.expect("a.tif", Image.fromarray(opaque, "RGBA"), wanted=wanted)
        self.expect("a.webp", Image.fromarray(pixels, "RGBA"), wanted=wanted, lossless=True, exact=True)
        self.compare()

    def test_orientation(self):
        image = Image.fromarray(gradient())
        for orientation in range(1, 9):
            exif = Image.Exif()
            exif[0x0112] = orientation
            for name, options in (("a.jpg", {"quality": 95}), ("a.png", {}), ("a.webp", {"lossless": True})):
                image.save(self.folder / name, exif=exif, **options)
                wanted = as_tensor(ImageOps.exif_transpose(Image.open(self.folder / name)))
                self.expect(name, image, tolerance=2, wanted=wanted, exif=exif, **options)
        self.compare()

    def test_orientation_of_a_tiff(self):
        # Pillow 9 turns a TIFF twice.
        plain = torch.from_numpy(gradient()).permute(2, 0, 1)
        turned = {1: plain, 2: plain.flip(2), 3: plain.flip([1, 2]), 4: plain.flip(1), 5: plain.transpose(1, 2)}
        turned |= {6: turned[5].flip(2), 7: turned[5].flip([1, 2]), 8: turned[5].flip(1)}
        for orientation, wanted in turned.items():
            self.expect(f"{orientation}.tif", Image.fromarray(gradient()), wanted=wanted, tiffinfo={274: orientation})
        self.compare()

    def test_size(self):
        for n, (height, width) in enumerate([(40, 60), (60, 40), (9, 30), (31, 31), (20, 20)]):
            Image.fromarray(gradient(height, width)).save(self.folder / "set" / f"{n}.png")
        got = self.read(20, 20, size=20)
        for n, path in enumerate(sorted((self.folder / "set").iterdir())):
            wanted = F.center_crop(F.resize(as_tensor(Image.open(path)), 20, antialias=True), 20)
            self.assertLessEqual(int((got[n].int() - wanted.int()).abs().max()), 1, path.name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--fed", required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
