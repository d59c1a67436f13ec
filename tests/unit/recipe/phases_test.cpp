// covers: phases.cpp training.cpp turns.cpp
// Training in stages, of descriptions that exist in memory only.
#include "recipe/phases.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

using namespace modelc;

namespace {

struct Phases : Program {
  explicit Phases(const std::string& train, const std::string& more = "")
      : Program(R"yaml(
inputs: {x: "float[B, 4]"}
targets: {y: "int[B]"}
modules: {trunk: [{fc: Linear(8)}, {norm: BatchNorm1d}], head: Linear(3)}
forward: {logits: head(trunk(x))}
data:
  train: synthetic(8, y=randint(0, 3))
loss: cross_entropy(logits, y)
)yaml" + more + "train:\n" +
                train) {}
  const std::vector<ir::Phase>& phases() const { return out->elaborated.recipe.phases; }
};

std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

}  // namespace

TEST_CASE("a phase says what differs, all else stands beside the phases") {
  const Phases p(
      "  batch: 4\n  optimizer: Adam(lr=0.1)\n  schedule: cosine()\n  phases:\n    - {epochs: 2, freeze: trunk}\n"
      "    - {steps: 9, batch: 2, optimizer: SGD(lr=0.5), schedule: null}\n");
  REQUIRE(p.codes() == "");
  REQUIRE(p.phases().size() == 2);
  const ir::Phase &first = p.phases()[0], &second = p.phases()[1];
  CHECK(first.training.epochs == 2);
  CHECK(first.training.batch == 4);
  CHECK(first.training.schedule);
  CHECK(first.training.optimizer->id == catalogue::OptimizerId::Adam);
  CHECK(second.training.steps == 9);
  CHECK_FALSE(second.training.epochs);
  CHECK(second.training.batch == 2);
  CHECK_FALSE(second.training.schedule);
  CHECK(second.training.optimizer->id == catalogue::OptimizerId::SGD);
}

TEST_CASE("what stands still in one phase trains in another; statistics too") {
  const Phases p(
      "  epochs: 1\n  optimizer: SGD\n  phases: [{freeze: trunk}, {freeze: [\"**\", \"!head\"]}, {steps: 1}]\n");
  REQUIRE(p.codes() == "");
  CHECK(joined(p.phases()[0].frozen) == "trunk.fc.weight trunk.fc.bias trunk.norm.weight trunk.norm.bias");
  CHECK(joined(p.phases()[0].held) == "trunk.norm");
  CHECK(p.phases()[1].frozen == p.phases()[0].frozen);
  CHECK(p.phases()[2].frozen.empty());
  CHECK(p.phases()[2].held.empty());
  CHECK(p.tensor("trunk.fc", "weight")->trainable);
  CHECK_FALSE(p.ir().tree.find("trunk.norm")->frozen);
}

TEST_CASE("the description's freeze comes first, a phase may take it back") {
  const Phases p("  optimizer: SGD\n  phases: [{epochs: 1}, {epochs: 1, freeze: \"!trunk.fc\"}]\n", "freeze: trunk\n");
  REQUIRE(p.codes() == "");
  CHECK(joined(p.phases()[0].frozen) == "trunk.fc.weight trunk.fc.bias");
  CHECK(p.phases()[1].frozen.empty());
  CHECK(p.tensor("trunk.fc", "weight")->trainable);
  // What no phase trains is frozen for good.
  CHECK_FALSE(p.tensor("trunk.norm", "weight")->trainable);
  CHECK(p.ir().tree.find("trunk.norm")->frozen);
}

TEST_CASE("phases in a loop, and groups of each phase's optimiser") {
  const Phases p(
      "  groups: [{match: head, lr: 0.3}]\n  phases:\n    - for rate in [0.1, 0.2]: {epochs: 1, optimizer: "
      "SGD(lr=rate)}\n");
  REQUIRE(p.codes() == "");
  REQUIRE(p.phases().size() == 2);
  for (const ir::Phase& phase : p.phases()) {
    REQUIRE(phase.training.groups.size() == 1);
    CHECK(joined(phase.training.groups[0].tensors) == "head.weight head.bias");
  }
  CHECK(p.phases()[1].training.optimizer->args[0].second == types::Constant(0.2));
}

TEST_CASE("turns in one phase, the loss in another: each has its losses") {
  const Phases p(
      "  phases:\n    - {epochs: 1, optimizer: Adam}\n    - epochs: 1\n      turns:\n        a: {minimize: loss * 2, "
      "update: head, optimizer: SGD}\n    - epochs: 1\n      turns:\n        a: {minimize: loss, optimizer: Adam}\n");
  REQUIRE(p.codes() == "");
  std::string names;
  for (const ir::Output& loss : p.ir().graphs.front().losses) names += loss.name + " ";
  CHECK(names == "loss a a.3 ");
  CHECK(joined(p.phases()[0].losses) == "loss");
  CHECK(joined(p.phases()[1].losses) == "a");
  CHECK(joined(p.phases()[2].losses) == "a.3");
  CHECK_FALSE(p.phases()[1].training.optimizer);
}

TEST_CASE("what is wrong with phases is told") {
  CHECK(Phases("  phases: [{epochs: 1}]\n").codes() == "M8313");                             // no optimizer
  CHECK(Phases("  optimizer: SGD\n  phases: [{batch: 2}]\n").codes() == "M8313");            // no length
  CHECK(Phases("  optimizer: SGD\n  phases: [{epochs: 1, seed: 3}]\n").codes() == "M8311");  // a run's
  CHECK(Phases("  optimizer: SGD\n  phases: [{epochs: 1, phases: []}]\n").codes() == "M8311");
  CHECK(Phases("  optimizer: SGD\n  phases: {epochs: 1}\n").codes() == "M8310");
  CHECK(Phases("  optimizer: SGD\n  phases: []\n").codes() == "M8310");
  CHECK(Phases("  optimizer: SGD\n  phases: [{epochs: 1, steps: 2}]\n").codes() == "M8314");
  CHECK(Phases("  optimizer: SGD\n  phases: [{epochs: 1, freeze: trnk}]\n").codes() == "M4028");
  CHECK(Phases("  optimizer: SGD\n  phases: [{epochs: 1, freeze: \"**\"}, {epochs: 1}]\n").codes() == "M8111");
  CHECK(Phases("  optimizer: SGD\n  phases: [{epochs: 1, freeze: \"**\"}]\n").codes() == "M4061");
  CHECK(Phases("  optimizer: SGD\n  epochs: 9\n  phases: [{epochs: 1}, {steps: 1}]\n").codes() == "M8350");
  CHECK(Phases("  optimizer: SGD\n  epochs: 9\n  phases: [{epochs: 1}, {freeze: head}]\n").codes() == "");
}
