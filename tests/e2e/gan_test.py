"""Networks that train against each other learn to draw what the data are: by turns alone, and with a gradient penalty."""

import pathlib
import unittest

from program import ModelcTest

RECIPES = pathlib.Path(__file__).resolve().parents[2] / "models" / "recipes"

GAN = """\
modelc: 1
inputs: {real: "float[B, 2]", noise: "float[B, 4] = randn(real.shape[0], 4)"}
modules:
  generator: [Linear(24), ReLU, Linear(2)]
  critic: [Linear(24), LeakyReLU(0.2), Linear(24), LeakyReLU(0.2), Linear(1)]
forward: {fake: generator(noise)}
data:
  train: "synthetic(1024, spread=normal(2, std=0.3), real=spread + tensor([2.0, -1.0]))"
  valid: {split: 0.25}
metrics: {x: "fake[:, 0]", y: "fake[:, 1]", wide: "abs(fake[:, 0] - mean(fake[:, 0]))"}
train:
  epochs: 40
  batch: 64
  turns:
    critic: {minimize: "softplus(critic(detach(fake))).mean() + softplus(-critic(real)).mean()", update: critic, optimizer: "Adam(lr=2e-3, betas=[0.5, 0.9])"}
    generator: {minimize: softplus(-critic(fake)).mean(), update: generator, optimizer: "Adam(lr=1e-3, betas=[0.5, 0.9])"}
  best: {metric: valid.generator}
  average: 0.99
  seed: 1
"""


class Gan(ModelcTest):
    def test_turns_learn_where_the_data_are(self):
        self.write("gan.yaml", GAN)
        results = self.results("train", "gan.yaml", "-o", "run", "-q")
        last = self.results("eval", "gan.yaml", "--weights", "run/last.safetensors")
        self.assertAlmostEqual(last["valid.x"], 2, delta=0.4)
        self.assertAlmostEqual(last["valid.y"], -1, delta=0.4)
        self.assertGreater(last["valid.wide"], 0.05)  # not all in one point
        self.assertIn("valid.critic", results)

    def test_a_gradient_penalty_learns_two_centres(self):
        first = self.results("train", RECIPES / "wgan_gp.yaml", "--set", "train.epochs=2", "-o", "one", "-q")
        results = self.results("train", RECIPES / "wgan_gp.yaml", "--set", "train.epochs=60", "-o", "run", "-q")
        self.assertLess(results["valid.away"], 0.6)
        self.assertLess(results["valid.away"], first["valid.away"] / 2)
        self.assertAlmostEqual(results["valid.share"], 0.5, delta=0.3)


if __name__ == "__main__":
    unittest.main()
