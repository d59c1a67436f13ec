"""modelc predict: forms of inputs and outputs, only what is asked for, and everything that does not fit."""

import unittest

import numpy

from program import ModelcTest, tensors

MODEL = """\
modelc: 1
name: Reader
inputs:
  x: float[B, T, 4]
  state: (float[1, B, 3], float[1, B, 3]) = null
  scale: float[] = 2.0
  kind: choice[a, b]
modules:
  rnn: LSTM(3, batch_first=true)
  heads:
    dict: {a: Linear(2), b: Linear(2)}
forward:
  y, s: rnn(x, state) if defined(state) else rnn(x)
  m: y * scale
  out: heads[kind](m)
outputs: {out: out, state: s, feat: m}
"""


class Prediction(ModelcTest):
    def setUp(self):
        super().setUp()
        self.write("model.yaml", MODEL)
        self.done("build", "model.yaml", "--seed", 1, "-o", "model.safetensors")
        random = numpy.random.RandomState(0)
        self.x = random.randn(2, 5, 4).astype("f4")
        self.h, self.c = random.randn(1, 2, 3).astype("f4"), random.randn(1, 2, 3).astype("f4")
        for name in "xhc":
            numpy.save(self.folder / f"{name}.npy", getattr(self, name))

    def predict(self, *arguments, out="out.npz"):
        self.done("predict", "model.safetensors", *arguments, "-o", out)
        return dict(numpy.load(self.folder / out)) if out.endswith(".npz") else None

    def test_forms(self):
        first = self.predict("--inputs", "x=x.npy", "--inputs", "kind=a")
        self.assertEqual(list(first), ["out", "state.0", "state.1", "feat"])
        self.assertEqual(first["out"].shape, (2, 5, 2))
        numpy.savez_compressed(self.folder / "in.npz", x=self.x)
        numpy.save(self.folder / "big.npy", numpy.asfortranarray(self.x.astype(">f4")))
        for form in ("in.npz", "x=big.npy"):
            again = self.predict("--inputs", form, "--inputs", "kind=a")
            for name in first:
                numpy.testing.assert_array_equal(first[name], again[name])
        self.done("predict", "model.yaml", "--weights", "model.safetensors", "--inputs", "in.npz", "--inputs", "kind=a",
                  "-o", "out=one.npy", "-o", "state.1=two.npy", "-o", "all.safetensors")
        numpy.testing.assert_array_equal(numpy.load(self.folder / "one.npy"), first["out"])
        numpy.testing.assert_array_equal(numpy.load(self.folder / "two.npy"), first["state.1"])
        self.assertEqual(tensors(self.folder / "all.safetensors")[0]["feat"], first["feat"].tobytes())

    def test_images_on_a_sheet(self):
        """`NAME=FILE.png`: [N, H, W] as images side by side; anything else is no image."""
        self.predict("--inputs", "x=x.npy", "--inputs", "kind=a", out="feat=feat.png")
        png = (self.folder / "feat.png").read_bytes()
        self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
        width, height = (int.from_bytes(png[at:at + 4], "big") for at in (16, 20))
        self.assertGreaterEqual(min(width, height), 64)  # small images are enlarged
        self.refused(1, "predict", "model.safetensors", "--inputs", "x=x.npy", "--inputs", "kind=a", "-o", "nothing=x.png",
                     says="nothing")
        self.refused(2, "predict", "model.safetensors", "--inputs", "x=x.npy", "--inputs", "kind=a", "-o", "x.png", says="NAME=FILE.png")

    def test_optional_inputs(self):
        plain = self.predict("--inputs", "x=x.npy", "--inputs", "kind=b")
        null = self.predict("--inputs", "x=x.npy", "--inputs", "kind=b", "--inputs", "state=null")
        numpy.testing.assert_array_equal(plain["out"], null["out"])
        given = self.predict("--inputs", "x=x.npy", "--inputs", "kind=b", "--inputs", "state.0=h.npy", "--inputs", "state.1=c.npy")
        self.assertFalse(numpy.array_equal(plain["out"], given["out"]))
        half = self.predict("--inputs", "x=x.npy", "--inputs", "kind=b", "--inputs", "scale=1")
        numpy.testing.assert_allclose(half["feat"] * 2, plain["feat"], rtol=1e-6)

    def test_only_what_is_asked_for(self):
        self.assertEqual(list(self.predict("--inputs", "x=x.npy", "--outputs", "feat")), ["feat"])
        self.assertEqual(list(self.predict("--inputs", "x=x.npy", "--outputs", "state.1,feat")), ["state.1", "feat"])
        self.refused(1, "predict", "model.safetensors", "--inputs", "x=x.npy", "--outputs", "out", "-o", "o.npz", says="`kind`")

    def test_what_does_not_fit(self):
        numpy.save(self.folder / "double.npy", self.x.astype("f8"))
        numpy.save(self.folder / "wide.npy", numpy.zeros((2, 5, 7), "f4"))
        numpy.save(self.folder / "none.npy", numpy.zeros((0, 5, 4), "f4"))
        numpy.save(self.folder / "three.npy", numpy.zeros((1, 3, 3), "f4"))
        numpy.save(self.folder / "objects.npy", numpy.array([{}, 1], dtype=object), allow_pickle=True)
        self.write("cut.npy", (self.folder / "x.npy").read_bytes()[:100])
        self.write("noise.npz", b"PK\x03\x04" + bytes(200))
        faults = {
            ("x=double.npy",): "float64", ("x=wide.npy",): "7", ("x=none.npy",): "0",
            ("x=objects.npy",): "pickle", ("x=cut.npy",): "cut.npy", ("noise.npz",): "noise.npz",
            ("x=absent.npy",): "absent.npy", ("y=x.npy",): "`y`", ("x=x.npy", "kind=c"): "`c`", ("x=x.npy", "x=x.npy"): "twice",
            ("x=x.npy", "state.0=h.npy"): "state.1", ("x=x.npy", "state.0=h.npy", "state.1=three.npy"): "state.1", ("x=x.npy", "state=h.npy"): "state.0",
            ("x=x.npy", "scale=abc"): "abc", ("model.yaml",): "model.yaml", (): "`x`"}
        for given, says in faults.items():
            inputs = [word for one in given + (() if any(g.startswith("kind") for g in given) else ("kind=a",))
                      for word in ("--inputs", one)]
            self.refused(1, "predict", "model.safetensors", *inputs, "-o", "out.npz", says=says, leaves="out.npz")

    def test_variants_that_no_check_looked_at(self):
        words = [f"w{i}" for i in range(20)]
        self.write("many.yaml", f"""\
modelc: 1
inputs:
  x: float[B, 4]
  a: float[B, 4] = null
  b: float[B, 4] = null
  c: float[B, 4] = null
  p: choice[{", ".join(words)}]
  q: choice[{", ".join(words)}]
modules:
  first: {{dict: {{{", ".join(w + ": Linear(4)" for w in words)}}}}}
  second: {{dict: {{{", ".join(w + ": Linear(3)" for w in words)}}}}}
forward:
  - h: first[p](x)
  - if defined(a) and defined(b) and not defined(c): {{h: h + a}}
  - y: second[q](h)
""")
        self.done("build", "many.yaml", "--seed", 2, "-o", "many.safetensors")
        rows = self.x[:, 0]
        numpy.save(self.folder / "rows.npy", rows)
        weights = {name: numpy.frombuffer(data, "f4") for name, data in tensors(self.folder / "many.safetensors")[0].items()}
        for others, added in ((("b=rows.npy",), rows), (("c=rows.npy",), 0)):
            optional = [word for one in ("a=rows.npy", *others) for word in ("--inputs", one)]
            self.done("predict", "many.safetensors", "--inputs", "x=rows.npy", *optional, "--inputs", "p=w11",
                      "--inputs", "q=w7", "-o", "y=y.npy")
            hidden = rows @ weights["first.w11.weight"].reshape(4, 4).T + weights["first.w11.bias"] + added
            expected = hidden @ weights["second.w7.weight"].reshape(3, 4).T + weights["second.w7.bias"]
            numpy.testing.assert_allclose(numpy.load(self.folder / "y.npy"), expected, rtol=1e-5, atol=1e-6)

    def test_sizes_that_data_decide(self):
        self.write("sized.yaml", """\
modelc: 1
inputs: {x: "float[B, 4]"}
modules: {f: Linear(4)}
forward:
  - at: int[K, 2] = nonzero(x > 0)
  - found: x.flatten()[at[:, 0] * 4 + at[:, 1]]
  - paired: f(x)[:, 0] + at[:, 0]
outputs: [found, paired]
""")
        self.done("build", "sized.yaml", "-o", "sized.safetensors")
        given = ["predict", "sized.safetensors", "--inputs", "x=rows.npy", "--outputs"]
        for rows in (self.x[:, 0], -numpy.abs(self.x[:, 0])):  # some, and none
            numpy.save(self.folder / "rows.npy", rows)
            self.done(*given, "found", "-o", "found=found.npy")
            numpy.testing.assert_array_equal(numpy.load(self.folder / "found.npy"), rows[rows > 0])
        self.refused(1, *given, "paired", "-o", "out.npz", says="`B == K1` does not hold for B = 2, K1 = 0", leaves="out.npz")

    def test_outputs(self):
        given = ["predict", "model.safetensors", "--inputs", "x=x.npy", "--inputs", "kind=a"]
        self.refused(1, *given, "--outputs", "nothing", "-o", "out.npz", says="`nothing`", leaves="out.npz")
        self.refused(1, *given, "-o", "nothing=out.npy", says="`nothing`", leaves="out.npy")
        self.refused(2, *given, "-o", "out.txt", says="out.txt")
        self.refused(2, *given, says="-o")
        self.refused(3, *given, "-o", "absent/out.npz", says="absent/out.npz")


if __name__ == "__main__":
    unittest.main()
