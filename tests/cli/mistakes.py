"""Mistakes that people made when they tried the language, each a change of one description, with what `check` must say:
its code, where, and the words that tell the cause or the cure. Read by mistakes_test.py."""

import dataclasses

BASE = {
    "params": "params: {width: 32}",
    "inputs": "inputs:\n  x: float[B, 12]",
    "targets": "targets:\n  y: int[B]",
    "modules": "modules:\n  fc1: Linear(width)\n  act: ReLU\n  fc2: Linear(3)",
    "forward": "forward:\n  h: act(fc1(x))\n  logits: fc2(h)",
    "data": "data:\n  train: synthetic(64, x=normal(12), y=randint(0, 3))\n  valid: {split: 0.25}",
    "loss": "loss: cross_entropy(logits, y)",
    "metrics": "metrics:\n  acc: accuracy(logits, y)",
    "train": "train:\n  epochs: 1\n  batch: 16\n  optimizer: Adam(lr=1e-3)",
}
TABLE = "a,b,c\n" + "".join(f"{i % 7}.5,{i % 5},{'pqr'[i % 3]}\n" for i in range(30))


@dataclasses.dataclass
class Mistake:
    at: str  # what the report points at: the text of its line holds it
    codes: str
    says: str = ""
    keys: dict = dataclasses.field(default_factory=dict)  # instead of those of BASE; "" leaves one out, `more` is added
    options: tuple = ()
    files: dict = dataclasses.field(default_factory=dict)

    def text(self):
        return "\n".join(text for text in {**BASE, **self.keys}.values() if text) + "\n"


def modules(first="Linear(width)", act="ReLU", more=""):
    return {"modules": f"modules:\n  fc1: {first}\n  act: {act}\n  fc2: Linear(3){more}"}


def forward(*lines):
    return {"forward": "forward:\n" + "\n".join("  " + line for line in lines)}


def train(*lines):
    return {"train": "train:\n" + "\n".join("  " + line for line in ("epochs: 1", "optimizer: Adam", *lines))}


def optimizer(text):
    return {"train": f"train:\n  epochs: 1\n  optimizer: {text}"}


def table(*feed, source='csv("t.csv")', **more):
    lines = "\n".join("    " + line for line in feed)
    return {"inputs": "inputs:\n  x: float[B, 2]", "data": f"data:\n  train: {source}\n  feed:\n{lines}", **more}


NUMBERS, CLASSES = "x: numeric(a, b)", 'y: category("c")'
NO_RECIPE = {key: "" for key in ("targets", "data", "loss", "metrics", "train")}
IMAGE = {"inputs": "inputs:\n  x: float[B, 3, 8, 8]", **NO_RECIPE}

