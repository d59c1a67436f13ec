// Characters, words, patterns.
#include "text/unicode.h"

#include <doctest/doctest.h>

#include "text/pattern.h"
#include "text/units.h"

namespace {

using namespace modelc;
using text::NormalForm;

std::string words(std::string_view from) {
  std::string all;
  for (const std::string_view word : text::pieces(from, text::Unit::Words)) all += "[" + std::string(word) + "]";
  return all;
}

TEST_CASE("characters: bytes that are no UTF-8 are kept, each by itself") {
  const std::string given = "a\xC3\xA4\xFF\xE2\x82z";
  std::string again;
  for (const std::string_view one : text::characters(given)) again += one;
  CHECK(again == given);
  CHECK(text::characters(given).size() == 6);
  CHECK(text::first_invalid(given) == 3);
  CHECK_FALSE(text::first_invalid("a\xC3\xA4"));
}

TEST_CASE("strip takes white space, or the characters that are given, off both ends") {
  CHECK(text::strip(" \t a b\u00A0\n", std::nullopt) == "a b");
  CHECK(text::strip("<=50K.", ".") == "<=50K");
  CHECK(text::strip("..a.b..", ".") == "a.b");
  CHECK(text::strip("\u00E4x\u00E4", "\u00E4") == "x");
  CHECK(text::strip("...", ".") == "");
  CHECK(text::strip(" a ", "") == " a ");
}

TEST_CASE("lower knows more than ASCII") {
  CHECK(text::lower("\u00C4B\u0130") == "\u00E4bi\u0307");
  CHECK(text::lower("\xFF"
                    "A") ==
        "\xFF"
        "a");
}

TEST_CASE("replace changes every occurrence, from the left") {
  CHECK(text::replace("aaa", "aa", "b") == "ba");
  CHECK(text::replace("$1,$2", "$", "") == "1,2");
  CHECK(text::replace("abc", "", "x") == "abc");
}

TEST_CASE("normal forms") {
  CHECK(text::normalised("e\u0301", NormalForm::C) == "\u00E9");
  CHECK(text::normalised("\u00E9", NormalForm::D) == "e\u0301");
  CHECK(text::normalised("\uFB01\u00BD", NormalForm::KC) == "fi1\u20442");
  CHECK(text::normalised("\u2460", NormalForm::C) == "\u2460");
}

TEST_CASE("words are runs of letters and digits, or single signs") {
  CHECK(words("  It's 3.5, na\u00EFve!\n") == "[It]['][s][3][.][5][,][na\u00EFve][!]");
  CHECK(words(" \n ") == "");
  CHECK(text::joined({"Hello", ",", "(", "you", ")", "."}, text::Unit::Words) == "Hello, (you).");
  CHECK(text::joined({"a", " ", "b"}, text::Unit::Chars) == "a b");
}

TEST_CASE("patterns know Unicode's classes, and say what is wrong with them") {
  std::string fault;
  const auto letters = text::Pattern::compile(R"(\p{L}+)", fault);
  REQUIRE(letters);
  CHECK(text::replaced(*letters, "na\u00EFve 12 \u03B1\u03B2", "x") == "x 12 x");
  CHECK(letters->matches("12").empty());
  CHECK_FALSE(text::Pattern::compile("(", fault));
  CHECK(fault.find("parenthesis") != std::string::npos);
  // An empty match is none, and does not stand still.
  const auto maybe = text::Pattern::compile("a*", fault);
  CHECK(maybe->matches("b\u00E4ab").size() == 1);
}

}  // namespace
