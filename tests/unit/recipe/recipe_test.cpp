// covers: synthetic.cpp sources.cpp feed.cpp columns.cpp data.cpp split.cpp training.cpp optimizer.cpp
// Descriptions that exist in memory only, and the recipe that is compiled of them.
#include "recipe/recipe.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

using namespace modelc;

namespace {

const std::string kModel = R"(
inputs: {x: "float[B, 4]"}
targets: {y: "int[B]"}
modules: {fc: Linear(3)}
forward: {logits: fc(x)}
loss: cross_entropy(logits, y)
)";

struct Recipe : Program {
  explicit Recipe(const std::string& text) : Program(kModel + text) {}
  const ir::Data& data() const { return out->elaborated.recipe.data; }
  const ir::Training& training() const { return out->elaborated.recipe.training; }
};

Recipe with_source(const std::string& source, const std::string& more = "") {
  return Recipe("data:\n  train: " + source + "\n" + more);
}

std::string columns_of(const ir::Source& source) {
  std::string all;
  for (const auto& column : source.columns) all += (all.empty() ? "" : " ") + column.name;
  return all;
}

std::string outputs_of(const ir::Graph& graph) {
  std::string all;
  for (const auto& output : graph.outputs) all += (all.empty() ? "" : " ") + output.name + ":" + output.type.str();
  return all;
}

}  // namespace

TEST_CASE("synthetic: what is named stands first, the rest is drawn by its type, and is computed in order") {
  const Recipe r = with_source("synthetic(10, z=x * 2, y=randint(0, 3))");
  CHECK(r.codes() == "");
  REQUIRE(r.data().train);
  CHECK(columns_of(*r.data().train) == "y x z");
  CHECK(r.data().train->rows == 10);
  CHECK(r.data().column_graphs.size() == 1);
}

TEST_CASE("zip: columns have the name of their part; alternate: a feed for each part") {
  const std::string a = "synthetic(6, x=normal(4))", b = "synthetic(6, y=randint(3))";
  const Recipe side = with_source("zip(p=" + a + ", q=" + b + ")", "  feed: {x: p.x, y: q.y}\n");
  CHECK(side.codes() == "");
  CHECK(columns_of(*side.data().train) == "p.x q.y");
  const Recipe turns = with_source("alternate(" + a + ", " + b + ", shuffle=false)");
  CHECK(turns.codes() == "");
  CHECK_FALSE(turns.data().train->shuffle);
  CHECK(turns.data().feeds.size() == 2);
}

TEST_CASE("with: a column of one value for each name") {
  const Recipe r = with_source("synthetic(6) -> with(kind=\"text\", weight=0.5)");
  CHECK(r.codes() == "");
  CHECK(columns_of(*r.data().train) == "x y kind weight");
  CHECK(r.data().train->constants.size() == 2);
}

TEST_CASE("a feed gives each input and target its type, and what is computed once is known") {
  const Recipe r = with_source("synthetic(6, a=normal(), b=randint(9), c=normal(2))",
                               "  feed:\n    x: standardize(numeric(a, b, c))\n");
  CHECK(r.codes() == "");
  REQUIRE(r.data().feeds.size() == 1);
  CHECK(outputs_of(r.data().feeds[0]) == "x:float[rows, 4] y:int[rows]");
  REQUIRE(r.data().fits.size() == 1);
  CHECK(r.data().fits[0].key.starts_with("standardize.0."));
}

TEST_CASE("a feed that does not fit says how") {
  CHECK(with_source("synthetic(6, x=normal(5))").codes() == "M8308");
  CHECK(with_source("synthetic(6, x=normal(4, 2))").codes() == "M8307");
  CHECK(with_source("synthetic(6, a=normal(4))", "  feed: {x: column(\"b\")}\n").codes() == "M8109");
  CHECK(with_source("synthetic(6)", "  feed: {x: 3}\n").codes() == "M8307");
}

TEST_CASE("data.valid: one way to divide the rows") {
  const Recipe split = with_source("synthetic(6)", "  valid: {split: 0.25, stratify: y}\n");
  CHECK(split.codes() == "");
  CHECK(split.data().split.fraction == 0.25);
  CHECK(split.data().split.stratify == "y");
  const Recipe folds = with_source("synthetic(6)", "  valid: {folds: 5, fold: 2}\n");
  CHECK(folds.data().split.folds == 5);
  CHECK(folds.data().split.fold == 2);
  CHECK(with_source("synthetic(6)", "  valid: {split: 0.2, folds: 5}\n").codes() == "M8314");
  CHECK(with_source("synthetic(6)", "  valid: {fold: 1}\n").codes() == "M8313");
  CHECK(with_source("synthetic(6)", "  valid: {stratify: y}\n").codes() == "M8313");
  CHECK(with_source("synthetic(6)", "  valid: {folds: 5, fold: 5}\n").codes() == "M8312");
  CHECK(with_source("synthetic(6)", "  valid: {by: z}\n").codes() == "M8109");
  CHECK(with_source("synthetic(6)", "  valid: synthetic(3)\n").data().valid);
  CHECK_FALSE(with_source("synthetic(6)", "  valid: null\n").data().valid);
}

TEST_CASE("train: how long, in which batches, with what") {
  const Recipe r("train: {steps: 9, batch: 4, seed: 3, clip: {norm: 1}, optimizer: SGD(lr=0.5)}\n");
  CHECK(r.codes() == "");
  CHECK(r.training().steps == 9);
  CHECK_FALSE(r.training().epochs);
  CHECK(r.training().batch == 4);
  CHECK(r.training().seed == 3);
  CHECK(r.training().clip.norm == 1.0);
  REQUIRE(r.training().optimizer);
  CHECK(r.training().optimizer->id == catalogue::OptimizerId::SGD);
  CHECK(Recipe("train: {optimizer: SGD}\n").codes() == "M8313");
  CHECK(Recipe("train: {epochs: 1, steps: 1, optimizer: SGD}\n").codes() == "M8314");
  CHECK(Recipe("train: {epochs: 1}\n").codes() == "M8313");
  CHECK(Recipe("train: {epochs: 1, optimizer: SDG}\n").codes() == "M8315");
}

TEST_CASE("train.groups: the later entry wins, equal arguments are one group") {
  const Recipe r(
      "train:\n  epochs: 1\n  optimizer: SGD\n  groups:\n    - {match: \"**\", lr: 0.1}\n    - {match: fc.bias, lr: "
      "0.2}\n");
  CHECK(r.codes() == "");
  REQUIRE(r.training().groups.size() == 2);
  CHECK(r.training().groups[0].tensors == std::vector<std::string>{"fc.weight"});
  CHECK(r.training().groups[1].tensors == std::vector<std::string>{"fc.bias"});
  CHECK(r.training().groups[1].args[0].second == types::Constant(0.2));
}
