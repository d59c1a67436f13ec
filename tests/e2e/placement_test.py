"""`device` and `moved`: where a model is computed, and older checkpoints of one whose parts moved."""

import unittest

from program import ModelcTest, tensors

MODEL = """\
inputs: {x: "float[B, 4]"}
modules:
  trunk: [Linear(3), ReLU]
  fc: Linear(2)
forward: fc(trunk(x))
"""
MOVED = """\
inputs: {x: "float[B, 4]"}
modules:
  body:
    - features: [Linear(3), ReLU]
  fc: Linear(2)
forward: fc(body(x))
"""


class Placement(ModelcTest):
    def test_a_device_that_is_not_there_is_3_at_its_place(self):
        self.write("model.yaml", MODEL + "device: cuda:7\n")
        self.done("check", "model.yaml")
        self.refused(3, "build", "model.yaml", "-o", "w.safetensors", says=["M8117", "model.yaml:6:9", "cuda:7"])
        self.done("build", "model.yaml", "-o", "w.safetensors", "--device", "cpu")
        self.done("build", "model.yaml", "-o", "w.safetensors", "--set", "device=cpu")

    def test_a_device_by_path_that_is_one_for_all(self):
        self.write("model.yaml", MODEL + "device: {\"**\": cpu, fc: cpu}\n")
        self.done("build", "model.yaml", "-o", "w.safetensors")

    def test_no_device_of_that_word_is_1(self):
        self.write("model.yaml", MODEL + "device: banana\n")
        self.refused(1, "build", "model.yaml", "-o", "w.safetensors", says=["M8312", "banana"])


class Moved(ModelcTest):
    def test_an_older_checkpoint_is_loaded(self):
        self.write("old.yaml", MODEL)
        self.done("build", "old.yaml", "-o", "old.safetensors", "--seed", "1")
        self.write("new.yaml", MOVED)
        self.refused(1, "build", "new.yaml", "--weights", "old.safetensors", "-o", "new.safetensors", says="M7104")
        self.write("new.yaml", MOVED + "moved: {trunk: body.features}\n")
        self.done("build", "new.yaml", "--weights", "old.safetensors", "-o", "new.safetensors", "--seed", "2")
        old, new = tensors(self.folder / "old.safetensors")[0], tensors(self.folder / "new.safetensors")[0]
        self.assertEqual(new["body.features.0.weight"], old["trunk.0.weight"])
        self.assertEqual(new["fc.bias"], old["fc.bias"])

    def test_weights_in_the_description_move_too(self):
        self.write("old.yaml", MODEL)
        self.done("build", "old.yaml", "-o", "old.safetensors", "--seed", "1")
        self.write("new.yaml", MOVED + "moved: {trunk: body.features}\nweights: old.safetensors\n")
        self.done("check", "new.yaml", "--werror")
        self.done("build", "new.yaml", "-o", "new.safetensors", "--seed", "2")
        old, new = tensors(self.folder / "old.safetensors")[0], tensors(self.folder / "new.safetensors")[0]
        self.assertEqual(new["body.features.0.bias"], old["trunk.0.bias"])

    def test_an_imported_part_brings_what_moved_in_it(self):
        self.write("old.yaml", "inputs: {x: \"float[B, 4]\"}\nimport: {Part: part.yaml}\nmodules: {p: Part}\nforward: p(x)\n")
        self.write("part.yaml", MODEL)
        self.done("build", "old.yaml", "-o", "old.safetensors")
        self.write("part.yaml", MOVED + "moved: {trunk: body.features}\n")
        self.done("build", "old.yaml", "--weights", "old.safetensors", "-o", "new.safetensors", "--seed", "2")
        old, new = tensors(self.folder / "old.safetensors")[0], tensors(self.folder / "new.safetensors")[0]
        self.assertEqual(new["p.body.features.0.weight"], old["p.trunk.0.weight"])


if __name__ == "__main__":
    unittest.main()
