"""Text from file to file: long texts in windows, columns of text in tokens, and texts that a model makes longer."""

import json
import unittest

import numpy

from program import ModelcTest, tensors

CHARS = """\
modelc: 1
name: Letters
inputs: {ids: "int[B, T]"}
targets: {next: "int[B, T]"}
where: [T <= 6]
modules:
  e: Embedding(data.categories("tokens"), 24)
  rnn: GRU(24, batch_first=true)
  out: Linear(data.categories("tokens"))
forward:
  h, s: rnn(e(ids))
  logits: out(h)
data:
  train: text("t.txt")
  valid: {split: 0.1}
  feed:
    w: windows(tokens, 7, stride=1)
    ids: w[:, :-1]
    next: w[:, 1:]
loss: cross_entropy(transpose(logits, 1, 2), next)
metrics: {accuracy: "accuracy(transpose(logits, 1, 2), next)"}
train: {epochs: 3, batch: 32, optimizer: Adam(lr=1e-2), seed: 1}
predict:
  generate: {feed: ids, next: "argmax(logits[:, -1], dim=-1)", steps: 12}
"""

REVIEWS = """\
modelc: 1
name: Reviews
inputs: {words: "int[B, T]", count: "int[B]"}
targets: {good: "float[B]"}
modules:
  e: Embedding(data.categories("found"), 8, padding_idx=0)
  out: Linear(1)
forward:
  there: (words != 0).float()[:, :, null]
  h: (e(words) * there).sum(1) / count[:, null].clamp(min=1)
  logits: squeeze(out(h), -1)
data:
  train: csv("r.csv")
  valid: {split: 0.25}
  feed:
    found: tokens(lower(review))
    words: pad(found, 0)
    count: lengths(found)
    good: (verdict == "yes") | (verdict == "Yes")
loss: binary_cross_entropy_with_logits(logits, good)
metrics: {accuracy: "accuracy(logits, good)", share: good, length: "count.float()", unknown: "(words == 1).float().sum(1)"}
train: {epochs: 15, batch: 16, optimizer: Adam(lr=3e-2), seed: 2}
"""


def reviews(rows=160):
    """What is good says so; every fifth text has words of its own."""
    lines = ["review,verdict"]
    for row in range(rows):
        good = row * 7 % 3 == 0
        text = ("A fine film" if good else "A bad film") + (f" of w{row} w{row}x" if row % 5 == 0 else "")
        lines.append(f"{text},{('yes' if row % 2 else 'Yes') if good else 'no'}")
    return "\n".join(lines) + "\n"


