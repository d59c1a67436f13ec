"""Rows on their way to the model and back: what a feed fills in, how sources are combined and divided, what is shown of
them, and predictions for rows that nobody has labelled."""

import csv
import io
import json
import pathlib
import random
import re
import unittest

from program import IRIS, ModelcTest, flowers, tensors

PEOPLE = """\
modelc: 1
name: People
inputs: {x: "float[B, 2]", city: "int[B]"}
targets: {label: "int[B]"}
modules:
  cities: Embedding(data.categories("city"), 3)
  body: [Linear(12), ReLU]
  classifier: Linear(data.categories("class"))
forward:
  logits: cat([x, cities(city)], dim=1) -> body -> classifier
data:
  train: csv("people.csv", sep=";")
  valid: {split: 0.25, stratify: label}
  feed:
    x: standardize(impute(numeric(age, income)))
    city: category(impute(city))
    label: category("class")
loss: cross_entropy(logits, label)
metrics: {accuracy: "accuracy(logits, label)"}
train: {epochs: 12, batch: 16, optimizer: Adam(lr=3e-2), seed: 3}
"""


def people(rows=160, labelled=True):
    """Who earns how much; every ninth age and every eleventh city is missing."""
    draw = random.Random(5)
    lines = ["id;age;income;city" + (";class" if labelled else "")]
    for row in range(rows):
        kind = row % 3
        age = "?" if row % 9 == 8 else str(20 + 15 * kind + draw.randint(0, 9))
        city = "" if row % 11 == 10 else draw.choice(["north", "south", "the \"old\" west"]).replace('"', '""')
        city = f'"{city}"' if '"' in city else city
        cells = [f"p{row:03}", age, f"{2000 + 800 * kind + draw.gauss(0, 150):.2f}", city]
        lines.append(";".join(cells + ([["low", "middle", "high"][kind]] if labelled else [])))
    return "\n".join(lines) + "\n"


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


