"""Checkpoints that are cut off, damaged or made to harm: refused with the file's name, exit code 1, never a crash."""

import json
import random
import struct
import unittest

from program import IRIS, ModelcTest, flowers


def packed(header, data, size=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + data


class HostileFiles(ModelcTest):
    def setUp(self):
        super().setUp()
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)
        self.write("start.yaml", IRIS + "weights: {from: bad.safetensors}\n")
        self.done("train", "flowers.yaml", "-o", "run", "-q")
        self.whole = (self.folder / "run/best.safetensors").read_bytes()
        size = struct.unpack("<Q", self.whole[:8])[0]
        self.header, self.data = json.loads(self.whole[8:8 + size]), self.whole[8 + size:]
        self.end = 8 + size

    def changed(self, **entry):
        name = "classifier.weight"
        return packed({**self.header, name: {**self.header[name], **entry}}, self.data)

    def test_rules_of_the_format(self):
        cases = [b"", b"abc", self.whole[:self.end // 2], self.whole[:-5], self.whole + b"xxxx", packed(self.header, self.data, 2 ** 63),
                 packed(self.header, self.data, 10 ** 6), packed(b"{{{{", b""), packed(b"[]", b""), packed(b'{"a":' * 50000, b""),
                 self.changed(shape=[-1]), self.changed(shape=[2 ** 40, 2 ** 40]), self.changed(shape=[1.5]), self.changed(dtype="Q9"),
                 self.changed(dtype="I32"), self.changed(data_offsets=[-8, 8]), self.changed(data_offsets=[0, 2 ** 62]),
                 self.changed(data_offsets=[8, 0])]
        for bytes_ in cases:
            self.write("bad.safetensors", bytes_)
            # From the header alone, without LibTorch; what only the bytes of the file tell comes below.
            self.refused(1, "check", "start.yaml", says="bad.safetensors")
        self.write("bad.safetensors", self.whole[:-5])
        self.refused(1, "eval", "flowers.yaml", "--weights", "bad.safetensors", says="bad.safetensors")
        self.write("bad.safetensors", packed(
            {**self.header, "__metadata__": {**self.header["__metadata__"], "modelc.fits": "[[["}}, self.data))
        self.refused(1, "eval", "flowers.yaml", "--weights", "bad.safetensors", says="modelc.fits")

    def test_noise(self):
        rng = random.Random(1)
        for _ in range(40):
            damaged = bytearray(self.whole)
            for _ in range(rng.choice((1, 3, 30))):
                damaged[rng.randrange(self.end)] = rng.randrange(256)
            self.write("bad.safetensors", bytes(damaged))
            for file in ("bad.safetensors", "start.yaml"):
                self.assertIn(self.run_modelc("check", file).returncode, (0, 1))


if __name__ == "__main__":
    unittest.main()
