"""The heads of models/heads on every backbone whose output they fit: accepted, with the expected parameters and keys, the
backbone's own weights loaded and only the head new. Wrappings (LoRA, adapters) load what was saved before them and train
what they add; the small file that `--save-only trainable` writes goes onto the base again."""

import json
import math
import pathlib
import struct
import sys
import unittest

MODELS = pathlib.Path(sys.argv.pop(2)).resolve()

from program import ModelcTest, tensors  # noqa: E402: takes its own argument first

HEADS = MODELS / "heads"

# A backbone, and the place of the head that its checkpoint comes with.
CLASSIFIERS = {
    "vision/alexnet": "classifier.6", "vision/vgg@vgg11_bn": "classifier.6", "vision/resnet@resnet18": "fc",
    "vision/resnet": "fc", "vision/resnet@resnext50_32x4d": "fc", "vision/densenet": "classifier", "vision/googlenet": "fc",
    "vision/inception_v3": "fc", "vision/shufflenet_v2": "fc", "vision/mobilenet_v2": "classifier.1",
    "vision/mobilenet_v3": "classifier.3", "vision/mnasnet": "classifier.1", "vision/efficientnet": "classifier.1",
    "vision/efficientnet@efficientnet_v2_s": "classifier.1", "vision/regnet": "fc", "vision/convnext": "classifier.2",
    "vision/vit": "heads.head", "vision/swin": "head", "vision/swin@swin_v2_t": "head", "vision/maxvit": "classifier.5",
    "images/hf_vit": "classifier"}
SEGMENTERS = {"vision/segmentation@fcn_resnet50": "classifier", "vision/segmentation@deeplabv3_resnet101": "classifier",
              "vision/segmentation@deeplabv3_mobilenet_v3_large": "classifier", "vision/unet": "outc"}
# What speaks of the words that went in gives way to classes; the layers of attention that adapt.
ENCODERS = {"text/bert@tiny": ("cls.seq_relationship", "**.query"), "text/roberta": ("lm_head", "**.value"),
            "text/distilbert": ("vocab_projector", "**.q_lin"), "text/gpt2": ("lm_head", "**.c_attn"),
            "text/t5": ("lm_head", "**.q"), "text/llama": ("lm_head", "**.q_proj")}


def linear(name, width, out, bias=True):
    return {f"{name}.weight": [out, width], **({f"{name}.bias": [out]} if bias else {})}


# A head, its arguments, and what it owns over so many features.
def linear_head(width):
    return linear("fc", width, 5)


def mlp_head(width):
    return {**linear("fc1", width, 32), **linear("fc2", 32, 5)}


def cosine_head(width):
    return {"weight": [5, width], "scale": []}


def pair_head(width):
    return {**linear("first", width, 5), **linear("second", width, 1)}


def projection_head(width):
    return {**linear("body.fc1", width, width, bias=False), "body.norm.weight": [width], "body.norm.bias": [width],
            "body.norm.running_mean": [width], "body.norm.running_var": [width], "body.norm.num_batches_tracked": [],
            **linear("body.fc2", width, 16)}


