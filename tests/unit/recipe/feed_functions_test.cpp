// The functions of a feed, which go before torch's there.
#include <doctest/doctest.h>

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

TEST_CASE("feed functions: arguments are held against the catalogue") {
  CHECK(fed("a=normal(4)", "standardize(a, b=1)") == diag::UnknownArgument.row.code);
  CHECK(fed("a=normal(4)", "column(0.5)").find(diag::ArgumentType.row.code) != std::string::npos);
  CHECK(fed("a=normal(4)", "column(\"aa\")").find(diag::DataColumnMissing.row.code) != std::string::npos);
}

}  // namespace
