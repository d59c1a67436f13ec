"""Tables as people have them: spreadsheets of other countries, databases, files larger than memory."""

import gzip
import os
import sqlite3
import subprocess
import unittest

from program import IRIS, PROGRAM, ModelcTest, flowers, tensors

NUMBERS = """\
modelc: 1
inputs: {x: "float[B, 2]"}
targets: {y: "float[B, 1]"}
layers: [Linear(1)]
data:
  train: SOURCE
  feed: {x: 'numeric("a", "b")', y: 'numeric("y")'}
loss: mse_loss(output, y)
train: {epochs: 2, batch: 4, optimizer: SGD(lr=0.01), seed: 1}
"""

MIXED = """\
modelc: 1
inputs: {x: "float[B, 4]", city: "int[B]"}
targets: {label: "int[B]"}
modules:
  table: Embedding(data.categories("city"), 3)
  hidden: [Linear(8), ReLU, Linear(3)]
forward:
  logits: hidden(cat([x, table(city)], 1))
data:
  train: SOURCE
  valid: {split: 0.25, stratify: label}
  feed:
    x: standardize(numeric(a, b, c, d))
    city: category("city")
    label: category("kind")
loss: cross_entropy(logits, label)
metrics: {accuracy: "accuracy(logits, label)"}
train: {epochs: 2, batch: 32, optimizer: Adam(lr=1e-2), seed: 5}
"""


def mixed(rows):
    """Numbers with missing cells none, a text of forty values, names that are never read, and a line break in quotes."""
    lines = ["a,b,c,d,city,kind,name,unused"]
    for row in range(rows):
        kind = row * 7 % 3
        values = [f"{kind + (row * step % 101) / 101:.5f}" for step in (3, 5, 7)] + [str(row * 11 % 13 + kind)]
        name = f'"name {row},\n{row}"' if row % 50 == 0 else f"name {row}"
        lines.append(",".join(values) + f",city {row * row % 40},{('one', 'two', 'three')[kind]},{name},{row % 5}")
    return "\n".join(lines) + "\n"