def segmentation_head(width):
    inner = max(width // 4, 1)
    return {"conv.weight": [inner, width, 3, 3], "norm.weight": [inner], "norm.bias": [inner], "norm.running_mean": [inner],
            "norm.running_var": [inner], "norm.num_batches_tracked": [], "out.weight": [5, inner, 1, 1], "out.bias": [5]}


OF_FEATURES = {"linear.yaml(classes=5, drop=0.1)": linear_head, "mlp.yaml(classes=5, hidden=[32], act=GELU)": mlp_head,
               "cosine.yaml(classes=5)": cosine_head, "pair.yaml(first=Linear(5), second=Linear(1))": pair_head,
               "projection.yaml(width=16)": projection_head}

SEQUENCES = """\
extends: {base}
targets: {{label: "int[B]", labels: null, next_sentence_label: null}}
data:
  train: synthetic(8, input_ids=randint(0, 20, [6]), label=randint(0, 5))
  feed: {{input_ids: input_ids, label: label}}
{edits}
outputs: seq_relationship_logits
loss: cross_entropy(seq_relationship_logits, label)
train: {{steps: 2, batch: 4, optimizer: AdamW(lr=1e-1), seed: 3}}
"""


def is_buffer(key):
    return key.rsplit(".", 1)[-1] in ("running_mean", "running_var", "num_batches_tracked")


class Heads(ModelcTest):
    def summary(self, model, *options):
        found = self.results("summary", MODELS / self.file(model), *options)
        shapes = {entry["name"]: entry["shape"] for entry in found["parameters"] + found["buffers"]}
        return found, shapes

    @staticmethod
    def file(model):
        name, _, variant = model.partition("@")
        return f"{name}.yaml@{variant}" if variant else f"{name}.yaml"

    def checkpoint(self, shapes, aliases=()):
        """A weight file of which only the header is written: what fits is decided by that."""
        header, at = {}, 0
        for name, shape in [*shapes.items(), *aliases]:
            size = 8 if name.endswith(("num_batches_tracked", "relative_position_index")) else 4
            dtype = "I64" if size == 8 else "F32"
            size *= math.prod(shape)
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
            at += size
        text = json.dumps(header).encode()
        path = self.folder / "base.safetensors"
        with open(path, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            file.truncate(8 + len(text) + at)
        return path

    def match(self, model, *options):
        found = self.results("weights", "match", MODELS / self.file(model), self.folder / "base.safetensors", *options)
        self.assertEqual((found["fits"], found["findings"]), (True, []))
        verdicts = {}
        for line in found["tensors"]:
            verdicts.setdefault(line["verdict"], set()).add(line["model"] or line["file"])
        return verdicts

    def base(self, model):
        found, shapes = self.summary(model)
        aliases = [(alias, entry["shape"]) for entry in found["parameters"] for alias in entry.get("aliases", ())]
        self.checkpoint(shapes, aliases)
        return found, shapes, {**shapes, **dict(aliases)}

    def replaced(self, model, place, head, owns, base):
        """The head alone is new, has what it should have, and nothing else changed."""
        found, shapes, every = base
        own = {key: shape for key, shape in every.items() if key.startswith(f"{place}.")}
        features = next(shape for key, shape in own.items() if key.endswith("weight") and len(shape) > 1)[1]
        expected = {f"{place}.{key}": shape for key, shape in owns(features).items()}
        option = f"{place}={HEADS / head}"
        after, now = self.summary(model, "--replace", option)
        self.assertEqual({key: now[key] for key in now if key.startswith(f"{place}.")}, expected)
        self.assertEqual({key: now[key] for key in now if not key.startswith(f"{place}.")},
                         {key: shapes[key] for key in shapes if not key.startswith(f"{place}.")})
        before = sum(math.prod(shapes[key]) for key in own if key in shapes and not is_buffer(key))
        added = sum(math.prod(shape) for key, shape in expected.items() if not is_buffer(key))
        self.assertEqual(after["totals"]["parameters"], found["totals"]["parameters"] - before + added)
        verdicts = self.match(model, "--replace", option)
        self.assertEqual(verdicts["kept"], set(expected))
        self.assertEqual(verdicts["loaded"], set(every) - set(own))
        return option, {key for key in expected if not is_buffer(key)}

    def every_head(self, model, place, heads):
        with self.subTest(model=model):
            base = self.base(model)
            for head, owns in heads.items():
                with self.subTest(head=head):
                    option, own = self.replaced(model, place, head, owns, base)
            frozen, _ = self.summary(model, "--replace", option, "--freeze", "**", "--freeze", f"!{place}")
            self.assertEqual({entry["name"] for entry in frozen["parameters"] if entry["trainable"]}, own)

    def test_heads_of_features(self):
        for model, place in CLASSIFIERS.items():
            # The loss of a model that has one wants one output.
            self.every_head(model, place, {head: owns for head, owns in OF_FEATURES.items()
                                           if not (head.startswith("pair") and model.startswith("images"))})

    def test_heads_of_maps(self):
        for model, place in SEGMENTERS.items():
            self.every_head(model, place, {"segmentation.yaml(classes=5)": segmentation_head})

    def test_heads_of_encoders(self):
        for model, (place, _) in ENCODERS.items():
            self.every_head(model, place, dict(list(OF_FEATURES.items())[:2]))

    def test_maps_are_pooled_first(self):
        for head, owns in OF_FEATURES.items():
            name, arguments = head.split(".yaml")
            text = (f"extends: {MODELS}/vision/squeezenet.yaml\nimport: {{Head: {HEADS}/{name}.yaml}}\n"
                    f"replace:\n  classifier:\n    - AdaptiveAvgPool2d(1)\n    - Flatten\n    - head: 'Head{arguments}'\n"
                    "forward: x -> features -> classifier\n")
            if name == "pair":
                text += "outputs: {kind: tap(classifier).first, age: tap(classifier).second}\n"
            found = self.results("summary", self.write("pooled.yaml", text))
            with self.subTest(head):
                self.assertEqual({entry["name"]: entry["shape"] for entry in found["parameters"]
                                  if entry["name"].startswith("classifier")},
                                 {f"classifier.head.{key}": shape for key, shape in owns(512).items() if not is_buffer(key)})

    def wrapped(self, model, glob, file, own, base):
        """All that was saved before is loaded; only what the wrapping adds is new, and trains."""
        found, _, every = base
        options = ("--wrap", f"{glob}={HEADS / file}", "--freeze", "**", "--freeze", f"!**.{own}")
        verdicts = self.match(model, *options)
        self.assertEqual(len(verdicts["loaded"]), len(every))
        after, now = self.summary(model, *options)
        trainable = {entry["name"] for entry in after["parameters"] if entry["trainable"]}
        self.assertEqual(verdicts["kept"], trainable)
        self.assertEqual(verdicts.keys(), {"kept", "loaded"})
        self.assertEqual(after["totals"]["trainable"], sum(math.prod(now[key]) for key in trainable))
        self.assertEqual(after["totals"]["parameters"], found["totals"]["parameters"] + after["totals"]["trainable"])
        return trainable

    def test_wrappings(self):
        every = {**{model: glob for model, (_, glob) in ENCODERS.items()}, "images/hf_vit": "**.query",
                 "images/clip": "**.q_proj",
                 **{model: "**:Linear" for model in CLASSIFIERS if model.startswith("vision/")}}
        for model, glob in every.items():
            with self.subTest(model=model):
                base = self.base(model)
                added = self.wrapped(model, glob, "lora.yaml(rank=4)", "lora_*", base)
                self.assertEqual(len([key for key in added if key.endswith("lora_A.weight")]), len(added) // 2)
                added = self.wrapped(model, glob, "adapter.yaml(width=8)", "adapter", base)
                self.assertEqual(len(added) % 4, 0)

    def test_a_small_file_goes_onto_its_base(self):
        base = f"{MODELS}/text/bert.yaml@tiny"
        small = ("--set", "vocab=20", "--set", "width=16", "--set", "positions=8")
        self.done("build", base, *small, "-o", "bert.safetensors", "-q", "--seed", "5")
        edits = (f"params: {{vocab: 20, width: 16, depth: 2, heads: 2, positions: 8}}\n"
                 f"import: {{LoRA: {HEADS}/lora.yaml, Head: {HEADS}/linear.yaml}}\n"
                 "replace: {cls.seq_relationship: Head(5)}\nwrap: {'**.query': LoRA(rank=2)}\n"
                 "freeze: ['**', '!**.lora_*', '!cls.seq_relationship']\n")
        own = self.write("own.yaml", SEQUENCES.format(base=f"{MODELS}/text/bert.yaml", edits=edits))
        self.done("train", own, "--weights", "bert.safetensors", "--save-only", "trainable", "-o", "run")
        kept, _ = tensors(self.folder / "run/last.safetensors")
        before, _ = tensors(self.folder / "bert.safetensors")
        layers = [f"bert.encoder.layer.{i}.attention.self.query.lora_{side}.weight" for i in range(2) for side in "AB"]
        self.assertEqual(set(kept), {*layers, "cls.seq_relationship.fc.weight", "cls.seq_relationship.fc.bias"})
        self.assertTrue(any(kept[layers[1]]), "nothing was trained")
        self.assertLess((self.folder / "run/last.safetensors").stat().st_size,
                        (self.folder / "bert.safetensors").stat().st_size)
        both = ("--weights", "bert.safetensors", "--weights", "run/last.safetensors")
        self.done("build", own, *both, "-o", "whole.safetensors", "-q")
        whole, _ = tensors(self.folder / "whole.safetensors")
        for key, value in kept.items():
            self.assertEqual(whole[key], value, key)
        for key, value in before.items():
            if not key.startswith("cls.seq_relationship"):
                self.assertEqual(whole[key.replace(".query.", ".query.inner.")], value, key)
        self.assertEqual(self.results("eval", own, *both), self.results("eval", own, "--weights", "whole.safetensors"))
        self.refused(1, "eval", own, "--weights", "run/last.safetensors", says="--weights BASE --weights run/last.safetensors")
        # Where the description says what it lies upon, the small file is enough, also as FILE.
        named = self.write("named.yaml", pathlib.Path(own).read_text() + "weights: {from: bert.safetensors, except: cls.seq_relationship}\n")
        self.done("train", named, "--save-only", "trainable", "-o", "again")
        for file in (named, "again/last.safetensors"):
            self.assertEqual(self.results("eval", file, "--weights", "again/last.safetensors"), self.results("eval", own, *both))

    def test_wrappings_change_nothing_at_first(self):
        base = f"{MODELS}/text/bert.yaml@tiny"
        small = ("--set", "vocab=20", "--set", "width=16", "--set", "positions=8")
        self.done("build", base, *small, "-o", "bert.safetensors", "-q", "--seed", "5")
        ids = struct.pack("<12q", *range(12))
        header = json.dumps({"input_ids": {"dtype": "I64", "shape": [2, 6], "data_offsets": [0, 96]}}).encode()
        self.write("in.safetensors", struct.pack("<Q", len(header)) + header + ids)
        self.done("predict", "bert.safetensors", "--inputs", "in.safetensors", "-o", "plain.safetensors")
        for wrap in ("**.query=lora.yaml(rank=2)", "**.output.dense=adapter.yaml(width=4)"):
            glob, file = wrap.split("=", 1)
            wraps = ("--wrap", f"{glob}={HEADS}/{file}")
            self.done("build", base, *small, *wraps, "--weights", "bert.safetensors", "-o", "wrapped.safetensors", "-q")
            self.done("predict", "wrapped.safetensors", "--inputs", "in.safetensors", "-o", "out.safetensors")
            self.assertEqual(tensors(self.folder / "out.safetensors")[0], tensors(self.folder / "plain.safetensors")[0], wrap)

    def test_a_step_of_each_head(self):
        for head, loss in (("linear.yaml(5)", "cross_entropy(logits, label)"), ("mlp.yaml(5)", "cross_entropy(logits, label)"),
                           ("cosine.yaml(5)", "cross_entropy(logits, label)"),
                           ("pair.yaml(Linear(5), Linear(1))", "cross_entropy(logits.first, label) + mean(logits.second ** 2)"),
                           ("projection.yaml(8)", "mean(1 - logits @ logits.t())")):
            name, arguments = head.split(".yaml")
            outputs = "outputs: {kind: logits.first, age: logits.second}\n" if name == "pair" else ""
            self.write("step.yaml", f"extends: {MODELS}/vision/shufflenet_v2.yaml@shufflenet_v2_x0_5\n"
                       f"import: {{Head: {HEADS}/{name}.yaml}}\nreplace: {{fc: 'Head{arguments}'}}\n{outputs}"
                       "targets: {label: 'int[B]'}\ndata:\n  train: synthetic(4, x=normal(3, 32, 32), label=randint(0, 5))\n"
                       f"loss: {loss}\ntrain: {{steps: 1, batch: 4, optimizer: SGD(lr=1e-2), seed: 1}}\n"
                       "freeze: ['**', '!fc']\n")
            with self.subTest(head):
                if name == "projection":
                    text = (self.folder / "step.yaml").read_text().replace("targets: {label: 'int[B]'}\n", "")
                    self.write("step.yaml", text.replace(", label=randint(0, 5)", ""))
                self.done("train", "step.yaml", "-o", f"run_{name}", "--save-only", "trainable")
                kept, _ = tensors(self.folder / f"run_{name}/last.safetensors")
                self.assertTrue(kept and all(key.startswith("fc.") for key in kept), kept.keys())


if __name__ == "__main__":
    unittest.main()