class Text(ModelcTest):
    def trained(self, text=CHARS, folder="run", *arguments):
        self.write("m.yaml", text)
        return self.results("train", "m.yaml", "-o", folder, *arguments)

    def generate(self, *arguments):
        return self.done("predict", "run/best.safetensors", "--generate", *arguments)

    def test_characters_learned_and_made(self):
        self.write("t.txt", "to be or not " * 60)
        results = self.trained()
        self.assertGreater(results["valid.accuracy"], 0.9)
        self.assertEqual(self.generate("--prompt", "to be"), "to be or not to b\n")
        # Nothing of the training data is needed.
        (self.folder / "t.txt").unlink()
        self.assertEqual(self.generate("--prompt", "not", "--set", "predict.generate.steps=7"), "not to be o"[:10] + "\n")
        self.assertEqual(self.generate("--prompt", "or", "--prompt", "be", "--set", "predict.generate.steps=3"), "or no\nbe or\n")
        self.generate("--prompt", "to", "-o", "made.txt")
        self.assertEqual((self.folder / "made.txt").read_text(), "to be or not to\n"[:14] + "\n")
        made = json.loads(self.generate("--prompt", "to", "--format", "json", "--set", "predict.generate.steps=1"))
        self.assertEqual(made, [{"text": "to "}])

    def test_arrays_and_rows_that_end(self):
        self.write("t.txt", "to be or not " * 60)
        self.trained(CHARS.replace("steps: 12}", 'steps: 12, stop: "next[:, 0] == 0"}'))
        # Sorted: ` benort`, so a row ends with the space, which is 0.
        letters = " benort"
        start = numpy.array([[letters.index(c) for c in row] for row in ("to ", " be", "not")])
        numpy.save(self.folder / "ids.npy", start)
        self.generate("--inputs", "ids=ids.npy", "-o", "out.npz")
        out = numpy.load(self.folder / "out.npz")
        self.assertEqual([int(n) for n in out["lengths"]], [6, 4, 4])
        self.assertEqual(["".join(letters[i] for i in row) for row in out["ids"]], ["to be ", " be   ", "not   "])
        self.assertEqual(self.generate("--inputs", "ids=ids.npy"), "to be \n be \nnot \n")
        self.done("predict", "run/best.safetensors", "--generate", "--prompt", "or", "-o", "ids=o.npy")
        self.assertEqual("".join(letters[i] for i in numpy.load(self.folder / "o.npy")[0]), "or ")

    def test_a_seed_gives_one_text(self):
        self.write("t.txt", "abcdefghij klmno " * 40)
        self.trained(CHARS.replace('"argmax(logits[:, -1], dim=-1)", steps: 12',
                                   '"multinomial(softmax(logits[:, -1] / 4, dim=-1), 1)", steps: 40'))
        texts = [self.generate("--prompt", "abc", "--seed", seed) for seed in (1, 1, 2)]
        self.assertEqual(texts[0], texts[1])
        self.assertNotEqual(texts[0], texts[2])
        self.assertEqual(len(texts[0]), 44)

    def test_windows_do_not_leak(self):
        # 100 steps in windows of 7: 94 of them, the last 9 validate, the 6 before those reach into them.
        self.write("t.txt", "ab" * 50)
        self.trained()
        self.assertEqual(self.results("eval", "run/best.safetensors")["rows"], 9)
        # Without overlap the rows are drawn.
        self.trained(CHARS.replace("stride=1", "stride=7").replace("0.1", "0.5"), "apart")
        self.assertEqual(self.results("eval", "apart/best.safetensors")["rows"], 7)

    def test_workers_change_nothing(self):
        self.write("t.txt", "to be or not " * 40)
        self.trained(CHARS, "one")
        self.trained(CHARS, "two", "--set", "data.workers=2")
        self.assertEqual(tensors(self.folder / "one/last.safetensors")[0], tensors(self.folder / "two/last.safetensors")[0])

    def test_what_only_validation_has(self):
        # `z` stands at the end alone: it shares the number behind the others.
        self.write("t.txt", "ab" * 200 + "az" * 10)
        self.trained(CHARS)
        vocabulary = json.loads(tensors(self.folder / "run/best.safetensors")[1]["modelc.fits"])
        numbering = [fit["tokens"] for fit in vocabulary if fit["kind"] == "tokens"][0]
        self.assertEqual((numbering["words"], numbering["unknown"]), (["a", "b"], 2))
        # A source of its own with something new is refused, with its place.
        self.write("v.txt", "abababababab?")
        self.write("m.yaml", CHARS.replace("{split: 0.1}", 'text("v.txt")'))
        self.refused(1, "train", "m.yaml", "-o", "no", says=["M8104", "`?`"], leaves="no")
        # A prompt likewise.
        self.write("w.txt", "ab" * 60)
        self.trained(CHARS.replace('text("t.txt")', 'text("w.txt")'), "other")
        self.refused(1, "predict", "other/best.safetensors", "--generate", "--prompt", "ax", says=["M8104", "`x`", "--prompt"])

    def test_words_and_bytes(self):
        self.write("t.txt", "To be, or not to be. " * 30)
        words = CHARS.replace('text("t.txt")', 'text("t.txt", tokens="words")')
        self.trained(words)
        self.assertEqual(self.generate("--prompt", "To be,", "--set", "predict.generate.steps=5"), "To be, or not to be.\n")
        # What is not known has a number.
        self.assertTrue(self.generate("--prompt", "To fly").startswith("To <unk>"))
        self.write("t.txt", "to be or not " * 60)
        self.trained(CHARS.replace('text("t.txt")', 'text("t.txt", tokens="bytes")'), "bytes")
        made = self.done("predict", "bytes/best.safetensors", "--generate", "--prompt", "or n")
        self.assertEqual(made, "or not to be or \n")

    def test_a_tokenizer(self):
        vocabulary = {piece: number for number, piece in enumerate("abenort.,TĠ")} | {"to": 11, "be": 12, "Ġbe": 13}
        self.write("tok.json", json.dumps({
            "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
            "decoder": {"type": "ByteLevel"},
            "model": {"type": "BPE", "vocab": vocabulary, "merges": ["t o", "b e", "Ġ be"]}}))
        self.write("t.txt", "to be or not " * 60)
        self.trained(CHARS.replace('text("t.txt")', 'text("t.txt", tokens="tok.json")'))
        for name in ("tok.json", "t.txt"):
            (self.folder / name).unlink()
        self.assertEqual(self.generate("--prompt", "to be", "--set", "predict.generate.steps=3"), "to be or\n")

    def test_reviews(self):
        self.write("r.csv", reviews())
        results = self.trained(REVIEWS)
        self.assertGreater(results["valid.accuracy"], 0.95)
        rows = [line.rsplit(",", 1) for line in reviews().splitlines()[1:]]
        scored = self.results("eval", "m.yaml", "--weights", "run/best.safetensors")
        self.assertEqual(scored["rows"], 40)
        # On all rows the figures are known: the share of good ones, and the mean length.
        self.write("test.yaml", REVIEWS.replace("  valid:", '  test: csv("r.csv")\n  valid:'))
        scored = self.results("eval", "test.yaml", "--weights", "run/best.safetensors", "--prefer", "file")
        self.assertAlmostEqual(scored["test.share"], sum(v in ("yes", "Yes") for _, v in rows) / len(rows), places=6)
        self.assertAlmostEqual(scored["test.length"], sum(len(text.split()) for text, _ in rows) / len(rows), places=5)
        self.assertGreater(scored["test.unknown"], 0)

    def test_strip_of_text_agrees_over_files(self):
        # The labels of the test file end with a full stop, as those of `adult` do.
        self.write("a.csv", "x,y\n" + "".join(f"{i % 10},{'<=50K' if i % 10 < 5 else '>50K'}\n" for i in range(80)))
        self.write("b.csv", "x,y\n" + "".join(f"{i % 10},{'<=50K.' if i % 10 < 5 else '>50K.'}\n" for i in range(20)))
        self.write("m.yaml", """\
modelc: 1
inputs: {x: "float[B, 1]"}
targets: {y: "int[B]", rich: "float[B]"}
layers: [Linear(2)]
data:
  train: csv("a.csv")
  test: csv("b.csv")
  feed:
    income: strip(y, ".")
    x: standardize(numeric(x))
    y: category(income)
    rich: income != "<=50K"
loss: cross_entropy(output, y)
metrics: {accuracy: "accuracy(output, y)", rich: rich, same: "(rich == y).float()"}
train: {epochs: 40, batch: 16, optimizer: Adam(lr=1e-1)}
""")
        self.done("train", "m.yaml", "-o", "run")
        scored = self.results("eval", "run/best.safetensors")
        self.assertEqual((scored["test.accuracy"], scored["test.rich"], scored["test.same"]), (1.0, 0.5, 1.0))

    def test_bad_files_and_bad_use(self):
        self.write("t.txt", "abc" * 50)
        self.write("latin.txt", b"caf\xe9 " * 20)
        self.write("damaged.json", '{"model": {"type": "BPE", "vocab": {"a": 0')
        self.write("strange.json", '{"pre_tokenizer": {"type": "Foo"}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}')
        faults = {'text("absent.txt")': "absent.txt", 'text("latin.txt")': "latin.txt:1", 'text("t.txt", tokens="damaged.json")': "damaged.json",
                  'text("t.txt", tokens="strange.json")': "`Foo` is not understood", 'text("t.txt", tokens="none.json")': "none.json",
                  'text("t.txt", tokens="letters")': "letters"}
        for source, says in faults.items():
            self.write("m.yaml", CHARS.replace('text("t.txt")', source).replace('data.categories("tokens")', "8"))
            self.refused(1, "train", "m.yaml", "-o", "no", says=says, leaves="no")
        self.trained()
        self.refused(2, "predict", "run/best.safetensors", "--prompt", "a", "-o", "o.npz", says="--generate")
        self.refused(2, "predict", "run/best.safetensors", "--generate", "--prompt", "a", "--outputs", "logits", says="--outputs")
        self.refused(1, "predict", "run/best.safetensors", "--generate", "--prompt", "", says="empty")
        self.refused(1, "predict", "run/best.safetensors", "--generate", says="`ids`")
        self.refused(3, "predict", "run/best.safetensors", "--generate", "--prompt", "a", "-o", "no/folder.txt", says="no/folder.txt")
        self.write("plain.yaml", "modelc: 1\ninputs: {ids: 'int[B, T]'}\nmodules: {e: 'Embedding(4, 4)'}\nforward: {logits: e(ids)}\n")
        self.done("build", "plain.yaml", "-o", "plain.safetensors")
        self.refused(1, "predict", "plain.safetensors", "--generate", "--prompt", "a", says="generate")


if __name__ == "__main__":
    unittest.main()
