// covers: schedule.cpp figures.cpp
// Schedules of descriptions that exist in memory only: their parts, factors, and what they compare.
#include "recipe/schedule.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

using namespace modelc;
using catalogue::ScheduleId;

namespace {

struct Training : Program {
  explicit Training(const std::string& more, const std::string& train = "")
      : Program(R"yaml(
allow: M4076
inputs: {x: "float[B, 4]"}
targets: {y: "int[B]"}
params: {warm: int = 5}
modules: {fc: Linear(3)}
forward: {logits: fc(x)}
loss: {main: "cross_entropy(logits, y)", small: "0.1 * logits.pow(2).mean()"}
metrics: {accuracy: "accuracy(logits, y)", size: logits.abs(), away: "mae(logits.sum(1), y * 1.0)"}
data:
  train: synthetic(10, x=normal(4), y=randint(0, 3))
)yaml" + more + "train:\n  epochs: 3\n  optimizer: SGD(lr=0.1)\n" +
                train) {}
  const ir::Training& training() const { return out->elaborated.recipe.training; }
};

const std::string kValid = "  valid: {split: 0.2}\n";

Training scheduled(const std::string& schedule) { return Training(kValid, "  schedule: " + schedule + "\n"); }

std::string argument(const ir::SchedulePart& part, const std::string& name) {
  for (const auto& [known, value] : part.args)
    if (known == name) return value.str();
  return "none";
}

}  // namespace

TEST_CASE("parts stand in their order, with every argument, and epochs wait for the rows") {
  const Training t = scheduled("warmup(warm, start=0.1) -> constant(epochs(1.5)) -> cosine(min_lr=1e-5)");
  CHECK(t.codes() == "");
  REQUIRE(t.training().schedule);
  const auto& parts = t.training().schedule->parts;
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].kind == ScheduleId::Warmup);
  CHECK(argument(parts[0], "steps") == "5");
  CHECK(argument(parts[0], "start") == "0.1");
  REQUIRE(parts[1].in_epochs.size() == 1);
  CHECK(parts[1].in_epochs[0] == std::pair<std::string, double>("steps", 1.5));
  CHECK(argument(parts[1], "factor") == "1.0");
  CHECK(argument(parts[2], "steps") == "null");
}

TEST_CASE("an expression is a factor over step, from 1, and epoch, from 0") {
  const Training t = scheduled("\"min(step / warm, 1) * (0.5 if epoch >= 2 else 1)\"");
  CHECK(t.codes() == "");
  REQUIRE(t.training().schedule);
  REQUIRE(t.training().schedule->factor);
  CHECK(t.training().schedule->factor->at(1, 0) == 0.2);
  CHECK(t.training().schedule->factor->at(50, 1) == 1.0);
  CHECK(t.training().schedule->factor->at(50, 2) == 0.5);
}

TEST_CASE("what is no schedule is told at its place") {
  CHECK(scheduled("warmpu(3) -> cosine()").codes() == "M8330");
  CHECK(scheduled("cosin()").codes() == "M8330");
  CHECK(scheduled("epochs(2)").codes() == "M8330");
  CHECK(scheduled("cosine() -> linear()").codes() == "M8331");
  CHECK(scheduled("\"1 - step * 2\"").codes() == "M8332");
  CHECK(scheduled("\"step > 3\"").codes() == "M8332");
  CHECK(scheduled("cosine(min_lr=-1)").codes() == "M5005");
  CHECK(scheduled("[cosine()]").codes() == "M8312");
}

TEST_CASE("groups have schedules of their own, and LBFGS has no groups") {
  const Training t(kValid,
                   "  schedule: cosine()\n  groups: [{match: fc.bias, lr: 1e-3, schedule: constant}, "
                   "{match: fc.bias, weight_decay: 0}]\n");
  CHECK(t.codes() == "");
  REQUIRE(t.training().groups.size() == 1);
  CHECK(t.training().groups[0].args.size() == 2);
  REQUIRE(t.training().groups[0].schedule);
  CHECK(t.training().groups[0].schedule->parts[0].kind == ScheduleId::Constant);
}

TEST_CASE("figures: losses, terms and metrics by split, with the direction that they have") {
  const auto best = [](const std::string& words, const std::string& data = kValid) {
    return Training(data, "  best: {" + words + "}\n");
  };
  CHECK_FALSE(best("metric: valid.loss").training().best->higher);
  CHECK_FALSE(best("metric: train.small").training().best->higher);
  CHECK(best("metric: valid.accuracy").training().best->higher);
  CHECK_FALSE(best("metric: valid.away").training().best->higher);
  CHECK(best("metric: valid.away, mode: max").training().best->higher);
  CHECK(best("metric: valid.size").codes() == "M8313");
  CHECK(best("metric: valid.size, mode: max").codes() == "");
  CHECK(best("metric: valid.acuracy").codes() == "M8333");
  CHECK(best("metric: valid.loss", "").codes() == "M8333");
  CHECK(best("mode: max").codes() == "M8313");
}

TEST_CASE("stop, every, accumulate and drop_last are read") {
  const Training t(kValid,
                   "  stop: {metric: valid.accuracy, patience: 2}\n  every: {log: 5, save: 7}\n  accumulate: 4\n"
                   "  drop_last: true\n");
  CHECK(t.codes() == "");
  REQUIRE(t.training().stop);
  CHECK(t.training().stop->figure.higher);
  CHECK(t.training().stop->patience == 2);
  CHECK(t.training().every.log == 5);
  CHECK_FALSE(t.training().every.valid);
  CHECK(t.training().every.save == 7);
  CHECK(t.training().batching.accumulate == 4);
  CHECK(t.training().batching.drop_last);
  CHECK(Training(kValid, "  stop: {metric: valid.accuracy}\n").codes() == "M8313");
}

TEST_CASE("of epochs and steps an override replaces the other") {
  const Training both("", "  steps: 4\n");
  CHECK(both.codes() == "M8314");
}
