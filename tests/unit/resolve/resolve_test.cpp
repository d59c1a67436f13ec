// covers: body.cpp expressions.cpp flow.cpp levels.cpp lookup.cpp names.cpp paths.cpp recipe.cpp record.cpp things.cpp
// Each kind of name, and each rule of LANGUAGE §3 "Names".
#include "resolve/resolve.h"

#include "tests/unit/resolve/described.h"

using modelc::resolve::Certainty;
using modelc::resolve::Described;
using List = std::vector<std::string>;

TEST_CASE("a first model: every name means what it should") {
  const Described d(R"yaml(params:
  hidden: 20
inputs:
  x: float[«B», 5]
modules:
  stream:
    - linear: «Linear»(«hidden»)
    - relu: ReLU
  head: Linear(«out_features»=3)
forward:
  h: «stream»(«x»)
  y: «head»(«h»)
outputs: «y»
)yaml");
  CHECK(d.at(0) == "symbol 4:12");
  CHECK(d.at(1) == "operator");
  CHECK(d.at(2) == "param 2:3");
  CHECK(d.at(3) == "argument of `Linear`");
  CHECK(d.at(4) == "module 6:3");
  CHECK(d.at(5) == "input 4:3");
  CHECK(d.at(6) == "module 9:3");
  CHECK(d.at(7) == "binding 11:3");
  CHECK(d.at(8) == "binding 12:3");
  CHECK(d.unknown() == List{});
  CHECK(d.uses(2) == "7:22");
  CHECK(d.uses(4) == "11:6");
}

TEST_CASE("what a name inserts, and what stands around it, means params") {
  const Described d(R"yaml(params: {width: 8}
name: Net-${«width»}
if «width» > 3:
  doc: ${«width»} wide
inputs: {x: "float[B, 5]"}
layers: [ReLU]
)yaml");
  for (const std::size_t mark : {0, 1, 2}) CHECK(d.at(mark) == "param 1:10");
  CHECK(d.unknown() == List{});
}

TEST_CASE("the parts of a pipeline are where they are written") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
modules:
  head: Linear(8) -> ReLU -> Linear(3)
forward:
  y: head(x)
  t: tap(head.«1»)
freeze: [head.«2»]
)yaml");
  CHECK(d.at(0) == "module 3:22");
  CHECK(d.at(1) == "module 3:30");
  CHECK(d.unknown() == List{});
}

TEST_CASE("a definition's own place and the place behind a name are asked like a use") {
  const Described d(R"yaml(params: {«width»: 8}
inputs: {x: "float[B, 5]"}
layers:
  - Linear(«width»)
)yaml");
  CHECK(d.at(0) == "param 1:10");
  CHECK(d.uses(0) == "4:12");
  modelc::resolve::Meaning meaning;
  CHECK(d.names.at(d.marks[1].file, d.marks[1].end, meaning));
  CHECK(meaning.name == "width");
  CHECK_FALSE(d.names.at(d.marks[1].file, d.marks[1].end + 1, meaning));
}

TEST_CASE("bindings and inputs go before tensors, modules, params and symbols of the level") {
  const Described d(R"yaml(params: {s: 2, p: 3}
inputs: {x: "float[B, 5]"}
parameters: {w: "float[5] = zeros", s: "float[] = 1.0"}
modules: {p: Linear(3)}
forward:
  a: x + «w» + «s» + «B»
  w: x
  b: «w» * «s»
  c: «p»(x)
)yaml");
  CHECK(d.at(0) == "parameter 3:14");
  CHECK(d.at(1) == "parameter 3:37");
  CHECK(d.at(2) == "symbol 2:20");
  CHECK(d.at(3) == "binding 7:3");
  CHECK(d.at(4) == "parameter 3:37");
  CHECK(d.at(5) == "module 4:11");
}

TEST_CASE("a called name passes over what cannot be called") {
  const Described d(R"yaml(params: {max: 5, cat: module = ReLU}
inputs: {x: "float[B, 5]"}
modules: {mu: Linear(3)}
define: {both: "«max»(2, «max»)"}
forward:
  - h: «mu»(x)
  - mu: «mu»(x)
  - y: «mu»(x) + «mu»
)yaml");
  CHECK(d.at(0) == "static function");
  CHECK(d.at(1) == "param 1:10");
  CHECK(d.at(2) == "module 3:11");
  CHECK(d.at(3) == "module 3:11");
  CHECK(d.at(4) == "module 3:11");
  CHECK(d.at(5) == "binding 7:5");
}