class Prediction(ModelcTest):
    def setUp(self):
        super().setUp()
        self.write("people.csv", people())
        self.write("people.yaml", PEOPLE)
        self.done("train", "people.yaml", "-o", "run", "-q")
        self.checkpoint = "run/best.safetensors"

    def test_rows_come_back_with_the_names_of_classes(self):
        self.write("new.csv", people(30, labelled=False))
        self.done("predict", "people.yaml", "--weights", self.checkpoint, "--data", "new.csv", "-o", "out.csv")
        rows = rows_of((self.folder / "out.csv").read_text())
        self.assertEqual(len(rows), 30)
        self.assertEqual(list(rows[0]), ["id", "age", "income", "city", "label", "p(high)", "p(low)", "p(middle)"])
        right = 0
        for number, row in enumerate(rows):
            shares = {name: float(row[f"p({name})"]) for name in ("high", "low", "middle")}
            self.assertAlmostEqual(sum(shares.values()), 1, places=5)
            self.assertEqual(row["label"], max(shares, key=shares.get))
            right += row["label"] == ("low", "middle", "high")[number % 3]
        self.assertGreater(right, 24)
        self.assertEqual(rows[8]["age"], "?", "cells stay as they are written")
        for row, given in zip(rows, csv.DictReader(io.StringIO(people(30, labelled=False)), delimiter=";")):
            self.assertEqual({name: row[name] for name in given}, given)
        self.assertIn('the "old" west', {row["city"] for row in rows})

    def test_nothing_of_the_training_data_is_needed(self):
        self.write("new.csv", people(12))
        self.done("predict", "people.yaml", "--weights", self.checkpoint, "--data", "new.csv", "-o", "before.csv")
        before = self.results("eval", "people.yaml", "--weights", self.checkpoint, "--set", 'data.test=csv("new.csv", sep=";")')
        (self.folder / "people.csv").unlink()
        for file in ("people.yaml", self.checkpoint):
            self.done("predict", file, "--weights", self.checkpoint, "--data", "new.csv", "-o", "after.csv")
            self.assertEqual((self.folder / "before.csv").read_text(), (self.folder / "after.csv").read_text())
        after = self.results("eval", "people.yaml", "--weights", self.checkpoint, "--set", 'data.test=csv("new.csv", sep=";")')
        self.assertEqual(before, after)
        self.assertEqual(after["split"], "test")
        self.done("summary", self.checkpoint)
        # A part of the training rows cannot be scored without them.
        self.refused(1, "eval", "people.yaml", "--weights", self.checkpoint, "--split", "valid", says="people.csv")
        self.refused(1, "train", "people.yaml", "-o", "again", says="people.csv", leaves="again")

    def test_what_is_built_of_a_checkpoint_keeps_what_it_was_fitted_to(self):
        self.write("new.csv", people(12))
        self.done("build", "people.yaml", "--weights", self.checkpoint, "-o", "built.safetensors", "-q")
        for file in (self.checkpoint, "built.safetensors"):
            self.done("predict", file, "--data", "new.csv", "-o", file.replace("/", "-") + ".csv")
        self.assertEqual((self.folder / "built.safetensors.csv").read_text(), (self.folder / "run-best.safetensors.csv").read_text())

    def test_arrays_and_single_outputs(self):
        self.write("new.csv", people(40))
        self.done("predict", self.checkpoint, "--data", "new.csv", "-o", "out.safetensors", "-o", "logits=one.npy", "-o", "out.npz")
        found, _ = tensors(self.folder / "out.safetensors")
        self.assertEqual(list(found), ["logits"])
        self.assertEqual(len(found["logits"]), 40 * 3 * 4)
        self.assertTrue((self.folder / "one.npy").read_bytes().endswith(found["logits"]))
        self.assertIn(found["logits"], (self.folder / "out.npz").read_bytes())
        self.refused(1, "predict", self.checkpoint, "--data", "new.csv", "-o", "logit=one.npy", says="logits")
        self.refused(1, "predict", self.checkpoint, "--data", "new.csv", "--outputs", "logit", "-o", "x.csv", says="logits", leaves="x.csv")

    def test_any_source(self):
        self.write("other.txt", people(6).replace(";", "|"))
        self.done("predict", self.checkpoint, "--data", 'csv("other.txt", sep="|")', "-o", "out.csv")
        self.assertEqual(len(rows_of((self.folder / "out.csv").read_text())), 6)
        self.write("a.csv", people(4))
        self.done("predict", self.checkpoint, "--data", 'mix(csv("a.csv", sep=";"), csv("a.csv", sep=";"))', "-o", "out.csv")
        self.assertEqual(len(rows_of((self.folder / "out.csv").read_text())), 8)

    def test_faults_name_the_row(self):
        def fault(text, *says):
            self.write("new.csv", text)
            process = self.refused(1, "predict", self.checkpoint, "--data", "new.csv", "-o", "out.csv", says=says, leaves="out.csv")
            self.assertEqual(process.stderr.count("error["), 1, process.stderr)
        fault(people(5).replace("south", "east").replace("north", "east"), "new.csv:", ":4: `east`", "M8104")
        fault("id;age;city\np1;3;north\n", "no column `income`")
        fault("id;age;income;city\np1;3;much;north\n", "new.csv:2:3")
        fault("id;age;income;city\n", "no rows")
        self.refused(1, "predict", self.checkpoint, "--data", "nowhere.csv", "-o", "out.csv", says="nowhere.csv", leaves="out.csv")
        self.assertEqual(sorted(path.name for path in self.folder.glob(".*")), [], "nothing is left beside")

    def test_usage(self):
        self.write("new.csv", people(5))
        self.refused(2, "predict", self.checkpoint, "--data", "new.csv", "--inputs", "x=x.npy", "-o", "out.csv", says="--data")
        self.refused(2, "predict", self.checkpoint, "--inputs", "x=x.npy", "-o", "out.csv", says="--data")
        self.refused(2, "predict", self.checkpoint, "--data", "new.csv", says="-o")
        self.refused(3, "predict", self.checkpoint, "--data", "new.csv", "-o", "no/such/folder.csv", says="no/such")

    def test_a_name_that_is_taken(self):
        self.write("people.yaml", PEOPLE.replace("label", "class").replace('category("class")', 'category(column("class"))'))
        self.done("train", "people.yaml", "-o", "other", "-q")
        self.write("new.csv", people(3))
        self.done("predict", "other/best.safetensors", "--data", "new.csv", "-o", "out.csv")
        header = (self.folder / "out.csv").read_text().splitlines()[0]
        self.assertEqual(header, "id,age,income,city,class,predicted.class,p(high),p(low),p(middle)")


