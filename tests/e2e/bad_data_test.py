"""Data that do not fit: a located diagnostic, exit code 1, no run folder left behind."""

import gzip
import unittest

from program import IRIS, ModelcTest, flowers

TABLE = """\
modelc: 1
inputs: {x: "float[B, 2]"}
targets: {label: "int[B]"}
layers: [Linear(3)]
outputs: {logits: output}
data:
  train: csv("table.csv")
  feed: {x: 'numeric(except="label")'}
loss: cross_entropy(logits, label)
train: {epochs: 1, batch: 2, optimizer: SGD(lr=0.1)}
"""


class BadData(ModelcTest):
    def table(self, text, *says, description=TABLE):
        self.write("table.csv", text)
        self.write("table.yaml", description)
        process = self.refused(1, "train", "table.yaml", "-o", "run", says=says, leaves="run")
        self.assertIn("table.yaml:", process.stderr)
        self.assertEqual(process.stderr.count("error["), 1, process.stderr)

    def test_rows(self):
        self.table("a,b,label\n1,2,0\n2,3,1\n3,4,2\n4,5,3\n", "table.csv:5:3", "3", "0 to 2")
        self.table("a,b,label\n1,2,0\n2,3,-1\n", "table.csv:3:3", "-1")
        self.table("a,b,label\n1,2,0\n2,,1\n3,2,2\n", "table.csv:3:2", "missing value")
        self.table("a,b,label\n1,?,0\n2,1,1\n3,2,2\n", "table.csv:2:2", "missing value")
        self.table("a,b,label\n1,2,0\n2,1\n", "table.csv:3", "2 fields, expected 3")
        self.table('a,b,label\n1,2,0\n2,"1,1\n', "table.csv:3:2", "never closed")
        self.table("a,b,label\n", "no rows")
        self.table("", "empty")
        self.table(b"a,b,label\n1,2,0\n1,\xff,0\n", "table.csv:3:2", "UTF-8")
        self.table(b"a,b,label\n1,2,0\n1,\0,0\n", "table.csv:3:2", "NUL")

    def test_header(self):
        self.table("a,b,lable\n1,2,0\n", "label", description=TABLE.replace('numeric(except="label")', 'numeric("a", "b")'))
        self.table("a,b,c,label\n1,2,3,0\n", "expected 2")
        self.table("a,a,label\n1,2,0\n", "`a` stands twice")
        self.table("a,b,label\n1,2,x\n", "label")

    def test_files(self):
        self.write("table.yaml", TABLE)
        process = self.refused(1, "train", "table.yaml", "-o", "run", says=["table.yaml:7:14", "table.csv"], leaves="run")
        self.assertEqual(process.stderr.count("table.csv` is not there"), 1, "one cause, one report")
        self.assertNotIn("warning", process.stderr)
        self.assertIn("warning", self.run_modelc("check", "table.yaml").stderr)
        (self.folder / "table.csv").mkdir()
        self.refused(1, "train", "table.yaml", "-o", "run", says="folder", leaves="run")

    def test_gzip(self):
        packed = gzip.compress(flowers().encode())
        description = IRIS.replace("flowers.csv", "flowers.csv.gz")
        self.write("flowers.yaml", description)
        self.write("flowers.csv.gz", packed)
        self.done("train", "flowers.yaml", "-o", "whole", "-q")
        for damaged in (packed[:len(packed) // 2], packed[:-6], packed[:-8] + b"12345678", packed[:200] + b"!" + packed[201:]):
            self.write("flowers.csv.gz", damaged)
            self.refused(1, "train", "flowers.yaml", "-o", "run", says="flowers.csv.gz", leaves="run")

    def test_test_data(self):
        self.write("flowers.csv", flowers())
        self.write("test.csv", "a,b,c,d,kind\n1,2,3,4,one\n1,2,3,4,one.\n")
        self.write("flowers.yaml", IRIS.replace("data:\n", 'data:\n  test: csv("test.csv")\n'))
        self.refused(1, "train", "flowers.yaml", "-o", "run", says=["test.csv:3:5", "`one.`"], leaves="run")
        self.write("test.csv", "a,b,c,kind\n1,2,3,one\n")
        self.refused(1, "train", "flowers.yaml", "-o", "run", says="`d`", leaves="run")
        self.write("test.csv", "kind,d,c,b,a\none,4,3,2,1\n")
        self.assertEqual(self.results("train", "flowers.yaml", "-o", "run", "-q")["steps"], 15)

    def test_recipe(self):
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)
        for path, value in (("data.valid.split", "1.5"), ("data.valid.stratify", "colour"), ("train.optimizer", "Adom(lr=1)"),
                            ("train.batch", "0"), ("train.epochs", "many"), ("train.speed", "3")):
            self.refused(1, "train", "flowers.yaml", "--set", f"{path}={value}", "-o", "run", leaves="run")
        self.done("train", "flowers.yaml", "--set", "data.valid=null", "-o", "run", "-q")


if __name__ == "__main__":
    unittest.main()
