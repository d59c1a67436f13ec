#include "pipeline/check_data.h"

#include <doctest/doctest.h>

#include "../trace/program.h"

using namespace modelc;

namespace {

/// What `check` says of these columns for 3 classes and a table of 10 rows; empty: nothing.
std::string said(const std::string& columns, const std::string& feed = "") {
  Program program(R"yaml(inputs:
  word: int[B]
targets:
  label: int[B]
modules: {words: "Embedding(10, 4)", fc: Linear(3)}
forward: {logits: fc(words(word))}
loss: cross_entropy(logits, label)
train: {epochs: 1, optimizer: SGD}
data:
  train: synthetic(20, )yaml" +
                  columns + ")\n" + feed);
  REQUIRE(program.out);
  REQUIRE(program.reports() == "");
  const bool good = pipeline::check_data(program.ir(), program.out->elaborated.recipe.data, program.sink);
  CHECK(good == program.reports().empty());
  return program.reports();
}

}  // namespace

TEST_CASE("check data: draws that the model has room for") {
  CHECK(said("word=randint(0, 10), label=randint(0, 3)") == "");
  CHECK(said("word=randint(10), label=randint(-100, -99)") == "");  // the class that the loss leaves out
}

TEST_CASE("check data: a draw that may be too high, or negative") {
  CHECK(said("word=randint(0, 11), label=randint(0, 3)") ==
        "M8105 a draw from 0 to 10: `word` is 10, expected 0 to 9 (10 rows of `words.weight`)\n");
  CHECK(said("word=randint(-1, 5), label=randint(0, 3)") ==
        "M8105 a draw from -1 to 4: `word` is -1, expected 0 to 9 (10 rows of `words.weight`)\n");
}

TEST_CASE("check data: a last batch of one row, where a norm needs more") {
  const auto warned = [](const std::string& norm, const std::string& data, const std::string& train) {
    Program program("inputs: {x: \"float[B, 8]\"}\ntargets: {y: \"int[B]\"}\nlayers:\n  - Linear(6)\n  - " + norm +
                    "\n  - Linear(3)\nloss: cross_entropy(output, y)\ndata: {train: synthetic(" + data +
                    "}\ntrain: {epochs: 1, optimizer: SGD, " + train + "}\n");
    REQUIRE(program.out);
    REQUIRE(program.reports() == "");
    pipeline::check_last_batch(program.ir(), program.out->elaborated.recipe, program.sink);
    return program.codes();
  };
  CHECK(warned("BatchNorm1d", "33)", "batch: 16") == "M8134");
  CHECK(warned("BatchNorm1d", "33)", "batch: 1") == "M8134");
  CHECK(warned("BatchNorm1d", "41), valid: {split: 0.2}", "batch: 16") == "M8134");
  CHECK(warned("BatchNorm1d", "41), valid: {folds: 5, fold: 0}", "batch: 31") == "M8134");
  CHECK(warned("BatchNorm1d", "34)", "batch: 16") == "");
  CHECK(warned("BatchNorm1d", "33)", "batch: 16, drop_last: true") == "");
  CHECK(warned("LayerNorm", "33)", "batch: 16") == "");
  CHECK(warned("Dropout(0.5)", "33)", "batch: 16") == "");
}

TEST_CASE("check data: a condition that no full batch meets") {
  const auto told = [](const std::string& rest, const std::string& train) {
    Program program(
        "inputs: {x: \"float[B, 12]\"}\ntargets: {y: \"int[B]\"}\nmodules: {a: Linear(32), fc: Linear(3)}\n" + rest +
        "\nloss: cross_entropy(logits, y)\ndata: {train: synthetic(64)}\n" + "train: {epochs: 1, optimizer: SGD, " +
        train + "}\n");
    REQUIRE(program.out);
    REQUIRE(program.reports() == "");
    const bool good = pipeline::check_batch(program.ir(), program.out->elaborated.recipe, program.sink);
    CHECK(good == program.reports().empty());
    return program.reports();
  };
  const std::string mixed = "forward: {logits: fc(a(x) @ x)}";
  CHECK(told(mixed, "batch: 16") == "M6002 `matmul`: `B = 16` in a batch of the training: `B == 32` does not hold\n");
  CHECK(told(mixed, "batch: 32") == "");
  CHECK(told("forward: {logits: fc(a(x))}\nwhere: [B % 2 == 0]", "batch: 7").starts_with("M6002 "));
  CHECK(told("forward: {logits: fc(a(x))}\nwhere: [B % 2 == 0]", "batch: 8") == "");
}

TEST_CASE("check data: what is computed is left to the run") {
  CHECK(said("word=randint(0, 10), n=randint(0, 9), label=n % 3") == "");
  CHECK(said("word=randint(0, 10), n=randint(0, 9)", "  feed: {label: n // 3}\n") == "");
}
