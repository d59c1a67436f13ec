#include "support/dotted_path.h"

#include <doctest/doctest.h>

using modelc::support::joined_path;

TEST_CASE("dotted paths: a part is put below another, and nothing below nothing") {
  CHECK(joined_path("stream", "fc.weight") == "stream.fc.weight");
  CHECK(joined_path("", "fc") == "fc");
  CHECK(joined_path("stream", "") == "stream");
  CHECK(joined_path("", "").empty());
}