class Outputs(ModelcTest):
    def test_numbers_vectors_and_what_is_no_row(self):
        self.write("t.csv", "a,b,y\n" + "\n".join(f"{i},{i % 7},{2 * i}" for i in range(40)) + "\n")
        model = """\
modelc: 1
inputs: {x: "float[B, 2]"}
targets: {y: "float[B]"}
modules: {body: Linear(3), out: Linear(1)}
forward:
  h: body(x)
  price: squeeze(out(h), -1)
outputs: {price: price, h: h, total: h.sum(), pair: "(price, h > 0)"}
data:
  train: csv("t.csv")
  feed: {x: "numeric(a, b)"}
loss: mse_loss(price, y)
train: {epochs: 1, batch: 8, optimizer: SGD(lr=1e-4)}
"""
        self.write("t.yaml", model)
        self.done("train", "t.yaml", "-o", "run", "-q")
        last = "run/last.safetensors"
        self.refused(1, "predict", last, "--data", "t.csv", "-o", "out.csv", says=["M7120", "`total`", "t.yaml"], leaves="out.csv")
        self.done("predict", last, "--data", "t.csv", "--outputs", "price,h,pair", "-o", "out.csv")
        text = (self.folder / "out.csv").read_text()
        self.assertEqual(text.splitlines()[0], "a,b,y,price,h.0,h.1,h.2,pair.0,pair.1.0,pair.1.1,pair.1.2")
        rows = rows_of(text)
        self.assertEqual([row["a"] for row in rows], [str(i) for i in range(40)])
        self.assertEqual(rows[5]["price"], rows[5]["pair.0"])
        self.assertEqual(rows[5]["pair.1.0"], str(float(rows[5]["h.0"]) > 0).lower())
        # Twice the same bytes, whatever the batches.
        self.done("predict", last, "--data", "t.csv", "--outputs", "price,h,pair", "-o", "again.csv", "--set", "train.batch=1")
        again = rows_of((self.folder / "again.csv").read_text())
        for one, other in zip(rows, again):
            self.assertAlmostEqual(float(one["price"]), float(other["price"]), places=4)

    def test_two_classes_by_one_logit_and_by_argmax(self):
        self.write("t.csv", "a,k\n" + "\n".join(f"{i % 10},{'yes' if i % 10 > 4 else 'no'}" for i in range(60)) + "\n")
        model = """\
modelc: 1
inputs: {a: "float[B]"}
targets: {k: "float[B]"}
modules: {out: Linear(1)}
forward: {score: "squeeze(out(unsqueeze(a, -1)), -1)"}
data:
  train: csv("t.csv")
  feed: {a: standardize(a), k: category(k).float()}
loss: binary_cross_entropy_with_logits(score, k)
train: {epochs: 30, batch: 8, optimizer: Adam(lr=0.1)}
"""
        self.write("t.yaml", model)
        self.done("train", "t.yaml", "-o", "run", "-q")
        self.write("new.csv", "a\n0\n9\n")
        self.done("predict", "run/last.safetensors", "--data", "new.csv", "-o", "out.csv")
        rows = rows_of((self.folder / "out.csv").read_text())
        self.assertEqual(list(rows[0]), ["a", "k", "p(no)", "p(yes)"])
        self.assertEqual([row["k"] for row in rows], ["no", "yes"])
        model = model.replace('k: "float[B]"', 'k: "int[B]"').replace("Linear(1)", "Linear(2)").replace(".float()", "")
        model = model.replace('{score: "squeeze(out(unsqueeze(a, -1)), -1)"}', "{score: \"out(unsqueeze(a, -1))\"}\noutputs: {best: \"argmax(score, dim=1)\"}")
        self.write("t.yaml", model.replace("binary_cross_entropy_with_logits", "cross_entropy"))
        self.done("train", "t.yaml", "-o", "two", "-q")
        self.done("predict", "two/last.safetensors", "--data", "new.csv", "-o", "out.csv")
        self.assertEqual([row["k"] for row in rows_of((self.folder / "out.csv").read_text())], ["no", "yes"])


