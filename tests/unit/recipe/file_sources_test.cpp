// Sources that are files, where the files are not there.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel =
    "inputs:\n  x: float[B, 4]\ntargets:\n  y: int[B]\nmodules:\n  fc: Linear(3)\nforward:\n  logits: fc(x)\n";

struct Read : Program {
  explicit Read(const std::string& source) : Program(kModel + "data:\n  train: " + source + "\n") {}
  const std::optional<ir::Source>& train() const { return out->elaborated.recipe.data.train; }
};

TEST_CASE("file sources: a file that is absent leaves its columns unknown") {
  const Read read("csv(\"nowhere.csv\", sep=\";\", header=false)");
  CHECK(read.codes() == diag::DataFileAbsent.row.code);
  CHECK(read.out->sound);
  REQUIRE(read.train());
  CHECK_FALSE(read.train()->known);
  CHECK(read.train()->files == std::vector<std::string>{"/m/nowhere.csv"});
  CHECK(read.train()->csv.separator == ";");
  CHECK_FALSE(read.train()->csv.header);
}

TEST_CASE("file sources: names of arrays become columns") {
  const Read read("npy(x=\"a.npy\", y=\"b.npy\")");
  REQUIRE(read.train());
  CHECK(read.train()->file_names == std::vector<std::string>{"x", "y"});
  CHECK(read.train()->files == std::vector<std::string>{"/m/a.npy", "/m/b.npy"});
}

TEST_CASE("file sources: what the call itself says wrong") {
  CHECK(Read("csv(\"a.csv\", sep=\";;\")").codes() == diag::ArgumentRange.row.code);
  CHECK(Read("csv(3)").codes() == diag::ArgumentType.row.code);
  CHECK(Read("npy()").codes() == diag::SourceArgument.row.code);
  CHECK(Read("csf(\"a.csv\")").codes() == diag::SourceUnknown.row.code);
  CHECK_FALSE(Read("csv()").out->sound);
}

TEST_CASE("file sources: how a csv file is written") {
  const Read read(
      "'csv(\"nowhere.csv\", types={zip: str, \"unit price\": float, n: int,}, decimal=\",\", "
      "encoding=\"latin-1\", sep=\"\\t\")'");
  REQUIRE(read.train());
  const formats::CsvOptions& csv = read.train()->csv;
  CHECK(csv.types == std::vector<std::pair<std::string, types::DType>>{{"zip", types::DType::String},
                                                                       {"unit price", types::DType::Float32},
                                                                       {"n", types::DType::Int64}});
  CHECK(csv.decimal == ',');
  CHECK(csv.encoding == "latin-1");
  CHECK(csv.separator == "\t");
  CHECK(Read("csv(\"nowhere.csv\", sep=\"§\")").train()->csv.separator == "§");
}

TEST_CASE("file sources: what is no way to write a csv file") {
  const auto refused = [](const std::string& arguments) {
    return Read("'csv(\"a.csv\", " + arguments + ")'").codes() == diag::ArgumentRange.row.code;
  };
  CHECK(refused("types={a: string}"));
  CHECK(refused("types=[\"a\"]"));
  CHECK(refused("types=3"));
  CHECK(refused("decimal=\"\""));
  CHECK(refused("decimal=\"5\""));
  CHECK(refused("encoding=\"no such\""));
  CHECK(refused("sep=\"\""));
  CHECK(refused("sep=\"\\n\""));
  CHECK(Read("'csv(\"a.csv\", types={a str})'").codes() == diag::UnexpectedInExpression.row.code);
  CHECK(Read("'csv(\"a.csv\", names={a: str})'").codes() == diag::UnexpectedInExpression.row.code);
}

TEST_CASE("file sources: a database and its query") {
  const Read read("sqlite(\"nowhere.db\", \"select a from t\")");
  CHECK(read.codes() == diag::DataFileAbsent.row.code);
  REQUIRE(read.train());
  CHECK(read.train()->contents.query == "select a from t");
  CHECK_FALSE(read.train()->known);
}

}  // namespace
