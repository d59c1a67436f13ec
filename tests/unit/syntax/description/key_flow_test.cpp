// `for` and `if` around the keys of a document or component go into the keys that they stand around.
#include <doctest/doctest.h>

#include "syntax/description/description.h"
#include "syntax/yaml/yaml.h"

namespace {

using namespace modelc;
using ast::ItemKind;

struct Read {
  support::SourceManager sources;
  diagnostics::Sink sink;
  ast::DescriptionPtr description;

  explicit Read(const std::string& text) {
    const auto root = syntax::read_yaml(sources, sources.add("m.yaml", text), sink).root;
    REQUIRE(root);
    description = syntax::parse_description(root, "m.yaml", sink);
  }
  std::string codes() const {
    std::string all;
    for (const auto& d : sink.sorted()) all += (all.empty() ? "" : " ") + std::string(d.code);
    return all;
  }
};

const std::string kHead = "inputs:\n  x: float[B, 4]\n";

TEST_CASE("key flow: each key has the branches that give it, beside what stands there without condition") {
  const Read read(kHead +
                  "modules: {a: ReLU}\n"
                  "if deep:\n  modules: {b: ReLU}\n  forward: [h: b(x)]\n"
                  "elif wide:\n  modules: {c: ReLU}\n"
                  "else:\n  forward: [h: a(x)]\n");
  CHECK(read.codes() == "");
  const ast::Description& d = *read.description;
  REQUIRE(d.modules.size() == 2);
  CHECK(d.modules[0].name.text == "a");
  CHECK(d.modules[1].kind == ItemKind::If);
  REQUIRE(d.modules[1].branches.size() == 3);
  CHECK(d.modules[1].branches[1].body.at(0).name.text == "c");
  CHECK(d.modules[1].branches[2].body.empty());
  REQUIRE(d.body.forward.entries.size() == 1);
  CHECK(d.body.forward.entries[0].branches.size() == 3);
  CHECK(d.body.forward.entries[0].branches[1].body.empty());
}

TEST_CASE("key flow: a loop stands around each of its keys, conditions nest, lists of keys are joined") {
  const Read read(
      kHead +
      "for i in range(2):\n  - modules: {\"a${i}\": ReLU}\n  - if i > 0:\n      parameters: {p: \"float[] = 1\"}\n"
      "forward: x\n");
  CHECK(read.codes() == "");
  const ast::Description& d = *read.description;
  REQUIRE(d.modules.size() == 1);
  CHECK(d.modules[0].kind == ItemKind::For);
  REQUIRE(d.tensors.parameters.size() == 1);
  CHECK(d.tensors.parameters[0].kind == ItemKind::For);
  CHECK(d.tensors.parameters[0].body.at(0).kind == ItemKind::If);
}

TEST_CASE("key flow: one expression in each branch is one output") {
  const Read read(kHead + "forward: {y: x}\nif deep: {outputs: y}\nelse: {outputs: x}\n");
  CHECK(read.codes() == "");
  CHECK(read.description->body.outputs.single);
  CHECK_FALSE(Read(kHead + "forward: {y: x}\nif deep: {outputs: {a: y}}\n").description->body.outputs.single);
}

TEST_CASE("key flow: in a component") {
  const Read read(
      kHead +
      "components:\n  C:\n    inputs: [x]\n    if deep: {layers: [ReLU]}\n    else: {layers: [Tanh]}\nforward: x\n");
  CHECK(read.codes() == "");
  CHECK(read.description->components.at(0).component->body.layers.entries.size() == 1);
}

TEST_CASE("key flow: what must be known before anything is decided, and what is no flow") {
  const Read extended(kHead + "if deep: {extends: a.yaml}\nforward: x\n");
  CHECK(extended.codes() == "");
  CHECK(extended.description->extends.text.empty());
  REQUIRE(extended.description->undecided.bases.size() == 1);
  CHECK(extended.description->undecided.bases[0].kind == ItemKind::If);
  CHECK(Read(kHead + "if deep: {modelc: 1}\nforward: x\n").codes() == diag::NotSupportedYet.row.code);
  CHECK(Read(kHead + "else: {modules: {a: ReLU}}\nforward: x\n").codes() == diag::ElseWithoutIf.row.code);
  CHECK(Read(kHead + "if deep:\nforward: x\n").codes() == diag::EmptyBody.row.code);
  CHECK(Read(kHead + "if deep: 3\nforward: x\n").codes() == diag::WrongNode.row.code);
  CHECK(Read(kHead + "if deep: {modlues: {a: ReLU}}\nforward: x\n").codes() == diag::UnknownKey.row.code);
}

TEST_CASE("key flow: a variant gives values under conditions, which a param's own value completes") {
  const Read read("params: {deep: true, width: 3}\n" + kHead +
                  "variants:\n  small:\n    if deep: {width: 5}\n    elif x: {width: 6}\nforward: x\n");
  CHECK(read.codes() == "");
  const ast::Variant& small = read.description->variants.at("small");
  REQUIRE(small.values.size() == 2);
  CHECK(small.values[0].second->kind == ast::ExprKind::Conditional);
  CHECK_FALSE(small.values[0].second->children[2]);
  const Read looped(kHead + "variants:\n  for i in range(2): {\"v${i}\": {a: 1}}\n  w: {b: 2}\nforward: x\n");
  CHECK(looped.codes() == "");
  CHECK(looped.description->variants.size() == 1);
  REQUIRE(looped.description->undecided.variants.size() == 1);
  CHECK(looped.description->undecided.variants[0].guards.size() == 1);
}

}  // namespace
