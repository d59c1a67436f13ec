// `data.categories`: a size of the model that the training source decides.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel =
    "inputs:\n  x: float[B, 4]\ntargets:\n  y: int[B]\nmodules:\n  fc: Linear(3)\nforward:\n  logits: fc(x)\n";

std::string codes(const std::string& data) {
  return Program(
             "inputs:\n  x: float[B, 4]\ntargets:\n  y: int[B]\nmodules:\n  fc: Linear(data.categories(\"kind\"))\n"
             "forward:\n  logits: fc(x)\n" +
             data)
      .codes();
}

TEST_CASE("categories: a column of one value has one") {
  const Program p(
      "inputs:\n  x: float[B, 4]\nmodules:\n  fc: Linear(data.categories(\"kind\"))\nforward: fc(x)\ndata:\n  train: "
      "synthetic(6) -> with(kind=\"text\")\n");
  REQUIRE(p.reports() == "");
  CHECK(p.tensor("fc", "weight")->type.str() == "float[1, 4]");
}

TEST_CASE("categories: without a source, or of a column that it lacks") {
  CHECK(codes("") == diag::SettingMissing.row.code);
  CHECK(codes("data:\n  train: synthetic(6) -> with(kin=\"text\")\n") == diag::DataColumnMissing.row.code);
  CHECK(codes("data:\n  train: csv(\"nowhere.csv\")\n").find(diag::DataFileNotThere.row.code) != std::string::npos);
}

TEST_CASE("categories: a source that asks for its own is reported, not read for ever") {
  CHECK(codes("data:\n  train: synthetic(data.categories(\"kind\")) -> with(kind=\"text\")\n") != "");
}

}  // namespace
