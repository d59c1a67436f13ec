"""Small recipes on the real tables, with the traps that such files set. Skipped where the data are absent."""

import os
import sys
import unittest

DATA = os.path.abspath(sys.argv.pop(2))
if not os.path.isdir(DATA):
    print(f"no data in {DATA}")
    sys.exit(77)

from program import ModelcTest  # noqa: E402: takes its own argument first

RECIPE = """\
modelc: 1
inputs: {{{inputs}}}
targets: {{y: "{target}"}}
modules: {{{modules}}}
forward: {{p: '{forward}'}}
data:
  root: {root}
  train: {train}
  valid: {{split: 0.2}}
  feed: {{{feed}}}
loss: {loss}
metrics: {{{metrics}}}
train: {{epochs: {epochs}, batch: 32, optimizer: AdamW(lr=1e-2), seed: 1}}
"""

CLASSES = {"target": "int[B]", "loss": "cross_entropy(p, y)", "metrics": 'score: "accuracy(p, y)"'}
BINARY = {"target": "float[B]", "loss": "binary_cross_entropy_with_logits(p, y)", "metrics": 'score: "accuracy(p, y)"'}

# No newline at the end; a blank after each comma, `?` and .gz; quotes and empty cells; empty cells; a name that stands twice.
TABLES = {
    "iris/iris.csv": dict(CLASSES, inputs='x: "float[B, 4]"', modules="net: [Linear(16), ReLU, Linear(3)]", forward="net(x)",
                          train='csv("iris/iris.csv", header=false)', feed='x: standardize(numeric()), y: category(4)',
                          epochs=10, least=0.8),
    "adult/adult-train.csv.gz": dict(
        BINARY, inputs='x: "float[B, 6]", work: "int[B]"', modules='work: "Embedding(data.categories(1), 2)", net: "Linear(1)"',
        forward="squeeze(net(cat([x, work(work)], dim=1)), 1)", train='csv("adult/adult-train.csv.gz", header=false)',
        feed="x: standardize(numeric()), work: category(1), y: float(category(14))", epochs=1, least=0.78),
    "titanic/train.csv": dict(
        BINARY, inputs='x: "float[B, 3]", sex: "int[B]", port: "int[B]"',
        modules='sexes: "Embedding(2, 2)", ports: "Embedding(data.categories(\'Embarked\'), 2)", net: "Linear(1)"',
        forward="squeeze(net(cat([x, sexes(sex), ports(port)], dim=1)), 1)", train='csv("titanic/train.csv")',
        feed='x: "standardize(stack([where(isnan(Age), 30, Age), Fare, Pclass], dim=1))", sex: category(Sex), port: category(Embarked), '
             'y: float(Survived)', epochs=5, least=0.7),
    "mfeat/mfeat-mor.csv": dict(
        CLASSES, inputs='x: "float[B, 6]"', modules='net: "Linear(10)"', forward="net(x)",
        train="""'csv("mfeat/mfeat-mor.csv", names=["a", "b", "c", "d", "e", "f", "class"])'""",
        feed="""x: 'standardize(numeric(except="class"))', y: category(class)""", epochs=3, least=0.5),
}


class RealData(ModelcTest):
    def test_tables(self):
        for name, table in TABLES.items():
            with self.subTest(name):
                self.write("model.yaml", RECIPE.format(root=DATA, **table))
                results = self.results("train", "model.yaml", "-o", name.replace("/", "_"))
                self.assertGreater(results["valid.score"], table["least"])

    def test_missing_value_is_located(self):
        self.write("model.yaml", RECIPE.format(
            root=DATA, inputs='x: "float[B, 6]"', target="float[B]", modules='net: "Linear(1)"', forward="squeeze(net(x), 1)",
            train='csv("auto-mpg/mpg.csv")', feed="""x: 'standardize(numeric(except="mpg"))', y: mpg""",
            loss="mse_loss(p, y)", metrics='score: "mae(p, y)"', epochs=1))
        self.refused(1, "train", "model.yaml", "-o", "run", says="auto-mpg/mpg.csv:", leaves="run")


if __name__ == "__main__":
    unittest.main()
