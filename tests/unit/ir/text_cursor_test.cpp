#include "ir/text_cursor.h"

#include <doctest/doctest.h>

namespace modelc::ir {
namespace {

struct Line {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  std::map<std::string, types::Dim, std::less<>> symbols{{"B", types::Dim(types::DimTable::current().symbol("B"))}};
  std::string text;
  TextCursor cursor;
  explicit Line(std::string line) : text(std::move(line)), cursor(text, symbols) {}
};

template <class Read>
std::string refused(const std::string& text, Read&& read) {
  Line line(text);
  try {
    read(line.cursor);
  } catch (const TextError& error) {
    return error.what;
  }
  return "";
}

TEST_CASE("text_cursor: words, values, numbers, marks") {
  Line line("name \"a b\" %3.logits @bn.mean' -7 2.5 ->");
  CHECK(line.cursor.word() == "name");
  CHECK(line.cursor.word() == "a b");
  CHECK(line.cursor.value() == "%3.logits");
  CHECK(line.cursor.value() == "@bn.mean'");
  CHECK(line.cursor.integer() == -7);
  CHECK(line.cursor.number() == 2.5);
  CHECK_FALSE(line.cursor.take("]"));
  CHECK(line.cursor.take("->"));
  CHECK(line.cursor.at_end());
}

TEST_CASE("text_cursor: sizes, constants and types are those that are printed") {
  CHECK(Line("2*B + 1").cursor.dim().str() == "2*B + 1");
  CHECK(Line("B//4").cursor.dim().str() == "B//4");
  CHECK(Line("[1, [2.5, true], \"s\", null]").cursor.constant().str() == "[1, [2.5, true], \"s\", null]");
  CHECK(Line("(float[B, 4], int[])").cursor.type().str() == "(float[B, 4], int[])");
  CHECK(Line("[1, %2]").cursor.at_list_with_values());
  CHECK_FALSE(Line("[1, 2] %3").cursor.at_list_with_values());
}

TEST_CASE("text_cursor: what is not there is told") {
  CHECK(refused("x", [](TextCursor& c) { c.integer(); }) != "");
  CHECK(refused("Q + 1", [](TextCursor& c) { c.dim(); }).find("Q") != std::string::npos);
  CHECK(refused("flaot[B]", [](TextCursor& c) { c.type(); }) != "");
  CHECK(refused("[1, 2", [](TextCursor& c) { c.constant(); }) != "");
  CHECK(refused("a", [](TextCursor& c) { c.expect("b"); }).find("b") != std::string::npos);
}

}  // namespace
}  // namespace modelc::ir
