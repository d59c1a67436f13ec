#include "support/spelling.h"

#include <doctest/doctest.h>

using namespace modelc::support;

TEST_CASE("edit_distance: insertions, changes, transpositions, case") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("padding", "pading") == 1);
  CHECK(edit_distance("Linear", "Lienar") == 1);
  CHECK(edit_distance("relu", "ReLU") == 0);
}

TEST_CASE("nearest: near enough, the first of equals, or none") {
  CHECK(nearest("pading", {"stride", "padding"}) == "padding");
  CHECK(nearest("ab", {"ax", "ay"}) == "ax");
  CHECK_FALSE(nearest("kernel", {"stride", "padding"}));
  CHECK_FALSE(nearest("x", {}));
  // What other libraries call so, where ours may stand.
  CHECK(nearest("learning_rate", {"lr", "learn"}) == "lr");
  CHECK_FALSE(nearest("learning_rate", {"eps", "betas"}));
}