class Sources(ModelcTest):
    def trained(self, train, more="", feed="{x: 'numeric(a, b)', label: category(kind)}", options=()):
        description = f"""\
modelc: 1
inputs: {{x: "float[B, 2]"}}
targets: {{label: "int[B]"}}
layers: [Linear(2)]
outputs: {{logits: output}}
data:
  train: {train}
  feed: {feed}
{more}
loss: cross_entropy(logits, label)
train: {{epochs: 2, batch: 8, optimizer: SGD(lr=0.1), seed: 1}}
"""
        self.write("model.yaml", description)
        return self.done("train", "model.yaml", "-o", "run", "-q", "--overwrite", "--format", "json", *options)

    def table(self, name, rows, shift=0.0, kinds=("no", "yes")):
        lines = ["a,b,kind"] + [f"{(i * 7 % 10) / 10 + shift},{i % 3},{kinds[i % len(kinds)]}" for i in range(rows)]
        self.write(name, "\n".join(lines) + "\n")

    def test_mix(self):
        self.table("a.csv", 10)
        self.table("b.csv", 54, 5)
        one = json.loads(self.trained('mix(csv("a.csv"), csv("b.csv"), weights=[0.5, 0.5])'))
        self.assertEqual(one["steps"], 16, "an epoch is as long as both files")
        two = json.loads(self.trained('mix(csv("a.csv"), csv("b.csv"), weights=[0.5, 0.5])'))
        other = json.loads(self.trained('mix(csv("a.csv"), csv("b.csv"))'))
        self.assertEqual(one["train.loss"], two["train.loss"])
        self.assertNotEqual(one["train.loss"], other["train.loss"])
        self.write("b.csv", "a,kind\n1,no\n")
        process = self.refused(1, "check", "model.yaml", says=["M8302", "without the column `b`"])
        self.assertEqual(process.stderr.count("error["), 1, process.stderr)

    def test_a_mix_goes_on_as_if_nothing_had_happened(self):
        self.table("a.csv", 10)
        self.table("b.csv", 30, 5)
        self.trained('mix(csv("a.csv"), csv("b.csv"), weights=[0.7, 0.3])', options=("--set", "train.epochs=4"))
        whole, _ = tensors(self.folder / "run/last.safetensors")
        self.trained('mix(csv("a.csv"), csv("b.csv"), weights=[0.7, 0.3])', options=("--set", "train.epochs=2"))
        self.done("train", "model.yaml", "-o", "run", "-q", "--resume", "--set", "train.epochs=4")
        resumed, _ = tensors(self.folder / "run/last.safetensors")
        self.assertEqual(whole, resumed)
        self.write("model.yaml", (self.folder / "model.yaml").read_text().replace("[0.7, 0.3]", "[0.6, 0.4]"))
        self.refused(1, "train", "model.yaml", "-o", "run", "-q", "--resume", "--set", "train.epochs=5", says=["0.7, 0.3", "0.6, 0.4"])

    def test_zip_by_key(self):
        self.write("left.csv", "id,a,kind\n" + "\n".join(f"k{i},{i / 20},{'yes' if i > 9 else 'no'}" for i in range(20)) + "\n")
        self.write("right.csv", "b,id\n" + "\n".join(f"{i % 4},k{i}" for i in reversed(range(25))) + "\n")
        feed = "{x: 'numeric(l.a, r.b)', label: category(l.kind)}"
        self.trained('zip(l=csv("left.csv"), r=csv("right.csv"), on="id")', feed=feed)
        shown = json.loads(self.done("data", "show", "model.yaml", "--format", "json"))
        self.assertEqual([column["name"] for column in shown["sources"][0]["columns"]], ["l.id", "l.a", "l.kind", "r.b", "r.id"])
        for row in shown["rows"]:
            self.assertEqual(row["source"]["l.id"], row["source"]["r.id"])
        self.write("right.csv", "b,id\n1,k0\n")
        process = self.refused(1, "train", "model.yaml", "-o", "no", says=["M8107", "left.csv:3:1", "`k1`", "18 rows more"], leaves="no")
        self.assertEqual(process.stderr.count("error["), 1)
        self.write("right.csv", "b,id\n" + "\n".join(f"{i % 4},{i}" for i in range(20)) + "\n")
        self.refused(1, "check", "model.yaml", says=["M8302", "`id`", "numbers"])

    def test_alternate_within_zip(self):
        for name in ("p", "q"):
            self.table(f"{name}.csv", 12)
        self.write("r.csv", "c\n" + "\n".join(str(i) for i in range(12)) + "\n")
        feed = "{x: 'numeric(m.a, n.c)', label: category(m.kind)}"
        result = json.loads(self.trained('zip(m=alternate(csv("p.csv"), csv("q.csv")), n=csv("r.csv"))', feed=feed))
        self.assertEqual(result["steps"], 8)

    def test_choice_columns(self):
        self.table("a.csv", 12)
        self.write("model.yaml", """\
modelc: 1
inputs: {kind: "choice[text, image]", x: "float[B, 2]"}
targets: {label: "int[B]"}
modules:
  heads: {dict: {text: Linear(2), image: Linear(2)}}
forward: {logits: 'heads["${kind}"](x)'}
data:
  train: alternate(csv("a.csv", names=["a", "b", "word"]) -> with(kind="text"), csv("a.csv", names=["a", "b", "word"]) -> with(kind="image"))
  feed: {x: 'numeric(a, b)', label: category(word)}
loss: cross_entropy(logits, label)
train: {epochs: 1, batch: 4, optimizer: SGD(lr=0.1)}
""")
        self.assertEqual(self.results("train", "model.yaml", "-o", "run", "-q")["steps"], 6)
        self.done("predict", "run/last.safetensors", "--data", 'csv("a.csv", names=["a", "b", "word"]) -> with(kind="text")', "-o", "out.csv")
        self.refused(1, "predict", "run/last.safetensors", "--data", 'csv("a.csv", names=["a", "b", "word"])', "-o", "no.csv", says="with(kind=", leaves="no.csv")

    def test_balance_and_weights(self):
        self.write("t.csv", "a,b,kind\n" + "\n".join(f"{i / 90},{i % 3},{'rare' if i % 15 == 0 else 'common'}" for i in range(90)) + "\n")
        plain = json.loads(self.trained('csv("t.csv")'))
        balanced = json.loads(self.trained('csv("t.csv")', "  balance: label"))
        self.assertEqual(plain["steps"], balanced["steps"])
        self.assertNotEqual(plain["train.loss"], balanced["train.loss"])
        weighted = self.write("weighted.yaml", (self.folder / "model.yaml").read_text().replace("  balance: label\n", "").replace(
            "(logits, label)", '(logits, label, weight=data.weights("kind"))'))
        text = self.done("ir", "weighted.yaml")
        # common 84 of 90, rare 6 of 90: n / (k * count).
        self.assertRegex(text, r"0\.535714\d*, 7\.5")
        self.done("train", "weighted.yaml", "-o", "w", "-q")
        (self.folder / "t.csv").unlink()
        self.assertRegex(self.done("ir", "w/last.safetensors"), r"0\.535714\d*, 7\.5")

    def test_splits(self):
        self.table("t.csv", 40)
        def parts(valid):
            self.trained('csv("t.csv")', f"  valid: {valid}")
            shown = json.loads(self.done("data", "show", "model.yaml", "--format", "json"))
            scored = self.results("eval", "model.yaml", "--weights", "run/last.safetensors")
            self.assertEqual(scored["rows"], shown["splits"]["valid"], "the same split when it is scored")
            return shown["splits"]["train"], shown["splits"]["valid"]
        self.assertEqual(parts("{split: 0.25}"), (30, 10))
        self.assertEqual(parts("{split: 0.2, stratify: label}"), (32, 8))
        self.assertEqual(parts("{folds: 4, fold: 1, stratify: kind}"), (30, 10))
        self.table("v.csv", 7)
        self.assertEqual(parts('csv("v.csv")'), (40, 7))
        self.write("t.csv", (self.folder / "t.csv").read_text().replace("a,b,kind", "a,b,kind,m").replace("no\n", "no,train\n").replace("yes\n", "yes,valid\n"))
        self.assertEqual(parts("{by: m}"), (20, 20))
        whole = (self.folder / "t.csv").read_text()
        self.write("t.csv", whole.replace("valid", "vlaid", 1))
        self.refused(1, "train", "model.yaml", "-o", "no", says=["M8151", "t.csv:3:4", "`vlaid`", "model.yaml:9:15"], leaves="no")
        self.write("t.csv", whole)
        for valid, says in (("{by: m, stratify: kind}", "M8314"), ("{split: 0.2, folds: 3}", "M8314"), ("{split: 0.2, fold: 1}", "M8313"),
                            ("{stratify: kind}", "M8313"), ('{split: 0.2, train: csv("v.csv")}', "M8311")):
            self.write("model.yaml", re.sub(r"valid: .*", lambda _: f"valid: {valid}", (self.folder / "model.yaml").read_text()))
            process = self.refused(1, "check", "model.yaml", says=says)
            self.assertEqual(process.stderr.count("error["), 1, process.stderr)

    def test_stratify_needs_groups(self):
        self.write("t.csv", "a,b,kind\n" + "\n".join(f"{i / 37},{i % 3},{'yes' if i % 2 else 'no'}" for i in range(60)) + "\n")
        self.trained('csv("t.csv")', "  valid: {split: 0.2}")
        for key in ("valid: {split: 0.2, stratify: a}", "balance: a"):
            self.write("model.yaml", re.sub(r"  (valid|balance): .*", lambda _: "  " + key, (self.folder / "model.yaml").read_text()))
            process = self.refused(1, "train", "model.yaml", "-o", "no", says=["M8150", "60 values in 60 rows", "model.yaml:9"], leaves="no")
            self.assertEqual(process.stderr.count("error["), 1, process.stderr)

    def test_split_of_eval(self):
        self.table("t.csv", 40)
        self.table("test.csv", 9)
        self.trained('csv("t.csv")', '  valid: {split: 0.25}\n  test: csv("test.csv")')
        rows = {split: self.results("eval", "model.yaml", "--weights", "run/last.safetensors", "--split", split)["rows"] for split in ("train", "valid", "test")}
        self.assertEqual(rows, {"train": 30, "valid": 10, "test": 9})
        self.assertEqual(self.results("eval", "model.yaml", "--weights", "run/last.safetensors")["split"], "test")
        self.refused(2, "eval", "model.yaml", "--weights", "run/last.safetensors", "--split", "tests", says="--split")
        self.write("model.yaml", (self.folder / "model.yaml").read_text().replace('  test: csv("test.csv")\n', ""))
        self.refused(1, "eval", "model.yaml", "--weights", "run/last.safetensors", "--prefer", "file", "--split", "test", says="data.test")

    def test_waiting_is_told(self):
        self.table("t.csv", 40)
        self.trained('csv("t.csv")')
        self.assertRegex((self.folder / "run/log.txt").read_text(), r"waited for data \d+\.\d % of the time")