MISTAKES = [
    # --- names ---
    Mistake("Linaer", "M4002", "did you mean `Linear`?", modules("Linaer(32)")),
    Mistake("bais", "M5002", "did you mean `bias`?", modules("Linear(32, bais=false)")),
    Mistake("foward", "M3001", "did you mean `forward`?", {"forward": "foward:\n  logits: fc2(act(fc1(x)))"}),
    Mistake("fc(x)", "M4002", "did you mean `fc1`?", forward("logits: fc2(act(fc(x)))")),
    Mistake("X", "M4001", "did you mean `x`?", forward("logits: fc2(act(fc1(X)))")),
    Mistake("flaot", "M2017", "did you mean `float`?", {"inputs": "inputs:\n  x: flaot[B, 12]"}),
    Mistake("float[b", "M4001", "a symbol begins with a capital letter", {"inputs": "inputs:\n  x: float[b, 12]"}),
    Mistake("nn.ReLU", "M4001", "a name stands alone: `ReLU`", modules(act="nn.ReLU()")),
    Mistake("F.relu", "M4001", "a name stands alone: `relu`", forward("logits: fc2(F.relu(act(fc1(x))))")),
    Mistake("self.act", "M4001", "a name stands alone: `act`", forward("logits: fc2(self.act(fc1(x)))")),
    Mistake("bias=yes", "M4001", "the word is `true`", modules("Linear(32, bias=yes)")),
    Mistake("b: yes", "M4001", "the word is `true`", {"params": "params: {width: 32, b: yes}"}),
    Mistake("Relu", "M4001", "did you mean `ReLU`?", modules(act="Relu")),
    Mistake("label", "M4001", "here stand `", {"loss": "loss: cross_entropy(logits, label)"}),
    Mistake("H % 2", "M4001", "`B`", {"more": "where: [H % 2 == 0]"}),
    Mistake("str[B]", "M2017", "", {"inputs": "inputs:\n  x: str[B]"}),
    Mistake("Sequential", "M4002", "`Linear(32) -> ReLU`", modules(act="Sequential(ReLU, Dropout(0.1))")),
    # --- arguments ---
    Mistake("Linear(12, 32)", "M5001", "write `Linear(32)`", modules("Linear(12, 32)")),
    Mistake("Conv2d(3, 64, 7)", "M5001", "write `Conv2d(64, 7)`",
            {**IMAGE, **modules("Conv2d(3, 64, 7)"), **forward("logits: fc2(act(fc1(x)).flatten(1))")}),
    Mistake("BatchNorm1d(32)", "M5001", "write `BatchNorm1d()`", modules(act="BatchNorm1d(32)")),
    Mistake("Dropout(1.5)", "M5005", "expected 0 to 1", modules(act="Dropout(1.5)")),
    Mistake("fan_sideways", "M5004", "fan_in", {"more": 'init: {fc1.weight: kaiming_normal(mode="fan_sideways")}'}),
    # --- the recipe ---
    Mistake("epoch: 1", "M8311", "did you mean `epochs`?", {"train": "train:\n  epoch: 1\n  optimizer: Adam"}),
    Mistake("scheduler", "M8311", "did you mean `schedule`?", train("scheduler: cosine()")),
    Mistake("adam", "M8315", "did you mean `Adam`?", optimizer("adam")),
    Mistake("learning_rate", "M5002", "did you mean `lr`?", optimizer("Adam(learning_rate=1e-3)")),
    Mistake("type: Adam", "M8312", "is a mapping, expected a call", optimizer("{type: Adam, lr: 1e-3}")),
    Mistake("torch.optim", "M8312", "a name stands alone: `Adam`", optimizer("torch.optim.Adam(lr=1e-3)")),
    Mistake("batch_size", "M8311", "did you mean `batch`?", train("batch_size: 16")),
    Mistake("early_stopping", "M8311", "did you mean `stop`?", train("early_stopping: 3")),
    Mistake("0.2", "M8301", "`{split: 0.2}`", {"data": "data:\n  train: synthetic(64)\n  valid: 0.2"}),
    Mistake("lr=-1", "M5005", "expected at least 0", optimizer("Adam(lr=-1)")),
    Mistake("batch: 0", "M8312", "expected at least 1", train("batch: 0")),
    Mistake("norm: -1", "M8312", "expected more than 0", train("clip: {norm: -1}")),
    Mistake("split: 20", "M8312", "less than 1", {"data": "data:\n  train: synthetic(64)\n  valid: {split: 20}"}),
    Mistake("fold: 5", "M8312", "0 to 4", {"data": "data:\n  train: synthetic(64)\n  valid: {folds: 5, fold: 5}"}),
    Mistake("splt", "M8311", "did you mean `split`?", {"data": "data:\n  train: synthetic(64)\n  valid: {splt: 0.2}"}),
    Mistake("folds: 5", "M8314", "exclude", {"data": "data:\n  train: synthetic(64)\n  valid: {split: 0.2, folds: 5}"}),
    Mistake("wiht", "M8311", "did you mean `with`?", {"more": "checks: [{wiht: {B: 2}}]"}),
    Mistake("banana", "M8312", "the code of a lint", {"more": "allow: [banana]"}),
    Mistake("banana", "M8312", "cuda", {"more": "device: banana"}),
    Mistake("float33", "M8312", "float32", {"more": "dtype: float33"}),
    Mistake("nowhere", "M4028", "`nowhere`", {"more": "moved: {old: nowhere}"}),
    # --- loss and metrics ---
    Mistake("categorical", "M4002", "did you mean `cross_entropy`?", {"loss": "loss: categorical_crossentropy(logits, y)"}),
    Mistake("mse_loss", "M6001", "expected equal shapes", {"loss": "loss: mse_loss(logits, y)"}),
    Mistake("with_logits", "M6001", "`y.float()`", {"loss": "loss: binary_cross_entropy_with_logits(logits, y)"}),
    Mistake("cross_entropy", "M6001", "`y.long()`",
            {"targets": "targets:\n  y: float[B]", "data": "", "metrics": "", "train": ""}),
    Mistake("cross_entropy", "M6001", "squeeze(-1)",
            {"targets": "targets:\n  y: int[B, 1]", "data": "", "metrics": "", "train": ""}),
    Mistake("cross_entropy", "M4058", "call it", {"loss": "loss: cross_entropy"}),
    Mistake("reduction", "M4058", "`.mean()`", {"loss": 'loss: cross_entropy(logits, y, reduction="none")'}),
    Mistake("(y, logits)", "M6001", "floating-point", {"loss": "loss: cross_entropy(y, logits)"}),
    Mistake("(y, logits)", "M6041", "the prediction comes first", {"metrics": "metrics:\n  acc: accuracy(y, logits)"}),
    Mistake("acuracy", "M4002", "did you mean `accuracy`?", {"metrics": "metrics:\n  acc: acuracy(logits, y)"}),
    Mistake("[accuracy]", "M4001", "`accuracy(logits, y)`", {"metrics": "metrics: [accuracy]"}),
    Mistake("* 100", "M4002", "stands alone", {"metrics": "metrics:\n  acc: accuracy(logits, y) * 100"}),
    Mistake("n=1", "M5002", "`k`", {"metrics": "metrics:\n  t: topk(logits, y, n=1)"}),
    Mistake("foo=1", "M5002", "`target`", {"metrics": "metrics:\n  t: accuracy(logits, y, foo=1)"}),
    # --- YAML ---
    Mistake("fc1", "M1013", "replace the tab",
            {"modules": "modules:\n\tfc1: Linear(32)\n  act: ReLU\n  fc2: Linear(3)"}),
    Mistake("act", "M1016", "column of its neighbours",
            {"modules": "modules:\n  fc1: Linear(32)\n   act: ReLU\n  fc2: Linear(3)"}),
    Mistake("fc2:Linear", "M1015", "`fc2: Linear(3)`",
            {"modules": "modules:\n  fc1: Linear(32)\n  act: ReLU\n  fc2:Linear(3)"}),
    Mistake("act: GELU", "M1008", "delete one of the two", modules(more="\n  act: GELU")),
    Mistake("!x", "M1007", "leave the tag out", modules("!x Linear(32)")),
    Mistake("---", "M1006", "a file of its own", {"more": "---\na: b"}),
    Mistake("**", "M1024", '`freeze: "**"`', {"more": "freeze: **"}),
    Mistake("!fc2", "M1007", '"!fc2"', {"more": 'freeze: ["**", !fc2]'}),
    Mistake("bias=false", "M1021", '"Linear(32, bias=false)"',
            {"modules": "modules: {fc1: Linear(32, bias=false), act: ReLU, fc2: Linear(3)}"}),
    Mistake("float[", "M1022", '"float[B, 12]"', {"inputs": "inputs: {x: float[B, 12]}"}),
    Mistake("a: b", "M1028", '`doc: "a: b"`', {"more": "doc: a: b"}),
    Mistake("#first", "M2001", "a comment stands", modules("Linear(32)#first")),
    Mistake("032", "M2005", "write `32`", modules("Linear(032)")),
    Mistake("Linear(32", "M2002", "never closed", modules("Linear(32")),
    Mistake("for i in", "M1025", "quote it", forward("h: [x[:, i] for i in range(3)]", "logits: fc2(act(fc1(x)))")),
    # --- Python that is none of the language's ---
    Mistake('f"a"', "M2001", "${…}", forward('logits: fc2(act(fc1(x))) * len(f"a")')),
    Mistake("=>", "M2012", "`->`", forward("logits: x => fc1 => act => fc2")),
    Mistake("add_", "M4002", "without the underscore", forward("logits: fc2(act(fc1(x)).add_(1))")),
    Mistake("::-1", "M6001", "`flip(x, [dim])`", forward("logits: fc2(act(fc1(x[:, ::-1])))")),
    Mistake("fc1", "M6004", "what the data decide", forward("logits: fc2(act(fc1(x[x > 0])))")),
    Mistake("fc1", "M6004", "as in `flatten(1)`", {**NO_RECIPE, **forward("logits: fc2(act(fc1(x.flatten())))")}),
    Mistake("if x.sum()", "M4008", "`where(condition, a, b)`",
            forward("logits: fc2(act(fc1(x))) if x.sum() > 0 else fc2(act(fc1(-x)))")),
    Mistake("(((", "M2008", "", forward("logits: " + "(" * 5000 + "x" + ")" * 5000)),
    Mistake("range(1000000)", "M4015", "200000", modules(more="\n  more:\n    - for i in range(1000000): ReLU")),
    # --- data ---
    Mistake("csv", "M8101", "is a folder", table(NUMBERS, CLASSES, source='csv("d")'), files={"d/x": ""}),
    Mistake("csv", "M8101", "is empty", table(NUMBERS, CLASSES), files={"t.csv": ""}),
    Mistake("csv", "M8101", "t.csv:32: 2 fields", table(NUMBERS, CLASSES), files={"t.csv": TABLE + "1,2\n"}),
    Mistake("csv", "M8101", "t.csv:32:3", table(NUMBERS, CLASSES), files={"t.csv": TABLE + '1,2,"p\n'}),
    Mistake("csv", "M8101", "`names` gives 2",
            table(NUMBERS, CLASSES, source='csv("t.csv", header=false, names=["a", "b"])'), files={"t.csv": TABLE}),
    Mistake("cc", "M8109", "did you mean `c`?", table(NUMBERS, 'y: category("cc")'), files={"t.csv": TABLE}),
    Mistake("d", "M8109", "it has a, b, c", table('x: numeric(except="d")', CLASSES), files={"t.csv": TABLE}),
    Mistake("y: b", "M8105", "t.csv:5:2", table(NUMBERS, "y: b"), files={"t.csv": TABLE}),
    Mistake('category("c")', "M8105", "4 values of `c`", table(NUMBERS, CLASSES), files={"t.csv": TABLE + "1,2,z\n"}),
    Mistake("randint", "M8105", "`y` is 4", {"data": "data:\n  train: synthetic(64, x=normal(12), y=randint(0, 5))"}),
    Mistake("y: c", "M8307", '`category("c")`', table(NUMBERS, "y: c"), files={"t.csv": TABLE}),
    # --- the command line ---
    Mistake("wdth", "M3503", "did you mean `width`?", options=("--set", "wdth=3")),
    Mistake("tanh", "M5007", "choice[relu, gelu]",
            {"params": 'params: {width: 32, kind: "choice[relu, gelu] = relu"}'}, ("--set", "kind=tanh")),
    Mistake("smal", "M3501", "did you mean `small`?", {"more": "variants: {small: {width: 8}}"}, ("--variant", "smal")),
    Mistake("fcc", "M4028", "did you mean `fc1`?", options=("--replace", "fcc=Linear(3)")),
    Mistake("fc2=Linear(3", "M2002", "never closed", options=("--replace", "fc2=Linear(3")),
    Mistake("Q", "M6022", "the inputs have `B`", options=("--where", "Q=3")),
    Mistake("m.yaml", "M1050", "reaches itself", {**{key: "" for key in BASE}, "more": "extends: m.yaml"}),
    Mistake("nothere", "M1001", "No such file", {**{key: "" for key in BASE}, "more": "extends: nothere.yaml"}),
    # --- met later ---
    Mistake("type: linear", "M4020", "the module is `Linear`", modules("{type: linear, out_features: 32}")),
    Mistake("CrossEntropyLoss", "M4019", "the function is `cross_entropy`", {"loss": "loss: CrossEntropyLoss(logits, y)"}),
    Mistake("nn.CrossEntropyLoss", "M4001", "a name stands alone", {"loss": "loss: nn.CrossEntropyLoss()(logits, y)"}),
    Mistake("Adam 1e-3", "M2001", "`Adam(1e-3)`", optimizer("Adam 1e-3")),
    Mistake("-> ReLU", "M1027", "leave the quotes out: `fc1: Linear(32) -> ReLU`", modules('"Linear(32)" -> ReLU')),
    Mistake("h = act", "M2012", "`- h: act(fc1(x))`",
            {"forward": "forward:\n  - h = act(fc1(x))\n  - logits: fc2(h)", "loss": "loss: cross_entropy(logits, y)"}),
    Mistake("h = act", "M2012", "`- h: act(fc1(x))`", {"forward": "forward: |\n  h = act(fc1(x))\n  return fc2(h)"}),
    Mistake("h += 2", "M2012", "`- h: h + 2`", forward("- h: act(fc1(x))", "- h += 2", "- logits: fc2(h)")),
    Mistake("lambda v", "M1028", "quote", forward("f: lambda v: v + 1", "logits: fc2(act(fc1(f(x))))")),
    Mistake("x.view", "M6002", "12 / 5", forward("h: x.view(x.size(0), -1, 5)", "logits: fc2(act(fc1(h)))")),
    Mistake("@ x", "M6002", "in a batch of the training", {**modules(act="Tanh"), **forward("h: act(fc1(x) @ x)", "logits: fc2(h)")}),
    Mistake("cat(x, x)", "M5004", "in brackets", forward("h: cat(x, x)", "logits: fc2(act(fc1(h)))")),
    Mistake("fc1(x, x)", "M5001", "it takes `input`", forward("logits: fc2(act(fc1(x, x)))")),
    Mistake('lr="1e-3"', "M5004", "a number has no quotes", optimizer('Adam(lr="1e-3")')),
    Mistake("lr: 0.1", "M8311", "an argument of the optimizer", train("lr: 0.1")),
    Mistake("CosineAnnealingLR", "M8330", "did you mean `cosine`?", train("schedule: CosineAnnealingLR(10)")),
    Mistake("clip: 1.0", "M8310", "norm: 1.0", train("clip: 1.0")),
    Mistake("stop: 5", "M8310", "patience", train("stop: 5")),
    Mistake("encoder", "M4028", "it has `fc1`, `act`, `fc2`", train("groups: [{match: encoder, lr: 1e-4}]")),
    Mistake("gpu", "M8312", "did you mean `cuda`?", {"more": "device: gpu"}),
    Mistake("x.cuda()", "M4002", "where the model runs", forward("logits: fc2(act(fc1(x.cuda())))")),
    Mistake('"cuda"', "M5004", "where the model runs", forward('logits: fc2(act(fc1(x.to("cuda"))))')),
    Mistake("device=", "M5002", "where the model runs", forward("logits: 'fc2(act(fc1(x))) + zeros([3], device=\"cuda\")'")),
    Mistake("x.device", "M4004", "where the model runs", forward("logits: fc2(act(fc1(x.to(x.device))))")),
    Mistake("x.item()", "M4002", "known only at run time", forward("logits: fc2(act(fc1(x))) * x.item()")),
    Mistake("x.to(x)", "M5004", "`x.dtype`", forward("logits: fc2(act(fc1(x.to(x))))")),
    Mistake("np.sqrt", "M4001", "a name stands alone: `sqrt`", forward("logits: fc2(act(fc1(np.sqrt(x))))")),
    Mistake("x and x", "M4008", "`&`", forward("logits: fc2(act(fc1(x and x)))")),
    Mistake("x: [B, 12]", "M3002", "write `x: float[B, 12]`", {"inputs": "inputs:\n  x: [B, 12]"}),
    Mistake("float[-1", "M6016", "a size that varies is a symbol", {"inputs": "inputs:\n  x: float[-1, 12]"}),
    Mistake("float[None", "M6015", "a size that varies is a symbol", {"inputs": "inputs:\n  x: float[None, 12]"}),
    Mistake("R(n + 1)", "M4014", "end the recursion with an `if`", {
        "more": "components:\n  R:\n    params: {n: int}\n    inputs: [x]\n    modules:\n      f: Linear(4)\n"
                "      r: R(n + 1)\n    forward: r(f(x))", **modules("R(0)")}),
    Mistake("epochs", "M3503", "did you mean `train.epochs`?", options=("--set", "epochs=3")),
    Mistake("out=3", "M5002", "its params are `classes`, `hidden`", options=("--replace", "fc2=mlp.yaml(out=3)"),
            files={"mlp.yaml": 'params: {classes: 10, hidden: 8}\ninputs: {x: "float[..., D]"}\n'
                               "layers: [Linear(hidden), ReLU, Linear(classes)]\n"}),
    Mistake("b.yaml", "M4061", "this freezes parameters", {**{key: "" for key in BASE}, "more": 'extends: b.yaml\nfreeze: "**"'},
            files={"b.yaml": Mistake("", "").text()}),
    Mistake("b.yaml", "M4002", "it is taken away here",
            {**{key: "" for key in BASE}, "more": "extends: b.yaml\nmodules: {fc1: null}"}, files={"b.yaml": Mistake("", "").text()}),
    Mistake("x[:, [0, 12]]", "M6002", "position 12", forward("h: x[:, [0, 12]]", "logits: fc2(act(fc1(x + h.sum())))")),
    Mistake("numeric(a, b)", "M8109", 'sep=";"', table(NUMBERS, CLASSES), files={"t.csv": TABLE.replace(",", ";")}),
    Mistake("test: csv", "M8109", "it has d, e, f", table(NUMBERS, CLASSES, source='csv("t.csv")\n  test: csv("u.csv")'),
            files={"t.csv": TABLE, "u.csv": "d,e,f\n1,2,x\n"}),
    Mistake('except="c"', "M8308", "t.csv:32:1", table('x: numeric(except="c")', CLASSES), files={"t.csv": TABLE + "two,1,p\n"}),
]