TEST_CASE("static positions see no bindings, inputs, tensors or modules") {
  const Described d(R"yaml(params: {dropout: 0.1}
define: {d: «x»}
inputs: {x: "float[B, 5]", y: "float[B, 5]"}
modules:
  dropout: Dropout(«dropout»)
  fc: Linear(«B»)
  g: Linear(«x»)
forward:
  z: fc(dropout(x)) + y
)yaml");
  CHECK(d.at(0) == "unknown");
  CHECK(d.at(1) == "param 1:10");
  CHECK(d.at(2) == "symbol 3:20");
  CHECK(d.at(3) == "unknown");
}

TEST_CASE("a component sees params and defines around it, never symbols, modules or bindings") {
  const Described d(R"yaml(params: {width: 8}
define: {twice: 2 * width}
inputs: {x: "float[B, C]"}
components:
  Block:
    params: {depth: «width»}
    inputs: {x: "float[N, D]"}
    modules:
      a: Linear(«twice»)
      b: Linear(«C»)
    forward:
      y: a(«x») + «fc»(x)
modules: {fc: Linear(3), block: «Block»(«depth»=2)}
forward: {y: fc(block(x))}
)yaml");
  CHECK(d.at(0) == "param 1:10");
  CHECK(d.at(1) == "derived value 2:10");
  CHECK(d.at(2) == "unknown");
  CHECK(d.at(3) == "input 7:14");
  CHECK(d.at(4) == "unknown");
  CHECK(d.at(5) == "component 5:3");
  CHECK(d.at(6) == "param 6:14");
}

TEST_CASE("loop variables go first, of the level before those around it") {
  const Described d(R"yaml(params: {i: 3, n: 2}
inputs: {x: "float[B, 5]"}
modules:
  for «i» in range(«n»):
    "block${«i»}":
      - for j in range(«i»): Linear(«j» + «n»)
define:
  sizes: "[«k» * «i» for «k» in range(«i») if «k» > 1]"
forward:
  y: x
)yaml");
  CHECK(d.at(0) == "loop variable 4:7");
  CHECK(d.at(1) == "param 1:16");
  CHECK(d.at(2) == "loop variable 4:7");
  CHECK(d.at(3) == "loop variable 4:7");
  CHECK(d.at(4) == "loop variable 6:13");
  CHECK(d.at(5) == "param 1:16");
  CHECK(d.at(6) == "loop variable 8:22");
  CHECK(d.at(7) == "param 1:10");
  CHECK(d.at(9) == "param 1:10");
  CHECK(d.at(10) == "loop variable 8:22");
}

TEST_CASE("an inline component sees the loop around it") {
  const Described d(R"yaml(params: {n: 2}
inputs: {x: "float[B, 5]"}
modules:
  for i in range(n):
    "block${i}":
      inputs: [z]
      modules: {fc: Linear(«i» + «n»)}
      forward: {y: «fc»(«z»)}
forward: {y: x}
)yaml");
  CHECK(d.at(0) == "loop variable 4:7");
  CHECK(d.at(1) == "param 1:10");
  CHECK(d.at(2) == "module 7:17");
  CHECK(d.at(3) == "input 6:16");
}

TEST_CASE("functions of define: their arguments hold inside") {
  const Described d(R"yaml(params: {v: 7}
define:
  round8(«v»): max(8, («v» + 4) // 8 * 8)
  a: «round8»(«v»=«v»)
inputs: {x: "float[B, 5]"}
layers: [Linear(a)]
)yaml");
  CHECK(d.at(0) == "argument of a function 3:10");
  CHECK(d.at(1) == "argument of a function 3:10");
  CHECK(d.at(2) == "function of `define` 3:3");
  CHECK(d.at(3) == "argument of a function 3:10");
  CHECK(d.at(4) == "param 1:10");
}

TEST_CASE("a later binding holds from there on") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
modules: {f: Linear(5)}
forward:
  - x: f(«x»)
  - x: f(«x»)
  - a, b: split(«x», [2, 3], dim=1)
  - y: «a» + «b»
outputs: «y»
)yaml");
  CHECK(d.at(0) == "input 1:10");
  CHECK(d.at(1) == "binding 4:5");
  CHECK(d.at(2) == "binding 5:5");
  CHECK(d.at(3) == "binding 6:5");
  CHECK(d.at(4) == "binding 6:8");
  CHECK(d.at(5) == "binding 7:5");
}

