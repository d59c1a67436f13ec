// Functions of a feed over columns of text, and windows of rows.
#include <doctest/doctest.h>

#include "../../scratch.h"
#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

/// A recipe over the columns `a: float`, `city: text`, `review: text`.
struct Recipe {
  scratch::Folder folder;
  std::optional<Program> program;

  Recipe(const std::string& types, const std::string& feed) {
    folder.write("t.csv", "a,city,review\n1,Rome ,good film\n2,Oslo,\n3,rome,so so\n");
    folder.write("t.json", R"({"model": {"type": "BPE", "vocab": {"g": 0, "o": 1}, "merges": []}})");
    folder.write("bad.json", R"({"model": {"type": "Rnn"}})");
    program.emplace("inputs:\n" + types + "forward: {h: x}\nallow: [M4075]\ndata:\n  root: " + folder.path("") +
                    "\n  train: csv(\"t.csv\")\n  feed:\n" + feed);
  }
  std::string codes() const { return program->codes(); }
  const ir::Data& data() const { return program->out->elaborated.recipe.data; }
  std::string derived() const {
    std::string all;
    for (const ir::DerivedColumn& column : data().made.derived) all += (all.empty() ? "" : " | ") + column.name;
    return all;
  }
};

TEST_CASE("text functions: each is a column of its own, made once, named as it is written") {
  const Recipe r("  x: int[B]\n  y: bool[B]\n",
                 "    clean: lower(strip(city))\n    x: category(clean)\n"
                 "    y: '(clean == \"rome\") | (replace(clean, \"o\", \"u\") != \"oslu\")'\n");
  REQUIRE(r.codes() == "");
  CHECK(
      r.derived() ==
      "strip(city) | lower(strip(city)) | lower(strip(city)) == \"rome\" | replace(lower(strip(city)), \"o\", \"u\") | "
      "replace(lower(strip(city)), \"o\", \"u\") == \"oslu\"");
  CHECK(r.data().made.derived[0].from == "city");
  CHECK_FALSE(r.data().made.derived[0].texts.at(0));
  CHECK(r.data().made.derived[2].kind == ir::DerivedColumn::Equals);
}

TEST_CASE("tokens are ragged: padded they have a size of the batch, and one for all that is made of them") {
  const Recipe r("  x: int[B, T]\n  m: bool[B, T]\n  n: int[B]\n",
                 "    words: tokens(review)\n    x: pad(words, 0)\n    m: pad(words, 0) == 0\n    n: lengths(words)\n");
  REQUIRE(r.codes() == "");
  CHECK(r.derived() ==
        "tokens(review, by=\"words\") | pad(tokens(review, by=\"words\")) | "
        "lengths(tokens(review, by=\"words\"))");
  CHECK(r.data().fits.size() == 2);
}

TEST_CASE("tokens by bytes and by a tokenizer are numbers as they are") {
  const Recipe r("  x: int[B, T]\n  y: int[B, U]\n",
                 "    x: pad(tokens(review, by=\"bytes\"))\n    y: pad(tokens(review, by=\"t.json\"), 1)\n");
  REQUIRE(r.codes() == "");
  CHECK(r.data().made.derived[2].texts.at(0) == r.folder.path("t.json"));
}

TEST_CASE("what has rows of lengths of their own is padded before it is used") {
  const std::string code(diag::FeedRagged.row.code);
  CHECK(Recipe("  x: int[B, T]\n", "    x: tokens(review)\n").codes() == code);
  CHECK(Recipe("  x: int[B, T]\n", "    x: relu(tokens(review))\n").codes() == code);
  CHECK(Recipe("  x: int[B, T]\n", "    x: tokens(review) + 1\n").codes() == code);
}

TEST_CASE("functions of text want text, those of ragged columns want such") {
  const std::string code(diag::FeedColumnKind.row.code);
  CHECK(Recipe("  x: int[B]\n", "    x: category(lower(a))\n").codes() == code);
  CHECK(Recipe("  x: int[B]\n", "    x: category(lower(tokens(review)))\n").codes() == code);
  CHECK(Recipe("  x: int[B, T]\n", "    x: pad(review, 0)\n").codes() == code);
  CHECK(Recipe("  x: int[B]\n", "    x: lengths(a)\n").codes() == code);
  CHECK(Recipe("  x: bool[B]\n", "    x: city < \"Oslo\"\n").codes() == code);
  CHECK(Recipe("  x: bool[B]\n", "    x: city == 3\n").codes() == code);
  CHECK(Recipe("  x: int[B, 2]\n", "    x: windows(city, 2)\n").codes() == code);
}

TEST_CASE("how a text is taken apart is one of four ways") {
  CHECK(Recipe("  x: int[B, T]\n", "    x: pad(tokens(review, by=\"letters\"))\n").codes() ==
        diag::ArgumentRange.row.code);
  CHECK(Recipe("  x: int[B, T]\n", "    x: pad(tokens(review), -1)\n").codes() == diag::ArgumentRange.row.code);
  CHECK(Recipe("  x: int[B, T]\n", "    x: pad(tokens(review, by=\"bad.json\"))\n").codes() ==
        diag::DataUnreadable.row.code);
  CHECK(Recipe("  x: int[B, T]\n", "    x: pad(tokens(review, by=\"absent.json\"))\n").codes() ==
        diag::DataFileAbsent.row.code);
}

TEST_CASE("windows: rows of all that the feed gives") {
  const Recipe r("  x: int[B, 1]\n", "    w: windows(a, 2, stride=1)\n    x: w[:, 1:].long()\n");
  REQUIRE(r.codes() == "");
  REQUIRE(r.data().made.windows.size() == 1);
  CHECK(r.data().made.windows[0] == ir::Windows{2, 1});
}

TEST_CASE("windows: two of different kinds, beside rows, or of too few") {
  CHECK(Recipe("  x: float[B, 2]\n  y: float[B, 3]\n", "    x: windows(a, 2)\n    y: windows(a, 3)\n").codes() ==
        diag::WindowsDisagree.row.code);
  CHECK(Recipe("  x: float[B, 2]\n  y: float[B]\n", "    x: windows(a, 2)\n    y: a\n").codes() ==
        diag::FeedNotWindowed.row.code);
  CHECK(Recipe("  x: float[B, 2]\n", "    x: windows(windows(a, 2), 2)\n").codes() == diag::FeedColumnKind.row.code);
}

}  // namespace