class Tables(ModelcTest):
    def check(self, source, says=None, description=NUMBERS, code=1):
        self.write("t.yaml", description.replace("SOURCE", source))
        if says is None:
            return self.done("train", "t.yaml", "-o", "run", "-q", "--overwrite")
        process = self.refused(code, "check", "t.yaml", says=says)
        self.assertEqual(process.stderr.count("error["), 1, process.stderr)
        self.assertRegex(process.stderr, r"t\.yaml:\d+:\d+: error")
        return process

    def test_spreadsheets(self):
        self.write("t.csv", "a;b;größe;y\n1,5;2;x;3\n-2,25;1e2;é;4\n".encode("latin-1"))
        self.check("""'csv("t.csv", sep=";", decimal=",", encoding="latin-1")'""")
        self.check("""'csv("t.csv", sep=";", decimal=",")'""", ["t.csv:1:3", "not UTF-8", 'encoding="latin-1"'])
        self.write("t.csv", "\ufeffa\tb\ty\n1\t2\t3\n4\t5\t6\n".encode("utf-16"))
        self.check(r"""csv("t.csv", sep="\t", encoding="utf-16")""")
        self.check(r"""csv("t.csv", sep="\t")""", ["is UTF-16", 'encoding="utf-16"'])
        self.write("t.csv", b"\xef\xbb\xbfa,b,y\n1,2,3\n4,5,6\n")
        self.check("""csv("t.csv")""")
        self.write("t.csv", "a,b,y\n1,2,3\n\x80,5,6\n".encode("latin-1"))
        self.check("""csv("t.csv", encoding="cp1252")""", "a")
        self.write("t.csv", "a;b;y\n1;2;3\n")
        self.write("t.yaml", NUMBERS.replace("SOURCE", """csv("t.csv")"""))
        self.refused(1, "check", "t.yaml", says=['no column `a`', 'sep=";"'])

    def test_types(self):
        self.write("t.csv", "a,b,y,zip\n1,2,3,01234\n4,5,6,99999\n")
        description = NUMBERS.replace('"a", "b")', 'a, zip)')
        self.check("""'csv("t.csv", types={y: float})'""", description=description)
        self.check("""'csv("t.csv", types={zip: str})'""", "`zip` is string", description=description)
        self.check("""'csv("t.csv", types={zap: str})'""", ["no column `zap`", "zip"])
        self.check("""'csv("t.csv", types={zip: string})'""", ["`zip` of `types`", "str, float or int"])
        self.check("""'csv("t.csv", types={a: int, zip: int, b: float})'""")
        self.write("t.csv", "a,b,y\n1,2,3\n4,oops,6\n")
        self.check("""'csv("t.csv", types={b: float})'""", ["t.csv:3:2", "`oops`", "`types`"])

    def test_a_late_cell_decides(self):
        rows = "".join("1,2,3,4\n" for _ in range(200_000))
        self.write("t.csv", "a,b,c,y\n" + rows + "0.5,?,5,6\n")
        description = NUMBERS.replace('"a", "b")', 'a, c)').replace("epochs: 2, batch: 4", "steps: 2, batch: 4")
        self.check("""csv("t.csv")""", description=description)
        self.write("t.csv", "a,b,y\n" + "1,2,3\n" * 200_000 + "1,0x1F,3\n")
        process = self.check("""csv("t.csv")""", ["t.csv:200002:2", "`0x1F`", "passed over as text"],
                             NUMBERS.replace('numeric("a", "b")', 'numeric(except="y")'))
        self.assertIn("expected 2", process.stderr)
        self.check("""csv("t.csv")""", ["`b` is text because of", "t.csv:200002:2", "`0x1F`"])
        # What only the other split has is no fault of integers.
        self.write("t.csv", "a,b,y\n1,2,3\n4,5,6\n")
        self.write("v.csv", "a,b,y\n1.5,2,3\n4,5,6\n")
        self.check("""csv("t.csv")\n  valid: csv("v.csv")""")

    def test_a_cell_that_is_no_integer(self):
        description = NUMBERS.replace('y: "float[B, 1]"', 'y: "int[B]"').replace(", y: 'numeric(\"y\")'", "").replace(
            "mse_loss(output, y)", "cross_entropy(output, y)").replace("Linear(1)", "Linear(3)")
        self.write("t.csv", "a,b,y\n1,2,0\n4,5,2\n")
        self.check("""csv("t.csv")""", description=description)
        self.write("t.csv", "a,b,y\n1,2,0\n4,5,?\n4,5,1.5\n")
        self.check("""csv("t.csv")""", ["`y` is no column of integers", "t.csv:3:3: a missing value"], description)
        self.write("t.csv", "a,b,y\n1,2,0\n4,5,2\n")
        self.write("v.csv", "a,b,y\n1,2,0\n4,5,1.5\n")
        self.check("""csv("t.csv")\n  valid: csv("v.csv")""", ["`y` is no column of integers", "v.csv:3:3: `1.5`"], description)

    def test_twice(self):
        self.write("t.csv", "a,b,b,y\n1,2,3,4\n")
        self.check("""csv("t.csv")""", ["`b` stands twice"])
        self.check("""csv("t.csv")""", description=NUMBERS.replace('"a", "b")', 'a, y)'))
        self.write("u.csv", "y\n1\n")
        zipped = NUMBERS.replace("{x: 'numeric(\"a\", \"b\")', y: 'numeric(\"y\")'}", "{x: FEED, y: numeric(u)}")
        source = """'zip(t=csv("t.csv"), u=csv("u.csv"))'"""
        self.check(source, ["`t.b` stands twice"], zipped.replace("FEED", "numeric(t)"))
        self.check(source, None, zipped.replace("FEED", "'numeric(t, except=\"b\")'"))

    def database(self):
        base = sqlite3.connect(self.folder / "t.db")
        base.execute("create table t(id integer primary key, a real, b int, y real, kind text, raw blob)")
        base.executemany("insert into t(a, b, y, kind, raw) values(?, ?, ?, ?, ?)",
                         [(i / 2, i % 7, i, ("one", "two", None)[i % 3], b"\0") for i in range(40)])
        base.commit()
        base.close()

    def test_sqlite(self):
        self.database()
        self.check("""sqlite("t.db", "select a, b, y from t order by id desc")""")
        self.check("""sqlite("t.db", "selec a from t")""", "syntax error")
        self.check("""sqlite("t.db", "select a from s")""", "no such table: s")
        self.check("""sqlite("t.db", "delete from t returning a")""", "writes")
        self.check("""sqlite("t.db", "select a, raw as b, y from t")""", ["row 1 of `b`", "blob"])
        self.check("""sqlite("t.db", "select a, a as b, b, y from t")""", "`b` stands twice")
        self.check("""sqlite("t.db", "select a, y from t")""", "no column `b`")
        self.check("""sqlite("t.db", "begin")""", "no columns")
        self.check("""sqlite("t.yaml", "select * from t")""", "no SQLite database")
        self.write("t.yaml", NUMBERS.replace("SOURCE", """sqlite("no.db", "select 1")"""))
        self.assertIn("warning", self.run_modelc("check", "t.yaml").stderr)
        self.refused(1, "train", "t.yaml", "-o", "none", says="no.db", leaves="none")
        self.check("""sqlite("t.db", "select a, kind as b, y from t")""", ["`b` is text because of", "row 1 of `b`", "`one`"])
        self.write("t.yaml", NUMBERS.replace("SOURCE", """sqlite("t.db", "select a, case when id = 9 then null else b end as b, y from t")"""))
        self.refused(1, "train", "t.yaml", "-o", "none", says=["t.db: row 9 of `b`", "missing value"], leaves="none")

    def test_categories(self):
        self.database()
        self.write("t.csv", "id,size\n" + "".join(f"{i},s{i % 5}\n" for i in range(1, 80)))
        model = """\
inputs: {x: "float[B, 2]"}
modules: {fc: 'Linear(data.categories("COLUMN"))'}
forward: {y: fc(x)}
outputs: [y]
data:
  train: SOURCE
  feed: {x: 'numeric(KEY, KEY)'}
"""
        joined = """'zip(t=sqlite("t.db", "select id, kind from t where id < 4"), s=csv("t.csv"), on="id")'"""
        for source, key, column, count in (
                ("""sqlite("t.db", "select id, kind from t")""", "id", "kind", 3),
                ("""csv("t.csv") -> with(part="a")""", "id", "size", 5),
                ("""csv("t.csv") -> with(part="a")""", "id", "part", 1),
                (joined, "t.id", "t.kind", 3), (joined, "t.id", "s.size", 3), (joined, "t.id", "id", 3)):
            self.write("c.yaml", model.replace("SOURCE", source).replace("COLUMN", column).replace("KEY", key))
            with open(self.folder / "c.yaml", "a") as file:
                file.write(f"checks: [{{with: {{B: 2}}, parameters: {3 * count}}}]\n")
            self.done("test", "c.yaml")

    def run_with(self, out, memory=None, description="t.yaml"):
        environment = dict(os.environ, TMPDIR=str(self.folder))
        if memory is not None:
            environment["MODELC_TABLE_MEMORY"] = str(memory)
        process = subprocess.run([PROGRAM, "train", description, "-o", out, "-q", "--format", "json"], cwd=self.folder,
                                 env=environment, capture_output=True, text=True, timeout=300)
        self.assertEqual(process.returncode, 0, process.stderr)
        weights, _ = tensors(self.folder / out / "last.safetensors")
        return weights, (self.folder / out / "metrics.csv").read_text()

    def test_larger_than_memory(self):
        self.write("t.csv", mixed(3000))
        self.write("t.csv.gz", gzip.compress(mixed(3000).encode()))
        base = sqlite3.connect(self.folder / "t.db")
        base.execute("create table t(a real, b real, c real, d int, city text, kind text)")
        for source in ("""csv("t.csv")""", """csv("t.csv.gz")"""):
            self.write("t.yaml", MIXED.replace("SOURCE", source))
            name = source[5:-2].replace(".", "_")
            weights, metrics = self.run_with(name + "_whole")
            stored, same = self.run_with(name + "_stored", 1000)
            self.assertEqual(weights, stored)
            self.assertEqual(metrics.split("\n")[0], same.split("\n")[0])
            self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("modelc-")], [])
        evaluated = [subprocess.run([PROGRAM, "eval", "t.yaml", "--weights", "t_csv_gz_whole/last.safetensors"], cwd=self.folder,
                                    env=dict(os.environ, **more), capture_output=True, text=True, timeout=300)
                     for more in ({}, {"MODELC_TABLE_MEMORY": "1000"})]
        self.assertEqual(evaluated[0].returncode, 0, evaluated[0].stderr)
        self.assertEqual(evaluated[0].stdout, evaluated[1].stdout)

    def test_faults_of_a_stored_table(self):
        text = mixed(2000).replace("city 9,", "city 99,")
        self.write("t.csv", text)
        lines = text.split("\n")
        test = "\n".join(lines[:1] + ["0,0,0,0,Nowhere,one,n,1"]) + "\n"
        self.write("test.csv", test)
        self.write("t.yaml", MIXED.replace("SOURCE", """csv("t.csv")\n  test: csv("test.csv")"""))
        environment = dict(os.environ, MODELC_TABLE_MEMORY="10")
        run = lambda: subprocess.run([PROGRAM, "train", "t.yaml", "-o", "run", "-q"], cwd=self.folder, env=environment,
                                     capture_output=True, text=True, timeout=300)
        process = run()
        self.assertEqual(process.returncode, 1)
        self.assertIn("test.csv:2:5", process.stderr)
        self.assertIn("`Nowhere`", process.stderr)
        (self.folder / "test.csv").write_text("\n".join(lines[:3]) + "\n")
        broken = text.split("\n")
        at = next(i for i, line in enumerate(broken) if line.startswith("0") and i > 900)
        broken[at] = "?" + broken[at][broken[at].index(","):]
        self.write("t.csv", "\n".join(broken))
        process = run()
        self.assertEqual(process.returncode, 1, process.stderr)
        self.assertIn(f"t.csv:{at + 1}:1: a missing value", process.stderr)

    def test_no_room_for_the_temporary_file(self):
        self.write("t.csv", mixed(500))
        self.write("t.yaml", MIXED.replace("SOURCE", """csv("t.csv")"""))
        process = subprocess.run([PROGRAM, "train", "t.yaml", "-o", "run", "-q"], cwd=self.folder, capture_output=True, text=True,
                                 env=dict(os.environ, MODELC_TABLE_MEMORY="10", TMPDIR="/no/such/folder"), timeout=300)
        self.assertEqual(process.returncode, 3, process.stderr)
        self.assertIn("/no/such/folder", process.stderr)
        self.assertIn("TMPDIR", process.stderr)
        self.assertFalse((self.folder / "run").exists())

    def test_arrays_larger_than_memory(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("no numpy")
        random = numpy.random.default_rng(1)
        x = random.normal(size=(400, 3, 2)).astype("float32")
        y = (x.sum((1, 2)) > 0).astype("int64")
        numpy.save(self.folder / "x.npy", x)
        numpy.save(self.folder / "y.npy", y)
        numpy.savez(self.folder / "plain.npz", x=x, y=y)
        numpy.savez_compressed(self.folder / "packed.npz", x=x, y=y)
        (self.folder / "big.npz").write_bytes(b"")
        numpy.savez(self.folder / "big.npz", x=x.astype(">f4"), y=y)
        results = []
        for source in ('npy(x="x.npy", y="y.npy")', 'npz("plain.npz")', 'npz("packed.npz")', 'npz("big.npz")'):
            self.write("t.yaml", f"""\
inputs: {{x: "float[B, 3, 2]"}}
targets: {{y: "int[B]"}}
layers: [Flatten, Linear(2)]
data:
  train: {source}
  valid: {{split: 0.25}}
loss: cross_entropy(output, y)
train: {{epochs: 2, batch: 16, optimizer: SGD(lr=0.1), seed: 2}}
""")
            for memory in (None, 100):
                results.append(self.run_with(f"run{len(results)}", memory)[0])
        for one in results:
            self.assertEqual(one, results[0])


if __name__ == "__main__":
    unittest.main()