TEST_CASE("where branches meet a name has the bindings of all of them; untaken ones are in the table") {
  const Described d(R"yaml(params: {deep: false}
inputs: {x: "float[B, 5]"}
modules: {f: Linear(5)}
forward:
  - if «deep»:
      h: f(«x»)
      g: «misspelt»(x)
    else:
      h: x
  - if deep:
      x: f(x)
  - y: «h» + «x»
)yaml");
  CHECK(d.at(0) == "param 1:10");
  CHECK(d.at(1) == "input 2:10");
  CHECK(d.at(2) == "unknown");
  CHECK(d.at(3) == "binding 6:7 | binding 9:7");
  CHECK(d.certainty(3) == Certainty::Open);
  CHECK(d.at(4) == "binding 11:7 | input 2:10");
  CHECK(d.unknown() == List{"misspelt"});
}

TEST_CASE("in a loop a name may have what the turn before bound") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
modules: {f: Linear(5)}
forward:
  - for i in range(3):
      - x: f(«x»)
      - x: f(«x»)
  - y: «x»
)yaml");
  CHECK(d.at(0) == "input 1:10 | binding 6:9");
  CHECK(d.at(1) == "binding 5:9");
  CHECK(d.at(2) == "input 1:10 | binding 6:9");
}

TEST_CASE("modules by static string; names with inserted parts") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
modules:
  for i in range(3):
    "block${i}": Linear(5)
  out-put: Linear(5)
forward:
  - for i in range(3):
      x: modules["«block${i}»"](x)
  - x: modules["«out-put»"](x)
  - y: «block1»(x) + modules["«nothing»"](x)
)yaml");
  CHECK(d.at(0) == "module 4:5");
  CHECK(d.at(1) == "module 5:3");
  CHECK(d.at(2) == "module 4:5");
  CHECK(d.at(3) == "unknown");
}

TEST_CASE("members: children, numbers, outputs, tensors of operators, torch's methods") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
components:
  Encoder:
    inputs: [x]
    modules: {fc: Linear(4), seq: "Linear(4) -> ReLU"}
    parameters: {scale: "float[] = 1.0"}
    forward:
      mu: fc(x)
      sigma: seq(x) * scale
    outputs: {mean: mu, dev: sigma}
modules:
  enc: Encoder
  trunk:
    - Linear(5)
    - out: Linear(5)
forward:
  a: enc(x).«mean» + enc.«fc»(x) + enc.«scale» + enc(x).«nothing»
  b: trunk.«0»(x) + trunk.«out»(x) + trunk.out.«weight»
  c: x.«mean»(dim=1) + x.«shape»[1] + enc.«fd»(x)
  d: max(x, «dim»=1).«values»
)yaml");
  CHECK(d.at(0) == "output 10:15");
  CHECK(d.at(1) == "module 5:15");
  CHECK(d.at(2) == "parameter 6:18");
  CHECK(d.at(3) == "open");
  CHECK(d.at(4) == "module 14:7");
  CHECK(d.at(5) == "module 15:7");
  CHECK(d.certainty(6) == Certainty::Open);
  CHECK(d.at(7) == "function");
  CHECK(d.at(8) == "attribute of a tensor");
  CHECK(d.at(9) == "unknown");
  CHECK(d.at(10) == "argument of `max`");
}

