// Loss and metrics as terms of a graph.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel =
    "inputs:\n  x: float[B, 4]\ntargets:\n  y: int[B]\nmodules:\n  fc: Linear(3)\nforward:\n  logits: fc(x)\n";

std::string codes(const std::string& recipe) { return Program(kModel + recipe).codes(); }

TEST_CASE("losses: terms by name, in order; bindings within a term hold in it alone") {
  const Program p(kModel +
                  "loss:\n  main: cross_entropy(logits, y)\n  extra:\n    sharp: logits * 2\n    last: sharp.mean()\n");
  REQUIRE(p.reports() == "");
  std::string names;
  for (const ir::Output& term : p.ir().graphs[0].losses) names += term.name + " ";
  CHECK(names == "main extra ");
}

TEST_CASE("losses: a term that a mode does not have adds nothing there") {
  const Program p(kModel + "loss:\n  - a: cross_entropy(logits, y)\n  - b: logits.mean() if training else 0\n");
  REQUIRE(p.reports() == "");
  CHECK(p.ir().graphs[0].losses.size() == 1);
  CHECK(p.ir().graphs[1].losses.size() == 2);
}

TEST_CASE("losses: a loss is one number of floats") {
  CHECK(codes("loss: logits\n") == diag::LossNotOneNumber.row.code);
  CHECK(codes("loss: y.sum()\n") == diag::LossNotOneNumber.row.code);
  CHECK(codes("loss: [logits.mean(), '\"text\"']\n").find(diag::LossNotOneNumber.row.code) != std::string::npos);
}

TEST_CASE("losses: metrics of the catalogue, and the average of any tensor") {
  const Program p(kModel + "metrics:\n  acc: accuracy(logits, y)\n  size: logits.abs()\n");
  REQUIRE(p.reports() == "");
  const auto& metrics = p.ir().graphs[0].metrics;
  REQUIRE(metrics.size() == 2);
  CHECK(metrics[0].kind == catalogue::MetricId::Accuracy);
  CHECK(metrics[0].operands.size() == 2);
  CHECK(metrics[1].kind == catalogue::MetricId::Mean);
}

TEST_CASE("losses: arguments of a metric are checked like any other") {
  CHECK(codes("metrics: accuracy(logits, y, bogus=3)\n") == diag::UnknownArgument.row.code);
  CHECK(codes("metrics: f1(logits, y, average=\"nonsense\")\n") == diag::ArgumentType.row.code);
  CHECK(codes("metrics: accuracy(y, logits)\n").starts_with("M60"));
  CHECK(codes("metrics: {n: 3}\n") == diag::MetricNotTensor.row.code);
}

TEST_CASE("losses: step and epoch are numbers of the training, where nothing else has the name") {
  const Program p(kModel + "loss: cross_entropy(logits, y) * clamp(step / 100, max=1) + 0.1 * epoch * logits.mean()\n");
  REQUIRE(p.reports() == "");
  const auto& inputs = p.ir().graphs[0].inputs;
  REQUIRE(inputs.size() == 4);
  CHECK(inputs[2].name == ir::kStepInput);
  CHECK(inputs[3].name == ir::kEpochInput);
  // Neither is there where nothing asks for it, and a name of the model's own is that.
  CHECK(Program(kModel + "loss: cross_entropy(logits, y)\n").ir().graphs[0].inputs.size() == 2);
  const Program own(kModel + "params: {step: 2.0}\nloss: cross_entropy(logits, y) * step\n");
  REQUIRE(own.reports() == "");
  CHECK(own.ir().graphs[0].inputs.size() == 2);
}

TEST_CASE("losses: a misspelt metric is told the nearest one") {
  const Program p(kModel + "metrics: acuracy(logits, y)\n");
  std::string help;
  for (const auto& found : p.sink.found()) help += found.help;
  CHECK(help.find("did you mean `accuracy`") != std::string::npos);
}

}  // namespace
