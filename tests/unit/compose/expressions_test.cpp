// Questions about every expression of a description.
#include "compose/expressions.h"

#include <doctest/doctest.h>

#include "syntax/description/description.h"
#include "syntax/yaml/yaml.h"

using namespace modelc;

namespace {

ast::DescriptionPtr described(const std::string& text) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  const auto yaml = syntax::read_yaml(sources, sources.add("m.yaml", text), sink);
  REQUIRE(yaml.root);
  return syntax::parse_description(yaml.root, "m.yaml", sink);
}

const std::string kModel = "inputs:\n  x: float[B, n]\nmodules:\n  f: Linear(width)\nforward:\n  y: f(x) * scale\n";

}  // namespace

TEST_CASE("expressions: names are found wherever an expression may stand") {
  const auto names =
      compose::names_read(*described(
          kModel + "where: [limit > 1]\ninit:\n  f.weight: normal(0, sigma)\ntrain:\n  epochs: rounds\n  optimizer: "
                   "SGD(lr=rate)\nloss: mse_loss(y, t)\n"));
  for (const char* name : {"n", "width", "scale", "limit", "sigma", "rounds", "rate", "t"}) {
    CAPTURE(name);
    CHECK(names.contains(name));
  }
  CHECK_FALSE(names.contains("epochs"));
}

TEST_CASE("expressions: one that could not be read anywhere leaves the description unreadable") {
  CHECK(compose::is_readable(*described(kModel)));
  CHECK_FALSE(compose::is_readable(*described("inputs:\n  x: float[B, 4]\nforward:\n  y: x +\n")));
  CHECK_FALSE(compose::is_readable(*described("inputs:\n  x: flaot[B, 4]\nforward: x\n")));
  CHECK_FALSE(compose::is_readable(
      *described(kModel + "components:\n  A:\n    inputs:\n      h: float[B, C]\n    forward: h +\n")));
  CHECK_FALSE(compose::is_readable(*described(kModel + "loss: mse_loss(y,\n")));
}
