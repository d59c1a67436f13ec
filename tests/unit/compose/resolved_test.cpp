#include "compose/resolved.h"

#include <doctest/doctest.h>

#include "compose/compose.h"
#include "pipeline/resolved.h"

using namespace modelc;

namespace {

struct Case {
  types::DimTable dims;
  types::DimTable::Scope scope{dims};
  support::SourceManager sources;
  diagnostics::Sink sink;
  std::optional<pipeline::Compiled> compiled;

  explicit Case(const std::string& text, compose::Overrides overrides = {},
                const std::map<std::string, std::string>& others = {}) {
    overrides.contents = others;
    overrides.contents["/m/main.yaml"] = text;
    compiled = pipeline::compile(sources, "/m/main.yaml", overrides, {}, sink);
    REQUIRE(compiled);
    REQUIRE(compiled->sound);
  }
  std::string text() const { return pipeline::resolved_description(*compiled); }
};

constexpr const char* kFlowers = R"~(modelc: 1
name: Flowers
params: {hidden: 8, act: module = ReLU}
variants: {wide: {hidden: 32}}
inputs: {x: "float[B, 4]"}
targets: {label: "int[B]"}
modules:
  features: [Linear(hidden), act]
  classifier: Linear(3)
forward:
  logits: x -> features -> classifier
data: {train: "synthetic(20, x=normal(4))",
                     valid : {
split:
  0.2
}
}
loss: cross_entropy(logits, label)
train: {epochs: 3, batch: 16, optimizer: Adam(lr=1e-2), seed: 3}
)~";

}  // namespace

TEST_CASE("resolved: the variant and the command line are in it") {
  compose::Overrides overrides;
  overrides.variant = "wide";
  overrides.set = {{"train.epochs", "7"}, {"train.optimizer.lr", "0.5"}, {"act", "GELU"}};
  const std::string text = Case(kFlowers, overrides).text();
  for (const char* line :
       {"modelc: 1\n", "name: Flowers\n", "  hidden: 32\n", "  act: module = GELU\n", "  x: float[B, 4]\n",
        "  label: int[B]\n", "  epochs: 7\n", "  optimizer: Adam(lr=0.5)\n", "loss: cross_entropy(logits, label)\n"}) {
    CAPTURE(text);
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  }
  CHECK(text.find("variants") == std::string::npos);
}

TEST_CASE("resolved: a base is merged, edits stand beside what they edit") {
  compose::Overrides overrides;
  overrides.replace = {{"classifier", "Linear(5)"}};
  overrides.freeze = {"features"};
  const std::string text =
      Case("extends: base.yaml\ntrain: {batch: 4}\nparams: {hidden: 2}\n", overrides, {{"/m/base.yaml", kFlowers}})
          .text();
  CAPTURE(text);
  CHECK(text.find("extends") == std::string::npos);
  CHECK(text.find("  hidden: 2\n") != std::string::npos);
  CHECK(text.find("  batch: 4\n") != std::string::npos);
  CHECK(text.find("replace:\n  classifier: Linear(5)\n") != std::string::npos);
  CHECK(text.find("freeze:\n  - features\n") != std::string::npos);
}

TEST_CASE("resolved: loops, conditions, components, functions and the long form stand as they were") {
  const std::string text = Case(R"~(inputs: {x: "float[B, 4]", state: "(float[B, 2], float[B, 2]) = null"}
params: {depth: 2, sizes: [[1, 2], [3, 4]], word: "str = a b"}
define: {twice(v): 2 * v}
components:
  Block:
    params: {out: int}
    inputs: [x]
    modules: {fc: {type: Linear, out_features: out, bias: "false"}}
    forward: relu(fc(x))
modules:
  - for i in range(depth): {"block${i}": Block(twice(4))}
  - if depth > 5: {extra: Linear(1)}
    else: {extra: Linear(4)}
forward:
  - h: x
  - for i in range(depth):
      h: modules["block${i}"](h)
  - a, b: h.split(4, dim=1)
  - y: extra(a + b)
outputs: y
init:
  for i in range(depth): {"block${i}.fc.weight": zeros}
)~")
                               .text();
  CAPTURE(text);
  CHECK(text[0] == 'm');
  for (const char* part : {"for i in range(depth):", "if depth > 5:", "else:", "twice(v): 2 * v", "type: Linear",
                           "a, b: h.split(4, dim=1)", "block${i}.fc.weight: zeros", "word: str = a b"})
    CHECK_MESSAGE(text.find(part) != std::string::npos, part);
}

TEST_CASE("resolved: what stands in no single file is kept as the texts of all") {
  const std::string text =
      Case("extends: base.yaml\nmodules: {b1: Tanh}\n", {}, {{"/m/base.yaml", R"~(inputs: {x: "float[B, 4]"}
modules:
  for i in range(2): {"b${i}": ReLU}
forward: x -> b0 -> b1
)~"}}).text();
  CHECK(text.find("modelc.bundle") == 2);
}
