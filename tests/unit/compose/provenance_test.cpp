#include "compose/provenance.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "compose/compose.h"

namespace modelc::compose {
namespace {

/// The lines that gave a value, the base's first; "nothing" where nothing stands there.
std::string lines_of(const std::string& path, const std::string& base, const std::string& own,
                     const std::string& variant = "", const Decide& decide = {}) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  Overrides overrides;
  overrides.variant = variant;
  overrides.contents["/m/base.yaml"] = base;
  overrides.contents["/m/main.yaml"] = own;
  const auto composed = compose(sources, "/m/main.yaml", overrides, sink);
  REQUIRE(composed);
  const auto places = places_of(*composed->root, path, decide);
  if (!places) return "nothing";
  std::string all;
  for (const support::Span& span : *places) {
    const support::SourceFile& file = sources.file(span.file);
    const std::string name = file.path().substr(file.path().rfind('/') + 1);
    all += (all.empty() ? "" : " ") + name + ":" + std::to_string(file.position(span.begin).line);
  }
  return all;
}

const std::string kBase =
    "params:\n  width: 8\ninputs:\n  x: float[B, 4]\nmodules:\n  fc: Linear(width)\nforward: fc(x)\n";

TEST_CASE("provenance: what a file alone gives has one place") {
  CHECK(lines_of("params.width", kBase, kBase) == lines_of("width", kBase, kBase));
  CHECK(lines_of("modules.fc", kBase, kBase) == "main.yaml:6");
}

TEST_CASE("provenance: what is stated again has both places, and nothing has none") {
  const std::string own = "extends: base.yaml\nparams:\n  width: 16\n";
  CHECK(lines_of("width", kBase, own) == "base.yaml:2 main.yaml:3");
  CHECK(lines_of("modules.fc", kBase, own) == "base.yaml:6");
  CHECK(lines_of("modules.nothing", kBase, own) == "nothing");
}

TEST_CASE("provenance: of a variant's conditions the one that holds, or what stood before") {
  const std::string own =
      "extends: base.yaml\nvariants:\n  small:\n    if width > 2:\n      width: 4\n    elif width > 1:\n"
      "      width: 5\n";
  std::size_t asked = 0;
  const auto never = [&](const ast::ExprPtr&) { return ++asked, std::optional(false); };
  const auto always = [](const ast::ExprPtr&) { return std::optional(true); };
  CHECK(lines_of("width", kBase, own, "small", always) == "base.yaml:2 main.yaml:5");
  CHECK(lines_of("width", kBase, own, "small", never) == "base.yaml:2");
  CHECK(asked > 0);
}

}  // namespace
}  // namespace modelc::compose
