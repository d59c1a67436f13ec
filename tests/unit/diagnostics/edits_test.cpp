#include "diagnostics/edits.h"

#include <doctest/doctest.h>

using modelc::diagnostics::Edit;
using modelc::diagnostics::edited;

TEST_CASE("edits: in the order of their places, each on the text as it was") {
  const auto made = edited("Linear(10, 2, 3)", {{{1, 14, 14}, "bias="}, {{1, 7, 11}, ""}});
  CHECK(made.text == "Linear(2, bias=3)");
  CHECK(made.applied == 2);
}

TEST_CASE("edits: of those that overlap, and of insertions in one place, the first is made") {
  CHECK(edited("abcdef", {{{1, 1, 4}, "-"}, {{1, 2, 6}, "+"}}).text == "a-ef");
  CHECK(edited("abc", {{{1, 1, 1}, "1"}, {{1, 1, 1}, "2"}}).text == "a1bc");
  CHECK(edited("abc", {{{1, 0, 1}, ""}, {{1, 1, 2}, "B"}}).text == "Bc");
}

TEST_CASE("edits: one outside the text is left out") {
  const auto made = edited("abc", {{{1, 2, 9}, "x"}, {{1, 2, 1}, "y"}});
  CHECK(made.text == "abc");
  CHECK(made.applied == 0);
}