class Show(ModelcTest):
    def test_what_is_in_the_data(self):
        self.write("people.csv", people(90))
        self.write("people.yaml", PEOPLE)
        shown = self.results("data", "show", "people.yaml")
        self.assertEqual(shown["splits"], {"train": 67, "valid": 23, "test": 0})
        columns = {column["name"]: column for column in shown["sources"][0]["columns"]}
        self.assertEqual(list(columns), ["id", "age", "income", "city", "class"])
        self.assertEqual((columns["age"]["type"], columns["age"]["missing"]), ("float", 10))
        ages = [float(row["age"]) for row in csv.DictReader(io.StringIO(people(90)), delimiter=";") if row["age"] != "?"]
        self.assertEqual((columns["age"]["min"], columns["age"]["max"]), (min(ages), max(ages)))
        self.assertAlmostEqual(columns["age"]["mean"], sum(ages) / len(ages), places=9)
        self.assertEqual(columns["class"]["values"], [{"value": kind, "count": 30} for kind in ("high", "low", "middle")])
        self.assertEqual((columns["city"]["missing"], columns["city"]["distinct"]), (8, 3))
        self.assertEqual(len(columns["id"]["values"]), 20, "capped")
        self.assertEqual(len(shown["rows"]), 3)
        self.assertEqual(len(shown["rows"][0]["fed"]["x"]), 2)
        text = self.done("data", "show", "people.yaml")
        for words in ("train: 90 rows", "splits:  train 67  valid 23", "before  id=", "after   x=["):
            self.assertIn(words, text)

    def test_of_a_checkpoint(self):
        self.write("people.csv", people(90))
        self.write("people.yaml", PEOPLE)
        self.done("train", "people.yaml", "-o", "run", "-q")
        self.assertEqual(self.results("data", "show", "run/best.safetensors"), self.results("data", "show", "people.yaml"))

    def test_faulty_data_are_shown_all_the_same(self):
        self.write("people.csv", people(90))
        self.write("people.yaml", PEOPLE.replace("impute(numeric(age, income))", "numeric(age, income)"))
        process = self.refused(1, "data", "show", "people.yaml", says=["M8103", "people.csv:19:2", "impute(age)", "train: 90 rows"])
        self.assertEqual(process.stderr.count("error["), 1)
        process = self.refused(1, "data", "show", "people.yaml", "--format", "json")
        self.assertEqual([found["code"] for found in json.loads(process.stdout)], ["M8103"])

    def test_contact_sheet(self):
        self.write("images.yaml", """\
modelc: 1
inputs: {x: "float[B, 1, 8, 8]"}
targets: {label: "int[B]"}
layers: [Flatten, Linear(2)]
outputs: {logits: output}
data: {train: "synthetic(20, x=uniform(1, 8, 8), label=randint(2))"}
loss: cross_entropy(logits, label)
train: {epochs: 1, optimizer: SGD(lr=0.1)}
""")
        self.done("data", "show", "images.yaml", "-o", "sheet.png")
        self.assertTrue((self.folder / "sheet.png").read_bytes().startswith(b"\x89PNG"))
        self.refused(2, "data", "show", "images.yaml", "-o", "sheet.jpg", says=".png")
        self.write("flowers.csv", flowers())
        self.write("flowers.yaml", IRIS)
        self.refused(1, "data", "show", "flowers.yaml", "-o", "none.png", says="images", leaves="none.png")


