#include "elaborate/elaborate.h"

#include <doctest/doctest.h>

#include "compose/compose.h"
#include "ir/program.h"

namespace {

using namespace modelc;

/// A description that exists in memory only, composed and elaborated, no pass run.
struct Made {
  support::SourceManager sources;
  diagnostics::Sink sink;
  types::DimTable table;
  types::DimTable::Scope scope{table};
  elaborate::Elaborated out;

  explicit Made(const std::string& text, const elaborate::Options& options = {}) {
    compose::Overrides overrides;
    overrides.contents["/m/main.yaml"] = "modelc: 1\n" + text;
    auto composition = compose::compose(sources, "/m/main.yaml", overrides, sink);
    REQUIRE(composition);
    out = elaborate::elaborate(std::make_shared<const compose::Composition>(std::move(*composition)), options, sink);
  }
  std::string codes() const {
    std::string all;
    for (const auto& d : sink.sorted()) all += (all.empty() ? "" : " ") + std::string(d.code);
    return all;
  }
};

const std::string kModel = "inputs:\n  x: float[B, 4]\nmodules:\n  f: Linear(3)\nforward: f(x)\n";

TEST_CASE("elaborate: a description without faults is sound, with what is said by path in the tree") {
  const Made made(kModel + "freeze: [f.bias]\n");
  CHECK(made.codes() == "");
  CHECK(made.out.state == passes::State::Sound);
  CHECK(made.out.program.graphs.size() == 2);
  const ir::Module* f = made.out.program.tree.find("f");
  REQUIRE(f);
  CHECK(f->tensors.at(0).trainable);
  CHECK_FALSE(f->tensors.at(1).trainable);
}

TEST_CASE("elaborate: name and doc follow the params, in what they insert and in the conditions around them") {
  const std::string flow =
      "name: \"Net-${width}\"\nif width > 3:\n  doc: wide\nelse:\n  name: Thin\n  doc: thin\n" + kModel;
  const Made wide("params: {width: 8}\n" + flow);
  CHECK(wide.codes() == "");
  CHECK(wide.out.program.name == "Net-8");
  CHECK(wide.out.program.doc == "wide");
  CHECK(wide.out.program.tree.modules.at(0).type == "Net-8");
  const Made thin("params: {width: 2}\n" + flow);
  CHECK(thin.out.program.name == "Thin");
  CHECK(thin.out.program.doc == "thin");
  CHECK(Made("if wdth > 3: {name: a}\n" + kModel).codes() == diag::UnknownName.row.code);
}

TEST_CASE("elaborate: how far it came is told by what was made") {
  CHECK(Made("inputs:\n  x: float[B, 4]\nforward: x.reshape(7)\n").out.state == passes::State::Broken);
  CHECK(Made(kModel + "metrics: accuracy(output, gone)\n").out.state == passes::State::Traced);
  CHECK(Made(kModel + "freeze: [gone]\n").out.state == passes::State::Settled);
  CHECK(Made(kModel + "device: mainframe\n").out.state == passes::State::Settled);
}

TEST_CASE("elaborate: what others told the sink changes nothing") {
  Made made(kModel);
  made.sink.report({}, diag::EmptyDocument);
  CHECK(ir::find_graph(made.out.program, {true, {}, {}}));
  compose::Overrides overrides;
  overrides.contents["/m/main.yaml"] = kModel;
  auto again = compose::compose(made.sources, "/m/main.yaml", overrides, made.sink);
  REQUIRE(again);
  const auto out = elaborate::elaborate(std::make_shared<const compose::Composition>(std::move(*again)), {}, made.sink);
  CHECK(out.state == passes::State::Sound);
}

TEST_CASE("elaborate: sizes that the command line states, and the recipe where it is asked for") {
  elaborate::Options options;
  options.where = {{"B", 8}};
  const Made made(kModel, options);
  CHECK(made.out.program.graphs[0].inputs[0].type.str() == "float[8, 4]");
  options.where = {{"Q", 8}};
  CHECK(Made(kModel, options).codes() == diag::UnknownSymbol.row.code);
  const std::string recipe = "train: {epochs: 1, optimizer: SDG}\n";
  CHECK(Made(kModel + recipe).codes() == diag::OptimizerUnknown.row.code);
  elaborate::Options without;
  without.recipe = false;
  CHECK(Made(kModel + recipe, without).codes() == "");
}

}  // namespace