TEST_CASE("imports lead into their files, which see nothing of their importer") {
  const Described d(R"yaml(import:
  Trunk: trunk.yaml
  Attention: blocks.yaml#«Attention»
params: {secret: 3}
inputs: {x: "float[B, 5]"}
modules:
  trunk: «Trunk»@«small»(«width»=4)
  att: «Attention»(«heads»=2)
forward:
  y: att(trunk.«fc»(x))
)yaml",
                    {{"trunk.yaml", R"yaml(params: {width: 8}
variants: {small: {width: 2}}
inputs: {x: "float[B, 5]"}
modules: {fc: Linear(width)}
define: {a: secret}
forward: {y: fc(x)}
)yaml"},
                     {"blocks.yaml", R"yaml(components:
  Attention:
    params: {heads: 1}
    inputs: [x]
    forward: {y: x * heads}
)yaml"}});
  CHECK(d.at(0) == "component blocks.yaml:2:3");
  CHECK(d.at(1) == "import 2:3");
  CHECK(d.at(2) == "variant trunk.yaml:2:12");
  CHECK(d.at(3) == "param trunk.yaml:1:10");
  CHECK(d.at(4) == "import 3:3");
  CHECK(d.at(5) == "param blocks.yaml:3:14");
  CHECK(d.at(6) == "module trunk.yaml:4:11");
  CHECK(d.uses(3) == "7:22 trunk.yaml:2:20 trunk.yaml:4:22");
}

TEST_CASE("a file and its base: names of both, and what is stated again") {
  const Described d(R"yaml(extends: base.yaml
params: {«classes»: 5}
replace:
  «fc»:
    - fc1: Linear(«classes»)
  «stem».«conv»: ReLU
modules: {«gone»: null}
freeze: ["**", "!«fc»", "«stem».*", "«nowhere»"]
outputs:
  y: «logits» + tap(«stem».«conv»)
)yaml",
                    {{"base.yaml", R"yaml(params: {classes: 10}
inputs: {x: "float[B, 5]"}
modules:
  stem: [{conv: Linear(4)}, {act: ReLU}]
  gone: ReLU
  fc: Linear(classes)
forward: {logits: fc(stem(x))}
)yaml"}});
  CHECK(d.at(0) == "param base.yaml:1:10");
  CHECK(d.at(1) == "module base.yaml:6:3");
  CHECK(d.at(2) == "param base.yaml:1:10");
  CHECK(d.at(3) == "module base.yaml:4:3");
  CHECK(d.at(4) == "module base.yaml:4:11");
  CHECK(d.at(5) == "module base.yaml:5:3");
  CHECK(d.at(6) == "module base.yaml:6:3");
  CHECK(d.at(7) == "module base.yaml:4:3");
  CHECK(d.at(8) == "unknown");
  CHECK(d.at(9) == "binding base.yaml:7:11");
  CHECK(d.at(10) == "module base.yaml:4:3");
  CHECK(d.at(11) == "module base.yaml:4:11");
}

TEST_CASE("what an edit puts in a place has its own parts") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
modules:
  fc: Linear(4)
  blocks: [ReLU]
replace:
  fc:
    - fc1: Linear(3)
append:
  blocks:
    - more: Linear(3)
forward:
  y: fc(x) + fc.«fc1»(x) + blocks.«more»(x)
tie: {"fc.«fc1».«weight»": "«blocks».«more».weight"}
)yaml");
  CHECK(d.at(0) == "module 7:7");
  CHECK(d.at(1) == "module 10:7");
  CHECK(d.at(2) == "module 7:7");
  CHECK(d.certainty(3) == Certainty::Open);
  CHECK(d.at(4) == "module 4:3");
  CHECK(d.at(5) == "module 10:7");
}

TEST_CASE("paths and globs name modules level by level; several at once") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
modules:
  enc: [{a: Linear(5)}, {b: Linear(5)}]
forward: {y: enc(x)}
freeze:
  - «enc».«*»
  - enc.«a».weight
  - "**:«Linear»"
init: {"enc.«b».bias": «zeros»()}
weights: {from: w.safetensors, new: ["«enc»"]}
train:
  epochs: 1
  optimizer: «SGD»(«lr»=0.1)
  groups: [{match: "«enc».a", lr: 0.2}]
)yaml");
  CHECK(d.at(0) == "module 3:3");
  CHECK(d.certainty(1) == Certainty::Several);
  CHECK(d.at(1) == "module 3:10 | module 3:26");
  CHECK(d.at(2) == "module 3:10");
  CHECK(d.at(3) == "operator");
  CHECK(d.at(4) == "module 3:26");
  CHECK(d.at(5) == "initialiser");
  CHECK(d.at(6) == "module 3:3");
  CHECK(d.at(7) == "optimizer");
  CHECK(d.at(8) == "argument of `SGD`");
  CHECK(d.at(9) == "module 3:3");
}