class Feeds(ModelcTest):
    def test_bins_clip_log1p_by_name(self):
        self.write("t.csv", "age,income,k\n" + "\n".join(f"{i},{i * i},{'ab'[i % 2]}" for i in range(60)) + "\n")
        self.write("t.yaml", """\
modelc: 1
inputs: {group: "int[B]", x: "float[B, 2]"}
targets: {k: "int[B]"}
modules: {groups: "Embedding(4, 2)", out: Linear(2)}
forward: {logits: "out(cat([groups(group), x], dim=1))"}
data:
  train: csv("t.csv")
  feed:
    group: "bins(age, [18, 40, 50])"
    x: standardize(numeric(clip("age", 10, 45), log1p("income")))
    k: category(k)
loss: cross_entropy(logits, k)
train: {epochs: 1, batch: 16, optimizer: SGD(lr=0.1)}
""")
        self.done("train", "t.yaml", "-o", "run", "-q")
        rows = self.results("data", "show", "t.yaml")["rows"]
        self.assertEqual([row["fed"]["group"] for row in rows], [0, 0, 0])
        self.write("t.csv", (self.folder / "t.csv").read_text().replace("30,900", "?,900"))
        self.refused(1, "train", "t.yaml", "-o", "no", says=["M8103", "t.csv:32:1", "`standardize`"], leaves="no")
        self.write("t.yaml", (self.folder / "t.yaml").read_text().replace('clip("age", 10, 45)', 'clip(impute(age, by="mean"), 10, 45)'))
        self.refused(1, "train", "t.yaml", "-o", "no", says=["M8103", "t.csv:32:1", "`bins`"], leaves="no")
        self.write("t.yaml", (self.folder / "t.yaml").read_text().replace("bins(age,", "bins(impute(age),"))
        self.done("train", "t.yaml", "-o", "filled", "-q")

    def test_a_column_without_values(self):
        self.write("t.csv", "a,b,k\n" + "\n".join(f"{i},{'1' if i == 30 else '?'},{i % 2}" for i in range(31)) + "\n")
        self.write("t.yaml", """\
modelc: 1
inputs: {x: "float[B, 2]"}
targets: {k: "int[B]"}
layers: [Linear(2)]
outputs: {logits: output}
data:
  train: csv("t.csv", shuffle=false)
  valid: {split: 0.1}
  feed: {x: "impute(numeric(a, b))"}
loss: cross_entropy(logits, k)
train: {epochs: 1, optimizer: SGD(lr=0.1)}
""")
        process = self.refused(1, "train", "t.yaml", "-o", "no", says=["M8152", "`b`", "t.yaml:9"], leaves="no")
        self.assertEqual(process.stderr.count("error["), 1, process.stderr)


if __name__ == "__main__":
    unittest.main()
