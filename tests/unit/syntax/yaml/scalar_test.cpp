#include "syntax/yaml/scalar.h"

#include <doctest/doctest.h>

using namespace modelc;
using syntax::place_scalar;
using Offsets = std::vector<std::size_t>;

TEST_CASE("scalar: a plain text is where it stands, folded lines are one space") {
  const auto plain = place_scalar("k: ab # c", 3, "ab");
  CHECK(plain.style == ast::ScalarStyle::Plain);
  CHECK(plain.end == 5);
  CHECK(plain.offsets == Offsets{3, 4, 5});
  CHECK(place_scalar("a\n  b", 0, "a b").offsets == Offsets{0, 1, 4, 5});
}

TEST_CASE("scalar: escapes stand for what they mean") {
  const auto quoted = place_scalar("\"a\\nb\"", 0, "a\nb");
  CHECK(quoted.style == ast::ScalarStyle::DoubleQuoted);
  CHECK(quoted.end == 6);
  CHECK(quoted.offsets == Offsets{1, 2, 4, 5});
  CHECK(place_scalar("'it''s'", 0, "it's").offsets == Offsets{1, 2, 3, 5, 6});
}

TEST_CASE("scalar: blocks begin below their mark") {
  const auto block = place_scalar("|\n  ab\n", 0, "ab\n");
  CHECK(block.style == ast::ScalarStyle::Literal);
  CHECK(block.offsets.size() == 4);
  CHECK(block.offsets[0] == 4);
}

TEST_CASE("scalar: where source and text do not agree nothing is claimed") {
  CHECK(place_scalar("ab", 0, "xy").offsets == Offsets{0, 0, 0});
}

TEST_CASE("scalar: what stands before a node is skipped") {
  CHECK(syntax::skip_properties("&a !t x", 0) == 6);
  CHECK(syntax::skip_properties("x", 0) == 0);
  CHECK(syntax::skip_space("  # c\n  x", 0) == 8);
}
