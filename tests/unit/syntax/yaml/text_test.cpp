#include "syntax/yaml/text.h"

#include <doctest/doctest.h>

using namespace modelc::syntax;

TEST_CASE("text: every byte of a patched text knows its place in the original") {
  const PatchedText text("a: b c\n", {{3, 0, "\""}, {6, 0, "\""}, {1, 1, ":"}});
  CHECK(text.text() == "a: \"b c\"\n");
  CHECK(text.original(4) == 3);
  CHECK(text.inserted(3));
  CHECK_FALSE(text.inserted(4));
  CHECK(text.original(text.text().size()) == 7);
  CHECK(PatchedText("abc", {}).original(2) == 2);
}

TEST_CASE("text: a lone carriage return is a line break, one before a line feed is not two") {
  PatchedText text("a\rb\r\nc", {});
  text.mend_breaks();
  CHECK(text.text() == "a\nb\r\nc");
}

TEST_CASE("text: lines, strings and brackets") {
  const std::string two = "ab\ncd";
  CHECK(line_begin(two, 4) == 3);
  CHECK(line_end(two, 0) == 2);
  CHECK(next_line(two, 1) == 3);
  CHECK(skip_string("\"a]\" b", 0) == 4);
  CHECK(skip_string("\"a\nb\"", 0) == 0);
  CHECK(is_balanced("f([1], {2})", 0, 11));
  CHECK_FALSE(is_balanced("f([1)", 0, 5));
  CHECK(is_balanced("f(\"]\")", 0, 6));
  Brackets brackets;
  CHECK(brackets.feed('('));
  CHECK(brackets.only_round());
  CHECK_FALSE(brackets.feed(']'));
}

TEST_CASE("text: quotes are those that need no escapes") {
  CHECK(quoted("a: b") == "\"a: b\"");
  CHECK(quoted("say \"x\"") == "'say \"x\"'");
  std::vector<Patch> patches;
  quote_range("a: b c", 3, 6, patches);
  CHECK(PatchedText("a: b c", patches).text() == "a: \"b c\"");
}

TEST_CASE("text: a part of a passage stands where it stood in the file") {
  const Passage passage{"abcdef", 3, 10};
  const Passage part = passage.part(2, 4);
  CHECK(part.text == "cd");
  CHECK(part.span(0, 2) == passage.span(2, 4));
  CHECK(part.span(0, 2).begin == 12);
  CHECK(part.span(0, 2).file == 3);
}
