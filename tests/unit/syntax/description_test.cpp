// covers: declarations.cpp flow.cpp modules.cpp recipe.cpp values.cpp variants.cpp
// Keys of a description as typed parts, static control flow in keys, and the faults of structure.
#include "syntax/description/description.h"

#include <doctest/doctest.h>

#include "syntax/yaml/yaml.h"

namespace {

using namespace modelc;
using ast::ItemKind;
using ast::ModuleKind;

struct Read {
  support::SourceManager sources;
  diagnostics::Sink sink;
  ast::DescriptionPtr description;

  explicit Read(const std::string& text) {
    const auto file = sources.add("models/m.yaml", text);
    const auto root = syntax::read_yaml(sources, file, sink).root;
    REQUIRE(root);
    description = syntax::parse_description(root, "models/m.yaml", sink);
  }
  /// `CODE text-at-place: message | help`, one line each.
  std::string faults() const {
    std::string out;
    for (const auto& d : sink.sorted()) {
      out +=
          fmt::format("{} {}: {}{}\n", d.code, sources.text(d.span), d.message, d.help.empty() ? "" : " | " + d.help);
    }
    return out;
  }
};

const std::string kHead = "inputs:\n  x: float[B, 10]\n";

std::string faults(const std::string& text) { return Read(text).faults(); }
std::string body_faults(const std::string& text) { return Read(kHead + text).faults(); }

TEST_CASE("the first model of the guide") {
  const Read read(R"yaml(modelc: 1
name: TwoStream
x-note: {any: [thing]}
params:
  hidden: 20
  classes: int = 3
  mode: "some words"
  sizes: [1, 2]
inputs:
  x1: float[B, 5]
  x2: float[B, 8]
modules:
  stream1:
    - linear: Linear(hidden)
    - relu: ReLU
  classifier: Linear(classes)
forward:
  joined: cat([stream1(x1), stream2(x2)], dim=1)
  a, b: classifier(joined)
  h: float[B, C] = f(a)
outputs: logits
)yaml");
  CHECK(read.faults() == "");
  const auto& d = *read.description;
  CHECK(d.name == "TwoStream");
  CHECK(d.file.folder == "models");
  REQUIRE(d.params.size() == 4);
  CHECK(d.params[1].value.declared.type);
  CHECK(d.params[1].value.declared.value_text == "3");
  CHECK(d.params[2].value.declared.quoted);
  CHECK(d.params[2].value.declared.value->kind == ast::ExprKind::Raw);
  CHECK(d.params[3].value.declared.value->kind == ast::ExprKind::List);
  REQUIRE(d.modules.size() == 2);
  CHECK(d.modules[0].value.kind == ModuleKind::Sequential);
  CHECK(d.modules[0].value.items[1].name.text == "relu");
  REQUIRE(d.body.forward.entries.size() == 3);
  CHECK(d.body.forward.entries[1].value.targets[1].text == "b");
  CHECK(d.body.forward.entries[2].value.type);
  CHECK(d.body.outputs.single);
  CHECK(d.keys.contains("outputs"));
  CHECK(!d.keys.contains("x-note"));
}

TEST_CASE("control flow in lists and mappings") {
  const Read read(R"yaml(inputs: {x: "float[B, 4]"}
modules:
  if deep:
    a: Linear(3)
    b: ReLU
  elif wide > 2:
    - a: Linear(4)
  else:
    c: Identity
  "m${i+1}": ReLU
  loop:
    for i in range(3): {"block${i+1}": Block(), act: ReLU}
  bare:
    if c: Linear(3)
    else: Identity
  heads:
    list:
      - for k, c in rows: Linear(c)
      - if norm: LayerNorm()
        else:
          - Identity
          - type: Linear
            out_features: 3
      - {type: Conv2d, out_channels: 64}
  table:
    dict: {text-a: Linear(1), 0: Linear(2)}
  inner:
    params: {k: int}
    layers: [Linear(k)]
  pipe: Conv2d(64, 3) -> ReLU
forward:
  - x: x + a(x)
  - for b in heads: {x: b(x)}
  - if training: {aux: f(x)}
  - _: f(x)
  - x -> g
)yaml");
  CHECK(read.faults() == "");
  const auto& m = read.description->modules;
  REQUIRE(m.size() == 8);
  REQUIRE(m[0].kind == ItemKind::If);
  REQUIRE(m[0].branches.size() == 3);
  CHECK(m[0].branches[0].body.size() == 2);
  CHECK(m[0].branches[2].condition == nullptr);
  CHECK(m[1].name.pattern);
  CHECK(m[2].value.kind == ModuleKind::Sequential);
  CHECK(m[2].value.items[0].body.size() == 2);
  CHECK(m[3].value.items[0].branches.size() == 2);
  const auto& list = m[4].value;
  CHECK(list.kind == ModuleKind::List);
  REQUIRE(list.items.size() == 3);
  CHECK(list.items[0].variables.names[1].text == "c");
  CHECK(list.items[1].branches[1].body.size() == 2);
  CHECK(list.items[2].value.call->args[0].value->kind == ast::ExprKind::Raw);
  CHECK(m[5].value.items[1].name.text == "0");
  CHECK(m[6].value.kind == ModuleKind::Inline);
  CHECK(m[7].value.call->kind == ast::ExprKind::Pipe);
  const auto& f = read.description->body.forward.entries;
  REQUIRE(f.size() == 5);
  CHECK(f[1].kind == ItemKind::For);
  CHECK(f[4].value.targets.empty());
}

TEST_CASE("edits, paths, weights, recipe") {
  const Read read(R"yaml(extends: base.yaml
params: {classes: 5, kind: two words, gone: null}
modules: {old: null}
define: {"round8(v)": "max(8, v)", total: sum(depths)}
variants: {small: {width: 32, kind: a b}}
replace:
  fc:
    - fc1: Linear(32)
  layer4.1.relu: GELU
remove: [avgpool]
append: {body: [ReLU]}
weights: {from: r.safetensors, except: fc, rename: {"backbone.": ""}, new: [fc], resize: {pos: mean}}
freeze:
  - if frozen: "**"
  - for i in range(2): "layer${i}"
  - "!fc"
init: {"**:Conv2d.weight": kaiming_normal(mode="fan_out")}
tie: {decoder.weight: embedding.weight}
buffers:
  t: {value: "float[3] = zeros", saved: false}
data:
  train: csv("wine.csv")
  feed:
    x: numeric(except="class")
loss:
  a: mse_loss(y, t)
  b:
    k: f(y)
    l: k + 1
train:
  epochs: 3
  groups:
    - {match: fc, lr: 1e-4}
outputs:
  - y
  - z: f(x)
)yaml");
  CHECK(read.faults() == "");
  const auto& d = *read.description;
  CHECK(d.extends.text == "base.yaml");
  CHECK(d.params[1].value.declared.value->kind == ast::ExprKind::Raw);
  CHECK(d.params[2].value.declared.value->kind == ast::ExprKind::Null);
  CHECK(d.modules[0].value.kind == ModuleKind::Deleted);
  CHECK(d.defines[0].value.arguments == std::vector<std::string>{"v"});
  CHECK(d.variants.at("small").values.size() == 2);
  REQUIRE(d.by_path.edits.size() == 4);
  CHECK(d.by_path.edits[0].definition.kind == ModuleKind::Sequential);
  CHECK(d.by_path.edits[2].kind == ast::EditKind::Remove);
  CHECK(d.by_path.edits[0].scope.lock() == read.description);
  REQUIRE(d.by_path.weights.size() == 1);
  CHECK(d.by_path.weights[0].rename[0].text.empty());
  REQUIRE(d.by_path.freeze.size() == 3);
  CHECK(d.by_path.freeze[0].guards.size() == 1);
  CHECK(d.by_path.freeze[1].inserted);
  CHECK(d.by_path.freeze[1].guards[0].iterable);
  CHECK(!d.tensors.buffers[0].value.saved);
  CHECK(d.feed.entries.size() == 1);
  CHECK(d.data->items.size() == 1);
  CHECK(d.loss.entries[1].value.nested.size() == 2);
  CHECK(d.train->items[1].value->items[0].value->kind == ast::Setting::Mapping);
  CHECK(d.body.outputs.entries.size() == 2);
}

TEST_CASE("faults of structure") {
  CHECK(faults("inputz: {}\nlayers: [ReLU]\n") ==
        "M3001 inputz: unknown key `inputz` in the description | did you mean `inputs`?\n");
  CHECK(body_faults("layers: [ReLU]\nmodelc: 2\n").starts_with("M3005 2: language version `2`, `1` expected"));
  CHECK(body_faults("layers: [ReLU]\nmodules: {a: ReLU}\n").starts_with("M3006 modules"));
  CHECK(body_faults("modules: {a: ReLU}\n").starts_with("M3007 modules"));
  CHECK(faults("layers: [ReLU]\n").starts_with("M3008"));
  CHECK(faults("components:\n  A: {inputs: [x, mask], forward: f(x)}\n") == "");
  CHECK(faults("model: a.yaml\ntrain: {epochs: 3}\n") == "");
  CHECK(faults("model: a.yaml\nextends: b.yaml\n").starts_with("M3021"));
  CHECK(body_faults("forward:\n  - else: {y: x}\n").starts_with("M3009 else"));
  CHECK(body_faults("forward:\n  - for: {y: x}\n").starts_with("M3010"));
  CHECK(body_faults("forward:\n  - if c:\n").starts_with("M3011"));
  CHECK(body_faults("forward:\n  - if c +: {y: x}\n    else: {y: x}\n").starts_with("M2001"));
  CHECK(body_faults("modules: [ReLU]\nforward: x\n").starts_with("M3012 ReLU"));
  CHECK(body_faults("layers:\n  - a: ReLU\n    b: ReLU\n").starts_with("M3013 b"));
  CHECK(body_faults("layers:\n  - a: {conv: Linear(3)}\n").starts_with("M3014"));
  CHECK(body_faults("layers: [3]\n").starts_with("M3014"));
  CHECK(body_faults("layers: [ReLU]\ncomponents: {A: {layers: [ReLU], train: {}}}\n").starts_with("M3015 train"));
  CHECK(body_faults("layers: [ReLU]\nparameters: {w: \"float[3]\"}\n").starts_with("M3016"));
  CHECK(body_faults("modules: {a: null}\nforward: x\n").starts_with("M3017"));
  CHECK(body_faults("layers: [ReLU]\nweights: {only: a}\n").starts_with("M3018"));
  CHECK(body_faults("forward:\n  y:\n").starts_with("M3019"));
  CHECK(body_faults("layers: [{list: [ReLU], a: ReLU}]\n").starts_with("M3020 a"));
  CHECK(body_faults("forward: {for: x}\n").starts_with("M3010"));
  CHECK(body_faults("forward: {training: x}\n").starts_with("M3004 training"));
  CHECK(body_faults("forward: {a-b: x}\n")
            .starts_with(
                "M3003 a-b: `a-b` is no name, a letter or `_`, then letters, digits and `_` expected | write `a_b`"));
  CHECK(body_faults("modules: {a.b: ReLU}\nforward: x\n").starts_with("M3003 a.b"));
  CHECK(body_faults("modules: {block1-0: ReLU}\nforward: x\n") == "");
  CHECK(body_faults("forward: {y: {a: x}}\n").starts_with("M3002"));
  CHECK(body_faults("forward: x\ntrain: 3\n").starts_with("M3002 3: `3` found for `train`, a mapping expected"));
  CHECK(body_faults("forward: x\nname: [a]\n").starts_with("M3002"));
  CHECK(body_faults("forward: 010\n").starts_with("M2005 010"));
  CHECK(body_faults("forward: [x, x]\nwhere: B % 8 == 0\n") == "");
  CHECK(body_faults("forward: x\nbuffers: {t: {value: zeros(3), save: false}}\n").starts_with("M3001 save"));
}

TEST_CASE("every kind of node under every key is read or reported") {
  const std::vector<std::string> keys = {
      "modelc", "name",       "doc",        "extends", "import",  "params", "define",  "variants", "inputs",  "targets",
      "where",  "components", "parameters", "buffers", "modules", "layers", "forward", "outputs",  "replace", "remove",
      "append", "prepend",    "wrap",       "init",    "tie",     "freeze", "weights", "moved",    "device",  "dtype",
      "data",   "loss",       "metrics",    "train",   "predict", "checks", "allow",   "model"};
  const std::vector<std::string> values = {"",
                                           "null",
                                           "3",
                                           "word",
                                           "\"two words\"",
                                           "[]",
                                           "{}",
                                           "[a]",
                                           "[[a]]",
                                           "[{a: b}]",
                                           "{a: b}",
                                           "{a: {b: c}}",
                                           "{a: [b]}",
                                           "{a: null}",
                                           "[null]",
                                           "{for i in x: a}",
                                           "{if c: a}",
                                           "[{if c: {a: b}}]",
                                           "{else: a}",
                                           "{if: a}",
                                           "{\"${i}\": a}",
                                           "{\"${\": a}",
                                           "{a: \"${\"}",
                                           "{type: A}",
                                           "{a: {type: A, b: [1]}}",
                                           "{a: {list: a}}",
                                           "{\"f(\": a}",
                                           "{\"f()\": a}",
                                           "{\"f(a,a)\": a}",
                                           "{\"\": a}",
                                           "{\",\": a}"};
  for (const auto& key : keys) {
    for (const auto& value : values) {
      for (const std::string& base : {std::string(), std::string("x-y: 1\nextends: b.yaml\n")}) {
        if (key == "extends" && !base.empty()) continue;
        Read read(base + key + ": " + value + "\n");
        CHECK(read.description);
      }
    }
  }
}

TEST_CASE("weights under a condition, values in lists under control flow") {
  const Read read(R"yaml(extends: a.yaml
weights:
  - if given: {from: "${file}", only: ["features.**"]}
  - plain.safetensors
params:
  widths:
    - 3
    - for d in depths: d * 2
    - if big: 64
      else: [8, 16]
)yaml");
  CHECK(read.faults() == "");
  REQUIRE(read.description->by_path.weights.size() == 2);
  CHECK(read.description->by_path.weights[0].guards.size() == 1);
  CHECK(read.description->by_path.weights[0].inserted);
  CHECK(read.description->by_path.weights[1].from == "plain.safetensors");
  const auto& widths = *read.description->params[0].value.declared.value;
  REQUIRE(widths.kind == ast::ExprKind::List);
  REQUIRE(widths.children.size() == 3);
  REQUIRE(widths.children[1]->kind == ast::ExprKind::Spread);
  CHECK(widths.children[1]->children[0]->kind == ast::ExprKind::Comprehension);
  REQUIRE(widths.children[2]->kind == ast::ExprKind::Spread);
  CHECK(widths.children[2]->children[0]->kind == ast::ExprKind::Conditional);
}

TEST_CASE("a module as text") {
  support::SourceManager sources;
  diagnostics::Sink sink;
  const auto root = syntax::read_yaml(sources, sources.add("<command line>", "Linear(5)"), sink).root;
  const auto made = syntax::parse_module(root, sink);
  REQUIRE(made);
  CHECK(made->call->kind == ast::ExprKind::Call);
}

TEST_CASE("what could not be read keeps its name, and nothing more is said of it") {
  const Read read(R"yaml(params:
  depth: "3
  width: 4
inputs:
  x: [float[B]
modules:
  a: [ReLU
  b: Linear(width)
  many:
    - Linear(3)
    - [ReLU
    - Tanh
forward:
  y: "a(x)
  z: b(y)
outputs: [z
)yaml");
  for (const auto& d : read.sink.sorted()) CHECK(std::string(d.code).starts_with("M10"));
  const auto& d = *read.description;
  CHECK(d.faulty_keys);
  REQUIRE(d.params.size() == 2);
  CHECK(d.params[0].value.declared.value->kind == ast::ExprKind::Hole);
  REQUIRE(d.inputs.entries.size() == 1);
  CHECK(d.inputs.entries[0].value.faulty);
  REQUIRE(d.modules.size() == 3);
  CHECK(d.modules[0].name.text == "a");
  CHECK(d.modules[0].value.call->kind == ast::ExprKind::Hole);
  CHECK(d.modules[1].value.call->kind == ast::ExprKind::Call);
  REQUIRE(d.modules[2].value.items.size() == 3);
  CHECK(d.modules[2].value.items[1].value.call->kind == ast::ExprKind::Hole);
  REQUIRE(d.body.forward.entries.size() == 2);
  CHECK(d.body.forward.entries[0].value.value->kind == ast::ExprKind::Hole);
  REQUIRE(d.body.outputs.entries.size() == 1);
  CHECK(d.body.outputs.entries[0].value.value->kind == ast::ExprKind::Hole);
}

TEST_CASE("a body that could not be read is no missing one") {
  const Read read(
      "components:\n  A:\n    inputs: [x\n    forward: [x\n  B:\n    inputs: [x]\ninputs: {x: \"float[B]\"}\n"
      "layers: [A\n");
  std::size_t bodies = 0;
  for (const auto& d : read.sink.sorted()) bodies += d.code == "M3007";
  CHECK(bodies == 1);  // of B, which was read whole
  const auto& d = *read.description;
  REQUIRE(d.components.size() == 2);
  CHECK(d.components[0].component->inputs.lost);
  CHECK(d.components[0].component->body.forward.entries.size() == 1);
  CHECK(d.body.layers.given);
}

}  // namespace
