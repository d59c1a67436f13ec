#include "syntax/yaml/faults.h"

#include <doctest/doctest.h>

using namespace modelc;
using syntax::Faults;

TEST_CASE("faults: a reader knows its own, not what else stands in the sink") {
  diagnostics::Sink sink;
  sink.report({1, 20, 30}, diag::EmptyDocument);
  Faults faults(sink);
  CHECK(faults.none());
  CHECK(faults.furthest() == 0);
  faults.report({1, 5, 9}, diag::YamlTag, "!x").help("h");
  faults.report({1, 2, 3}, diag::YamlTag, "!y");
  CHECK_FALSE(faults.none());
  CHECK(faults.furthest() == 9);
  CHECK(sink.found()[1].help == "h");
}

TEST_CASE("faults: of more than are shown the reader may stop") {
  diagnostics::Sink sink;
  Faults faults(sink);
  for (std::uint32_t i = 0; i < diagnostics::Sink::kMost; ++i) faults.report({1, i, i + 1}, diag::YamlTag, "!x");
  CHECK_FALSE(faults.too_many());
  faults.report({1, 0, 1}, diag::YamlTag, "!x");
  CHECK(faults.too_many());
}
