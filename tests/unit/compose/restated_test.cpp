// What merging remembers of names that a file states again or deletes, for the table of names.
#include <doctest/doctest.h>

#include "compose/compose.h"

using namespace modelc;

namespace {

/// "params width main.yaml:2 base.yaml:1", one a line; a deletion with `-`.
std::string restated(const std::string& base, const std::string& own) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  compose::Overrides overrides;
  overrides.contents = {{"/m/base.yaml", base}, {"/m/main.yaml", "extends: base.yaml\n" + own}};
  const auto out = compose::compose(sources, "/m/main.yaml", overrides, sink);
  REQUIRE(out);
  std::string all;
  for (const ast::Restatement& again : out->root->restated) {
    const auto line = [&](support::Span span) {
      return std::to_string(sources.file(span.file).position(span.begin).line);
    };
    CHECK(sources.text(again.own) == again.name);
    CHECK(sources.text(again.base) == again.name);
    all += again.key + " " + (again.deletes ? "-" : "") + again.name + " " + line(again.own) + " " + line(again.base) +
           "\n";
  }
  return all;
}

const std::string kBase = R"(params: {width: 8, depth: 2}
define: {twice: 2 * width}
import: {B: b.yaml}
components:
  C: {inputs: [x], forward: {y: x}}
inputs: {x: "float[B, 5]"}
modules:
  a: Linear(width)
  b: ReLU
forward: {y: b(a(x))}
)";

}  // namespace

TEST_CASE("restated: each kind of named thing, at both places") {
  CHECK(restated(kBase, "params: {width: 9}\ndefine: {twice: 3}\n") == "params width 2 1\ndefine twice 3 2\n");
  CHECK(restated(kBase, "modules:\n  b: GELU\n  c: ReLU\n") == "modules b 3 9\n");
  CHECK(restated(kBase, "components:\n  C: {inputs: [x], forward: {y: x + 1}}\n") == "components C 3 5\n");
  CHECK(restated(kBase, "import: {B: c.yaml}\n") == "import B 2 3\n");
}

TEST_CASE("restated: what is deleted, and what is new") {
  CHECK(restated(kBase, "modules: {b: null}\nforward: {y: a(x)}\n") == "modules -b 2 9\n");
  CHECK(restated(kBase, "define: {twice: null, thrice: 3}\n") == "define -twice 2 2\n");
  CHECK(restated(kBase, "forward: {y: a(x)}\n").empty());
}