TEST_CASE("tap: the path of a module, a binding behind it, a string") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
components:
  Moe:
    inputs: [x]
    forward: [{balance: x * 2}, {y: x + balance}]
modules:
  blocks: [{moe: Moe}, {act: ReLU}]
forward:
  y: blocks(x)
outputs: [y, tap(«blocks».«act»), tap(blocks.«moe».«balance»), tap("«blocks».*")]
)yaml");
  CHECK(d.at(0) == "module 7:3");
  CHECK(d.at(1) == "module 7:25");
  CHECK(d.at(2) == "module 7:13");
  CHECK(d.at(3) == "binding 5:16");
  CHECK(d.at(4) == "module 7:3");
}

TEST_CASE("recipe: columns, feed, loss, metrics") {
  const Described d(R"yaml(params: {rows: 10}
inputs: {x: "float[B, 5]"}
targets: {label: "int[B]"}
layers: [Linear(3)]
outputs: {logits: «output»}
data:
  train: «synthetic»(«rows», x=«normal»(5), c=randint(0, 3))
  feed:
    half: «x» / 2
    «x»: «half» * 2
    label: «c»
loss: {ce: "«cross_entropy»(«logits», «label»)"}
metrics: {acc: "«accuracy»(«outputs».«logits», targets.«label»)"}
train:
  epochs: 1
  optimizer: SGD(lr=0.1)
  stop: {metric: valid.«acc», patience: 2}
)yaml");
  CHECK(d.at(0) == "binding");
  CHECK(d.at(1) == "source of data");
  CHECK(d.at(2) == "param 1:10");
  CHECK(d.at(4) == "column 7:26");
  CHECK(d.at(5) == "input 2:10");
  CHECK(d.at(6) == "binding 9:5");
  CHECK(d.at(7) == "column 7:39");
  CHECK(d.at(8) == "function");
  CHECK(d.at(9) == "output 5:11");
  CHECK(d.at(10) == "target 3:11");
  CHECK(d.at(11) == "metric");
  CHECK(d.at(12) == "no name");
  CHECK(d.at(13) == "output 5:11");
  CHECK(d.at(14) == "target 3:11");
  CHECK(d.at(15) == "metric 13:11");
}

TEST_CASE("columns of a file are known when it is read: a name that is nothing else is one") {
  const Described d(R"yaml(params: {age: 3}
inputs: {x: "float[B, 5]"}
targets: {y: "int[B]"}
layers: [Linear(3)]
data:
  train: csv("a.csv")
  feed:
    x: standardize(«workclass») + «age»
)yaml");
  CHECK(d.at(0) == "column of the data 6:10");
  CHECK(d.certainty(0) == Certainty::Exact);
  CHECK(d.at(1) == "param 1:10");
  CHECK(d.certainty(1) == Certainty::Open);
}

TEST_CASE("parts of a zip, and the one output that has no name") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
targets: {y: "int[B]"}
modules: {fc: Linear(3)}
forward: fc(x)
data:
  train: zip(fac=csv("a.csv"), fou=csv("b.csv"))
  feed:
    x: numeric(«fac»)
    y: category(«fou».«class»)
loss: cross_entropy(«output», y)
)yaml");
  CHECK(d.at(0) == "column 6:14");
  CHECK(d.certainty(0) == Certainty::Exact);
  CHECK(d.at(1) == "column 6:32");
  CHECK(d.at(2) == "column of the data 6:32");
  CHECK(d.at(3) == "output 4:10");
  CHECK(d.unknown() == List{});
}

