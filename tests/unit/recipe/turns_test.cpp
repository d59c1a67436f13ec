// covers: turns.cpp
// Several optimisers in turn, of descriptions that exist in memory only.
#include "recipe/turns.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

using namespace modelc;

namespace {

struct Turns : Program {
  explicit Turns(const std::string& turns, const std::string& more = "")
      : Program(R"yaml(
inputs: {x: "float[B, 4]"}
targets: {y: "float[B, 4]"}
modules: {a: Linear(4), b: Linear(1)}
forward: {out: a(x)}
data: {train: synthetic(8)}
)yaml" + more + "train:\n  steps: 3\n  turns:\n" +
                turns) {}
  const std::vector<ir::Turn>& turns() const { return out->elaborated.recipe.training.turns; }
  std::string losses() const {
    std::string names;
    for (const ir::Output& loss : ir().graphs.front().losses) names += (names.empty() ? "" : " ") + loss.name;
    return names;
  }
};

}  // namespace

TEST_CASE("each turn has a loss of its name, the parameters that it changes, and an optimiser") {
  const Turns t(
      "    D: {minimize: b(out).mean(), update: b, optimizer: SGD(lr=0.5), times: 2}\n"
      "    G: {minimize: \"mse_loss(out, y) - b(out).mean()\", update: [\"a.**\", \"!a.bias\"], optimizer: Adam, "
      "every: 3}\n");
  CHECK(t.codes() == "");
  CHECK(t.losses() == "D G");
  REQUIRE(t.turns().size() == 2);
  CHECK(t.turns()[0].update == std::vector<std::string>{"b.weight", "b.bias"});
  CHECK(t.turns()[0].times == 2);
  CHECK(t.turns()[1].update == std::vector<std::string>{"a.weight"});
  CHECK(t.turns()[1].every == 3);
  CHECK(t.turns()[1].optimizer.id == catalogue::OptimizerId::Adam);
}

TEST_CASE("a turn sees the terms of the loss by name, and their sum as loss") {
  const Turns t(
      "    all: {minimize: loss, optimizer: Adam}\n    one: {minimize: far * 2, update: a, optimizer: Adam}\n",
      "loss: {far: \"mse_loss(out, y)\", large: b(out).mean()}\n");
  CHECK(t.codes() == "");
  CHECK(t.losses() == "all one");
  CHECK(t.turns()[0].update.size() == 4);
}

TEST_CASE("what is wrong with a turn is told at its place") {
  CHECK(Turns("    D: {minimize: out, update: a, optimizer: Adam}\n").codes().find("M4058") != std::string::npos);
  CHECK(Turns("    D: {update: a, optimizer: Adam}\n").codes().find("M8313") != std::string::npos);
  CHECK(Turns("    D: {minimize: out.mean(), optimiser: Adam}\n").codes().find("M8311") != std::string::npos);
  CHECK(Turns("    D: {minimize: out.mean(), update: c, optimizer: Adam}\n").codes() != "");
}
