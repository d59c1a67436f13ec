#include "support/counted.h"

#include <doctest/doctest.h>

using modelc::support::counted;

TEST_CASE("counted: one thing has no plural") {
  CHECK(counted(1, "argument") == "1 argument");
  CHECK(counted(0, "argument") == "0 arguments");
  CHECK(counted(std::size_t{2}, "class") == "2 classes");
  CHECK(counted("2*B", "feature") == "2*B features");
  CHECK(counted("1", "feature") == "1 feature");
}