TEST_CASE("outputs that no list names: of the last binding, and the one without a name") {
  const Described named(R"yaml(inputs: {x: "float[B, 5]"}
targets: {y: "int[B]"}
modules: {fc: Linear(3)}
forward:
  logits: fc(x)
loss: cross_entropy(outputs.«logits», targets.y)
)yaml");
  CHECK(named.at(0) == "binding 5:3");
  CHECK(named.unknown() == List{});
  const Described unnamed(R"yaml(inputs: {x: "float[B, 5]"}
targets: {y: "int[B]"}
modules: {fc: Linear(3)}
forward: fc(x)
loss: cross_entropy(outputs.«output», y)
)yaml");
  CHECK(unnamed.at(0) == "output 4:10");
  CHECK(unnamed.unknown() == List{});
}

TEST_CASE("what a split goes by is what the feed makes, or a column") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
targets: {y: "int[B]"}
layers: [Linear(3)]
data:
  train: synthetic(10, x=normal(5), c=randint(0, 3))
  valid: {split: 0.2, stratify: «y», by: «c»}
  feed:
    y: c
)yaml");
  CHECK(d.at(0) == "target 2:11");
  CHECK(d.at(1) == "column 5:37");
  CHECK(d.unknown() == List{});
}

TEST_CASE("variants and the command line give values to params") {
  modelc::compose::Overrides asked;
  asked.variant = "wide";
  asked.set.emplace_back("width", "n * 2");
  const Described d(R"yaml(params: {width: 8, n: 2, mode: "choice[a, n] = a"}
variants:
  wide: {«width»: «n» * 4, mode: «n»}
inputs: {x: "float[B, 5]"}
layers: [Linear(width)]
)yaml",
                    {}, asked);
  CHECK(d.at(0) == "param 1:10");
  CHECK(d.at(1) == "param 1:20");
  CHECK(d.at(2) == "no name");
  CHECK(d.uses(1) == "3:17 --set width=n * 2:1:7");
}

TEST_CASE("a module param: what stands in it is open, what it may be called is not") {
  const Described d(R"yaml(params:
  block: module = Linear(3)
  inner: (float[..., I]) -> float[..., «O»]
inputs: {x: "float[B, 5]"}
modules:
  a: «block»(«bias»=false)
  fc: Linear(«O»)
forward: {y: a.«weight» + fc(a(x))}
)yaml");
  CHECK(d.at(0) == "symbol 3:40");
  CHECK(d.at(1) == "param 2:3");
  CHECK(d.at(2) == "open");
  CHECK(d.at(3) == "symbol 3:40");
  CHECK(d.at(4) == "open");
}

TEST_CASE("a description with faults elsewhere still has its table") {
  const Described d(R"yaml(params: {width: 8}
inputs: {x: "float[B, 5]"}
modules:
  broken: Linear(3 +)
  fc: Linear(«width»)
forward:
  y: «fc»(x) + nothing(x)
unknown_key: 3
)yaml");
  CHECK(d.sink.has_errors());
  CHECK(d.at(0) == "param 1:10");
  CHECK(d.at(1) == "module 5:3");
}

TEST_CASE("long form: words of an operator are text, expressions are not") {
  const Described d(R"yaml(params: {n: 3, same: 1}
inputs: {x: "float[B, 3, 8, 8]"}
modules:
  conv: {type: «Conv2d», out_channels: «n», kernel_size: "«n»", padding: «same»}
forward: {y: conv(x)}
)yaml");
  CHECK(d.at(0) == "operator");
  CHECK(d.at(1) == "param 1:10");
  CHECK(d.at(2) == "param 1:10");
  CHECK(d.at(3) == "no name");
}

TEST_CASE("ten thousand lines take no time worth speaking of") {
  std::string text = "inputs: {x: \"float[B, 5]\"}\nmodules:\n";
  for (int i = 0; i < 4000; ++i) text += "  fc" + std::to_string(i) + ": Linear(5)\n";
  text += "forward:\n";
  for (int i = 0; i < 6000; ++i) {
    text += "  h" + std::to_string(i) + ": fc" + std::to_string(i % 4000) + "(" +
            (i == 0 ? "x" : "h" + std::to_string(i - 1)) + ")\n";
  }
  const Described d(text);
  CHECK(d.names.uses.size() == 4000 + 2 * 6000 + 1);
  CHECK(d.unknown() == List{});
}
