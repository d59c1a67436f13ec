// Bases and variants that a file leaves to its params.
#include "elaborate/settle.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "pipeline/compile.h"

namespace {

using namespace modelc;

struct Settled {
  support::SourceManager sources;
  diagnostics::Sink sink;
  types::DimTable table;
  types::DimTable::Scope scope{table};
  std::optional<pipeline::Compiled> out;

  explicit Settled(const std::string& text, const std::string& variant = "", const std::string& set = "") {
    compose::Overrides overrides;
    overrides.variant = variant;
    if (!set.empty()) overrides.set.emplace_back(set.substr(0, set.find('=')), set.substr(set.find('=') + 1));
    overrides.contents["/m/main.yaml"] = text;
    overrides.contents["/m/wide.yaml"] = "inputs: {x: \"float[B, 4]\"}\nlayers: [Linear(32)]\n";
    overrides.contents["/m/thin.yaml"] = "inputs: {x: \"float[B, 4]\"}\nlayers: [Linear(2)]\n";
    out = pipeline::compile(sources, "/m/main.yaml", overrides, {}, sink);
  }
  std::string codes() const {
    std::string all;
    for (const auto& d : sink.sorted()) all += (all.empty() ? "" : " ") + std::string(d.code);
    return all;
  }
  /// The type of the first output.
  std::string output() const {
    return codes().empty() ? out->elaborated.program.graphs.at(0).outputs.at(0).type.str() : codes();
  }
};

const std::string kDeep = "params: {deep: true}\n", kKind = "params: {kind: \"wide\"}\n";

TEST_CASE("settle: the base that a condition chooses, by the file's own params as they are given") {
  const std::string flow = kDeep + "if deep:\n  extends: wide.yaml\nelse:\n  extends: thin.yaml\n";
  CHECK(Settled(flow).output() == "float[B, 32]");
  CHECK(Settled(flow, "", "deep=false").output() == "float[B, 2]");
  CHECK(Settled(flow + "variants: {small: {deep: false}}\n", "small").output() == "float[B, 2]");
}

TEST_CASE("settle: a base whose name a param is part of") {
  const std::string inserted = kKind + "extends: \"${kind}.yaml\"\n";
  CHECK(Settled(inserted).output() == "float[B, 32]");
  CHECK(Settled(inserted, "", "kind=\"thin\"").output() == "float[B, 2]");
}

TEST_CASE("settle: what cannot be decided, and two bases") {
  CHECK(Settled("if depth > 2: {extends: wide.yaml}\n").codes() == diag::UnknownName.row.code);
  CHECK(Settled(kDeep + "extends:\n  - if deep: wide.yaml\n  - if deep: thin.yaml\n").codes() ==
        diag::TwoBases.row.code);
}

const std::string kModel =
    "params: {width: 3, deep: false}\ninputs: {x: \"float[B, 4]\"}\nlayers:\n  - Linear(width)\n  - if deep: ReLU\n";

TEST_CASE("settle: variants of a loop, with the loop's variable in names and values") {
  const std::string loop =
      kModel +
      "variants:\n  for w, name in [[8, \"small\"], [64, \"large\"]]:\n    \"${name}\": {width: w * 2}\n"
      "  plain: {width: 5}\n";
  CHECK(Settled(loop, "small").output() == "float[B, 16]");
  CHECK(Settled(loop, "large").output() == "float[B, 128]");
  CHECK(Settled(loop, "plain").output() == "float[B, 5]");
  CHECK(Settled(loop, "huge").codes() == diag::NoSuchVariant.row.code);
}

TEST_CASE("settle: a loop among the values of a variant, under conditions that are decided later") {
  const std::string values = kModel +
                             "variants:\n  small:\n    for p in [\"width\"]:\n      if deep: {\"${p}\": 7}\n"
                             "      else: {\"${p}\": 6}\n";
  CHECK(Settled(values, "small").output() == "float[B, 6]");
  CHECK(Settled(values, "small", "deep=true").output() == "float[B, 7]");
}

TEST_CASE("settle: a variant that a loop makes twice") {
  CHECK(Settled(kModel + "variants:\n  for i in range(2): {a: {width: 5}}\n").codes() ==
        diag::DuplicateModule.row.code);
}

}  // namespace
