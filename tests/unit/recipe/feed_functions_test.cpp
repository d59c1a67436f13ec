// The functions of a feed, which go before torch's there.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel =
    "inputs:\n  x: float[B, 4]\ntargets:\n  y: int[B]\nmodules:\n  fc: Linear(3)\nforward:\n  logits: fc(x)\n";

/// The operators of the first feed, or what was reported.
std::string fed(const std::string& columns, const std::string& feed) {
  const Program p(kModel + "data:\n  train: synthetic(6, " + columns + ", y=randint(3))\n  feed:\n    x: " + feed +
                  "\n");
  if (!p.reports().empty()) return p.codes();
  std::string names;
  for (const ir::Node& node : p.out->elaborated.recipe.data.feeds.at(0).nodes)
    names += (names.empty() ? "" : " ") + ir::op_of(node).name;
  return names;
}

TEST_CASE("feed functions: columns by name and side by side") {
  CHECK(fed("a=normal(4)", "column(\"a\")") == "");
  CHECK(fed("a=normal(), b=normal(3)", "numeric(a, b)") == "_columns");
  CHECK(fed("a=normal(4)", "standardize(a)").find("standardize") != std::string::npos);
}

TEST_CASE("feed functions: what is torch's beside them stays torch's") {
  CHECK(fed("a=normal(4)", "relu(a)") == "relu");
}

/// What is reported where images of bytes become an input of this type.
std::string fed_as(const std::string& type, const std::string& feed, const std::string& row = "[3, 32, 32]") {
  return Program("inputs:\n  x: " + type + "\nforward:\n  y: x * 1\ndata:\n  train: synthetic(6, raw=randint(0, 256, " +
                 row + "), label=randint(10))\n  feed:\n    image: to(raw, uint8)\n    x: " + feed + "\n")
      .codes();
}

TEST_CASE("feed functions: what draws takes the draws of its rows, each call at a place of its own") {
  const Program p(
      "inputs:\n  x: float[B, 3, 4, 4]\nforward:\n  y: x * 1\ndata:\n  train: synthetic(6, image=normal(3, 6, 6))\n"
      "  feed:\n    x: image -> random_flip(p=0.25) -> random_flip(vertical=true) -> random_crop(4)\n");
  CHECK(p.reports().empty());
  const ir::Graph& graph = p.out->elaborated.recipe.data.feeds.at(0);
  CHECK(std::count_if(graph.inputs.begin(), graph.inputs.end(),
                      [](const ir::Input& input) { return input.name == ir::kDraws; }) == 1);
  std::vector<std::int64_t> places;
  for (const ir::Node& node : graph.nodes) places.push_back(ir::attribute_of(node, "place")->as_int());
  CHECK(places == std::vector<std::int64_t>{0, 1, 2});
}

TEST_CASE("feed functions: types of images that are changed") {
  CHECK(fed_as("uint8[B, 3, 28, 28]", "random_crop(image, 28, padding=4)") == "");
  CHECK(fed_as("uint8[B, 3, 20, 24]", "random_resized_crop(image, [20, 24])") == "");
  CHECK(fed_as("uint8[B, 3, 32, 32]", "image -> random_flip() -> random_rotation(10) -> random_erasing()") == "");
  CHECK(fed_as("uint8[B, 3, 32, 32]", "color_jitter(image, brightness=0.2, contrast=[0.5, 2], hue=0.1)") == "");
  CHECK(fed_as("uint8[B, 32, 32]", "image -> augment() -> random_crop(32, padding=2)", "[32, 32]") == "");
  CHECK(fed_as("float[B, 3, 8, 8]", "image / 255 -> resize(12) -> center_crop(8)") == "");
  CHECK(fed_as("float[B, 3, 32, 32]", "mixup(image, one_hot(label, 10))[0]") == "");
  CHECK(fed_as("float[B, 10]", "mixup(image, one_hot(label, 10))[1]") == "");
  CHECK(fed_as("uint8[B, 3, 32, 32]", "cutmix(image, one_hot(label, 10))[0]") == "");
}

TEST_CASE("feed functions: images that cannot be changed so") {
  const std::string_view rule = diag::OperatorRule.row.code, range = diag::ArgumentRange.row.code;
  CHECK(fed_as("uint8[B, 3, 40, 40]", "random_crop(image, 41, padding=4)") == diag::SizesDiffer.row.code);
  CHECK(fed_as("uint8[B, 32]", "random_flip(image)", "[32]") == rule);
  CHECK(fed_as("int[B, 3, 32, 32]", "random_flip(raw)") == rule);
  CHECK(fed_as("uint8[B, 4, 32, 32]", "augment(image)", "[4, 32, 32]") == rule);
  CHECK(fed_as("uint8[B, 32, 32, 3]", "color_jitter(image, hue=0.1)", "[32, 32, 3]") == rule);
  CHECK(fed_as("uint8[B, 3, 32, 32]", "random_rotation(image, [10, -10])") == rule);
  CHECK(fed_as("float[B, 3, 32, 32]", "mixup(image, label)[0]") == rule);
  CHECK(fed_as("uint8[B, 3, 32, 32]", "random_flip(image, p=1.5)") == range);
  CHECK(fed_as("uint8[B, 3, 32, 32]", "color_jitter(image, hue=0.6)") == range);
}

TEST_CASE("feed functions: functions that torch has too take a column by its name") {
  CHECK(fed("a=normal(4)", "clip(\"a\", 0, 1)") == "clip");
  CHECK(fed("a=normal(4)", "clip(\"a\", max=1)") == "clip");
  CHECK(fed("a=uniform(4)", "log1p(\"a\")") == "log1p");
  CHECK(fed("a=normal(4)", "clip(\"aa\", 0, 1)").find(diag::DataColumnMissing.row.code) != std::string::npos);
}

TEST_CASE("feed functions: what is missing is filled in before or after other functions") {
  CHECK(fed("a=normal(4)", "standardize(impute(a))") == "impute standardize");
  CHECK(fed("a=normal(4)", "impute(log1p(clip(\"a\", 0)), by=\"mean\")") == "clip log1p impute");
  CHECK(fed("a=normal(), b=normal(3)", "impute(numeric(a, b), by=\"mode\")") == "_columns impute");
  CHECK(fed("a=normal(4)", "impute(a, by=\"average\")").find(diag::ArgumentType.row.code) != std::string::npos);
}

TEST_CASE("feed functions: bins are numbers of intervals between edges in order") {
  CHECK(fed("a=normal(4)", "bins(a, [0, 0.5, 1]).float()").starts_with("bins"));
  CHECK(fed("a=normal(4)", "bins(a, [1, 0])") == diag::OperatorRule.row.code);
  CHECK(fed("a=normal(4)", "bins(a, [])") == diag::OperatorRule.row.code);
  CHECK(fed("a=normal(4)", "bins(a)") == diag::MissingArgument.row.code);
}

TEST_CASE("feed functions: arguments are held against the catalogue") {
  CHECK(fed("a=normal(4)", "standardize(a, b=1)") == diag::UnknownArgument.row.code);
  CHECK(fed("a=normal(4)", "column(0.5)").find(diag::ArgumentType.row.code) != std::string::npos);
  CHECK(fed("a=normal(4)", "column(\"aa\")").find(diag::DataColumnMissing.row.code) != std::string::npos);
}

}  // namespace
