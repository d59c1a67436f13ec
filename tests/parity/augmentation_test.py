"""Augmentation in feeds against torchvision: the same draws, made here anew, through torchvision's functional transforms.

An image of each row is fed by `modelc_fed` as in training; the draws of a row follow from seed, epoch, row and place of the
call (SplitMix64), so this file knows them and asks torchvision for the same image.
"""

import argparse
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy
import torch

try:
    import torchvision.transforms.functional as F
    from torchvision.transforms import InterpolationMode
except ImportError:
    print("skipped: no torchvision here")
    sys.exit(77)

import safetensors_io

MASK = (1 << 64) - 1
SEED, EPOCH, ROWS = 5, 3, 60
HEIGHT, WIDTH = 19, 24


class Random:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * ((self.next() >> 11) * 2.0 ** -53)

    def below(self, bound):
        limit = bound * (MASK // bound)
        value = self.next()
        while value >= limit:
            value = self.next()
        return value % bound


def mix_seed(seed, purpose):
    value = 0xCBF29CE484222325
    for byte in purpose.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return Random(value ^ Random(seed).next()).next()


def draws(row, place, epoch=EPOCH):
    key = Random(mix_seed(SEED, f"draws/{epoch}/0") + row).next() | 1
    return Random(key ^ (((place + 1) * 0xD1342543DE82EF95) & MASK))


def box(random, scale, ratio, wide, fits):
    """torchvision's get_params of a crop or of an erased rectangle."""
    for _ in range(10):
        area = HEIGHT * WIDTH * random.uniform(*scale)
        sides = math.exp(random.uniform(math.log(ratio[0]), math.log(ratio[1])))
        h = round(math.sqrt(area / sides if wide else area * sides))
        w = round(math.sqrt(area * sides if wide else area / sides))
        if fits(h, w):
            return random.below(HEIGHT - h + 1), random.below(WIDTH - w + 1), h, w
    return None


def trivially_augmented(image, random):
    from torchvision.transforms.autoaugment import TrivialAugmentWide, _apply_op
    space = TrivialAugmentWide()._augmentation_space(31)
    name = list(space)[random.below(14)]
    bin_, negative = random.below(31), random.below(2) == 1
    magnitudes, signed = space[name]
    magnitude = float(magnitudes[bin_]) if magnitudes.ndim else 0.0
    if signed and negative:
        magnitude = -magnitude
    return _apply_op(image, name, magnitude, interpolation=InterpolationMode.BILINEAR, fill=None)


def jittered(image, random):
    factors = [random.uniform(0.6, 1.4), random.uniform(0.5, 2.0), random.uniform(0.7, 1.3), random.uniform(-0.1, 0.1)]
    for adjust, factor in zip((F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue), factors):
        image = adjust(image, factor)
    return image


def resized_crop(image, random):
    found = box(random, (0.2, 1.0), (0.75, 4 / 3), True, lambda h, w: 0 < h <= HEIGHT and 0 < w <= WIDTH)
    return F.resize(F.crop(image, *found), [10, 14], antialias=True)


def erased(image, random):
    if random.uniform() >= 0.7:
        return image
    found = box(random, (0.02, 0.33), (0.3, 3.3), False, lambda h, w: h < HEIGHT and w < WIDTH)
    out = image.clone()
    if found:
        top, left, h, w = found
        out[:, top:top + h, left:left + w] = 3
    return out


# The feed's call, the same with torchvision of one image and its row's draws, how far bytes may be apart.
CALLS = {
    "random_crop(image, [12, 16], padding=3)":
        (lambda x, r: F.crop(F.pad(x, 3), r.below(HEIGHT + 6 - 12 + 1), r.below(WIDTH + 6 - 16 + 1), 12, 16), 0),
    "random_flip(image, p=0.4)": (lambda x, r: F.hflip(x) if r.uniform() < 0.4 else x, 0),
    "random_flip(image, vertical=true)": (lambda x, r: F.vflip(x) if r.uniform() < 0.5 else x, 0),
    "random_rotation(image, 25)":
        (lambda x, r: F.rotate(x, r.uniform(-25, 25), interpolation=InterpolationMode.BILINEAR), 1),
    "random_rotation(image, [10, 80], fill=7)":
        (lambda x, r: F.rotate(x, r.uniform(10, 80), interpolation=InterpolationMode.BILINEAR, fill=[7.0]), 1),
    "random_resized_crop(image, [10, 14], scale=[0.2, 1])": (resized_crop, 1),
    "random_erasing(image, p=0.7, value=3)": (erased, 0),
    "color_jitter(image, brightness=0.4, contrast=[0.5, 2], saturation=0.3, hue=0.1)": (jittered, 1),
    "augment(image)": (trivially_augmented, 1),
    "resize(image, [30, 11])": (lambda x, r: F.resize(x, [30, 11], antialias=True), 0),
    "center_crop(image, [11, 30])": (lambda x, r: F.center_crop(x, [11, 30]), 0),
}
BYTES_ONLY = ("augment(image)",)


class Augmentation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        generator = torch.Generator().manual_seed(1)
        # Smooth pictures: of noise, a rounding in a place would be a large difference.
        coarse = torch.rand((ROWS, 3, 5, 6), generator=generator)
        smooth = torch.nn.functional.interpolate(coarse, size=(HEIGHT, WIDTH), mode="bicubic").clamp(0, 1)
        self.images = (smooth * 255).to(torch.uint8)
        numpy.save(self.folder / "image.npy", self.images.numpy())

    def fed(self, feed, shape, epoch=EPOCH):
        text = (f"modelc: 1\ninputs: {{x: '{shape}'}}\nforward: {{y: x * 1}}\ndata:\n  train: npy(image=\"image.npy\")\n"
                f"  feed: {{x: '{feed}'}}\n")
        (self.folder / "feed.yaml").write_text(text)
        done = subprocess.run([ARGUMENTS.fed, str(self.folder / "feed.yaml"), "--seed", str(SEED), "--epoch", str(epoch),
                               "-o", str(self.folder / "fed.safetensors")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return safetensors_io.load(self.folder / "fed.safetensors")["x"]

    def compare(self, got, images, wanted, tolerance):
        changed = 0
        for row in range(ROWS):
            want = wanted(images[row], draws(row, 0))
            self.assertEqual(got[row].shape, want.shape)
            apart = (got[row].double() - want.double()).abs()
            # A value between two bytes may go either way; a hue is rounded, where torchvision cuts it off.
            self.assertLessEqual(float(apart.max()), tolerance, f"row {row}")
            changed += want.shape != images[row].shape or not torch.equal(want, images[row])
        self.assertGreater(changed, ROWS // 5)

    def test_bytes(self):
        for call, (wanted, tolerance) in CALLS.items():
            with self.subTest(call):
                shape = list(wanted(self.images[0], draws(0, 0)).shape)
                got = self.fed(call, f"uint8[B, {', '.join(map(str, shape))}]")
                self.compare(got, self.images, wanted, tolerance)

    def test_floats(self):
        floats = self.images.float() / 255
        for call, (wanted, _) in CALLS.items():
            if call in BYTES_ONLY:
                continue
            with self.subTest(call):
                shape = list(wanted(floats[0], draws(0, 0)).shape)
                got = self.fed(call.replace("image", "image / 255"), f"float[B, {', '.join(map(str, shape))}]")
                self.compare(got, floats, wanted, 2e-3)

    def test_each_call_and_epoch_draws_anew(self):
        both = self.fed("image -> random_flip() -> random_flip()", f"uint8[B, 3, {HEIGHT}, {WIDTH}]")
        for row in range(ROWS):
            want = self.images[row]
            for place in (0, 1):
                want = F.hflip(want) if draws(row, place).uniform() < 0.5 else want
            self.assertTrue(torch.equal(both[row], want))
        later = self.fed("random_flip(image)", f"uint8[B, 3, {HEIGHT}, {WIDTH}]", epoch=4)
        for row in range(ROWS):
            want = F.hflip(self.images[row]) if draws(row, 0, epoch=4).uniform() < 0.5 else self.images[row]
            self.assertTrue(torch.equal(later[row], want))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--fed", required=True)
    ARGUMENTS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
