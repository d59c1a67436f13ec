// covers: definitions.cpp instances.cpp levels.cpp params.cpp edits.cpp paths.cpp initialisers.cpp
// What stands under `modules` as it is made: definitions, params, edits, paths, initialisers.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kInput = "inputs:\n  x: float[B, 6]\n";

TEST_CASE("definitions: sequences, pipelines and parts take their places in the tree") {
  const Program p(kInput +
                  "modules:\n  f: [Linear(4), {act: ReLU}]\n  g: \"Linear(4) -> Dropout(0.1)\"\nforward: "
                  "g(f(x))\n");
  REQUIRE(p.reports() == "");
  CHECK(p.tree() == ":model f:Sequential f.0:Linear f.act:ReLU g:Sequential g.0:Linear g.1:Dropout");
}

TEST_CASE("a component is made where it is called, once") {
  const Program p(
      "components:\n  Block:\n    params:\n      width: int in 1..64 = 8\n    inputs:\n      h: "
      "float[..., C]\n    modules:\n      up: Linear(width)\n      down: Linear(C)\n    forward:\n      y: "
      "down(up(h))\n" +
      kInput + "modules:\n  a: Block\n  b: Block(width=3)\nforward: b(a(a(x)))\n");
  REQUIRE(p.reports() == "");
  CHECK(p.tree() == ":model a:Block a.up:Linear a.down:Linear b:Block b.up:Linear b.down:Linear");
  CHECK(p.tensor("a.up", "weight")->type.str() == "float[8, 6]");
  CHECK(p.tensor("b.up", "weight")->type.str() == "float[3, 6]");
}

TEST_CASE("params are checked against their declarations") {
  const auto given = [](const std::string& type, const std::string& argument) {
    return Program("components:\n  Block:\n    params:\n      p: " + type +
                   "\n    inputs:\n      h: float[B, C]\n    modules:\n      f: Linear(C)\n    forward:\n      y: "
                   "f(h)\n" +
                   kInput + "modules:\n  a: Block(" + argument + ")\nforward: a(x)\n")
        .codes();
  };
  CHECK(given("int in 1..4 = 2", "p=3") == "");
  CHECK(given("int in 1..4 = 2", "p=5") == diag::ParamRange.row.code);
  CHECK(given("int = 2", "p=0.5") == diag::ParamType.row.code);
  CHECK(given("choice[a, b] = a", "p=\"c\"") == diag::ParamType.row.code);
  CHECK(given("int", "") == diag::MissingParam.row.code);
  CHECK(given("int = 2", "q=1") == diag::UnknownArgument.row.code);
}

TEST_CASE("edits change a place before it is made") {
  const std::string modules = "modules:\n  f: [Linear(4), ReLU]\nforward: f(x)\n";
  const Program replaced(kInput + modules + "replace:\n  f.1: GELU\n");
  REQUIRE(replaced.reports() == "");
  CHECK(replaced.tree() == ":model f:Sequential f.0:Linear f.1:GELU");
  const Program removed(kInput + modules + "remove: [f.1]\n");
  REQUIRE(removed.reports() == "");
  CHECK(removed.tree() == ":model f:Sequential f.0:Linear f.1:Identity");
  const Program nowhere(kInput + modules + "replace:\n  f.7: GELU\n");
  CHECK(nowhere.codes() == diag::PathNotFound.row.code);
}

TEST_CASE("freeze, tie and init reach what they name") {
  const Program p(kInput +
                  "modules:\n  a: Linear(6)\n  b: Linear(6)\n  n: LayerNorm\nforward: n(b(a(x)))\nfreeze: "
                  "[a]\ntie:\n  b.bias: a.bias\ninit:\n  b.weight: constant(0.5)\n");
  REQUIRE(p.reports() == "");
  CHECK_FALSE(p.tensor("a", "weight")->trainable);
  CHECK(p.tensor("b", "weight")->trainable);
  CHECK(p.tensor("b", "bias")->tied_to == "a.bias");
  CHECK(p.tensor("b", "weight")->init.kind == ops::Init::fill(0.5).kind);
  CHECK(Program(kInput + "modules:\n  a: Linear(6)\nforward: a(x)\nfreeze: [b]\n").codes() ==
        diag::PathNotFound.row.code);
}

}  // namespace
