#include "pipeline/layout.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {

std::string laid_out(const std::string& text) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  const auto made = pipeline::laid_out(sources, sources.add("model.yaml", text), sink);
  return made ? *made : "refused";
}

}  // namespace

TEST_CASE("a description in its layout stays as it is") {
  const std::string text = R"yaml(# a model
modelc: 1

params: {width: 8}  # how wide
inputs:
  x: float[B, 4]
modules:
  # the trunk
  trunk:
    - Linear(width)
    - act: ReLU
    - for i in range(2):
        - Linear(width)
forward: |
  x -> trunk   # kept
x-note: >
  some
    text
)yaml";
  CHECK(laid_out(text) == text);
}

TEST_CASE("two spaces a level, items below their key, one space behind a colon") {
  CHECK(laid_out("\n\nmodules:\n- a:    Linear(3)   \n-   b: Linear(4)\n\n\n\nforward:\n     h:   a(x)\n     # last\n  "
                 "   y: b(h)\n\n") ==
        "modules:\n  - a: Linear(3)\n  - b: Linear(4)\n\nforward:\n  h: a(x)\n  # last\n  y: b(h)\n");
  CHECK(laid_out("modules:\n    a:\n    - - Linear(3)\n      - ReLU\n    -   b: Linear(3)\n        c: ReLU\n") ==
        "modules:\n  a:\n    - - Linear(3)\n      - ReLU\n    - b: Linear(3)\n      c: ReLU\n");
}

TEST_CASE("what goes on with a line moves with it, texts keep their ends") {
  CHECK(laid_out("modules:\n    a: {type: Linear,\n        out_features: 3}\ndoc:  |\n     one  \n       two\n") ==
        "modules:\n  a: {type: Linear,\n      out_features: 3}\ndoc: |\n     one  \n       two\n");
}

TEST_CASE("Python's literals become the language's, texts do not") {
  CHECK(laid_out("doc: True story\nforward:\n  h: f(x, True, a=None, s=\"False\")\n") ==
        "doc: True story\nforward:\n  h: f(x, true, a=null, s=\"False\")\n");
}

TEST_CASE("laying out twice changes nothing more; what is no YAML is refused") {
  for (const std::string text :
       {"a:\n    b:\n        - c\n        -    d: e\n", "# only\n\n\na: 1\n# end", "---\na: 1\n"}) {
    const std::string once = laid_out(text);
    CHECK(laid_out(once) == once);
  }
  CHECK(laid_out("a: [1\n") == "refused");
}
