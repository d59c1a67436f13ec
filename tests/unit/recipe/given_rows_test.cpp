// What `--data` means, and how its rows are read.
#include "recipe/given_rows.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "../../scratch.h"
#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

/// A model that is trained on `train` and asked for the rows of `text`.
struct Asked {
  support::SourceManager sources;
  diagnostics::Sink sink;
  types::DimTable table;
  types::DimTable::Scope scope{table};
  std::optional<pipeline::Compiled> out;

  Asked(const std::string& train, const std::string& text) {
    compose::Overrides overrides;
    overrides.contents["/m/main.yaml"] =
        "modelc: 1\ninputs:\n  x: float[B]\nforward:\n  y: x * 2\ndata:\n  train: " + train + "\n  feed: {x: a}\n";
    elaborate::Options options;
    options.data.absent = recipe::Options::Absent::Ignore;
    options.data.rows_text = text;
    out = pipeline::compile(sources, "/m/main.yaml", overrides, options, sink);
  }
  std::string codes() const {
    std::string all;
    for (const auto& d : sink.sorted()) all += (all.empty() ? "" : " ") + std::string(d.code);
    return all;
  }
  const ir::Source& given() const { return *out->elaborated.recipe.data.given; }
};

TEST_CASE("given rows: a file is read as the training source reads its own") {
  const scratch::Folder folder;
  const std::string rows = folder.write("rows.csv", "a;b\n1;2\n3;4\n");
  const Asked asked("csv(\"gone.csv\", sep=\";\")", rows);
  CHECK(asked.codes() == "");
  CHECK(asked.given().rows == 2);
  CHECK(asked.given().columns.size() == 2);
  const Asked among("mix(csv(\"gone.csv\", sep=\";\"), csv(\"gone too.csv\", sep=\";\"))", rows);
  CHECK(among.codes() == "");
  CHECK(among.given().columns.size() == 2);
  const Asked piped("csv(\"gone.csv\", sep=\";\") -> with(kind=\"text\")", rows);
  CHECK(piped.given().columns.size() == 3);
}

TEST_CASE("given rows: another kind of file by its ending, anything as an expression") {
  const scratch::Folder folder;
  const std::string rows = folder.write("rows.csv", "a,b\n1,2\n");
  CHECK(Asked("synthetic(4, a=normal())", rows).given().rows == 1);
  const std::string odd = folder.write("rows.odd", "a|b\n1|2\n3|4\n");
  CHECK(Asked("synthetic(4, a=normal())", "csv(\"" + odd + "\", sep=\"|\")").given().rows == 2);
  CHECK(Asked("synthetic(4, a=normal())", "synthetic(5, a=normal())").given().rows == 5);
  const std::string tabs = folder.write("rows.tsv", "a\tb\n1\t2\n");
  CHECK(Asked("synthetic(4, a=normal())", tabs).given().columns.size() == 2);
}

TEST_CASE("given rows: what is not there or no source is told") {
  const scratch::Folder folder;
  CHECK(Asked("synthetic(4, a=normal())", "nowhere.csv").codes() == "M8316");
  CHECK(Asked("synthetic(4, a=normal())", folder.write("rows.odd", "a\n1\n")).codes() == "M8301");
  CHECK(Asked("synthetic(4, a=normal())", "cvs(\"rows.csv\")").codes() == "M8301");
  CHECK(Asked("synthetic(4, a=normal())", "csv(\"rows.csv\"").codes().starts_with("M2"));
}

}  // namespace
