// The source `text`, and the sizes that its tokens give.
// covers: text_source.cpp text_categories.cpp
#include <doctest/doctest.h>

#include "../../scratch.h"
#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

struct Recipe {
  scratch::Folder folder;
  std::optional<Program> program;

  Recipe(const std::string& train, const std::string& feed, const std::string& count) {
    folder.write("t.txt", "to be, or not to be");
    folder.write("latin.txt", "caf\xE9");
    folder.write("empty.txt", "");
    folder.write("r.csv", "review,n\nA b,1\nb c,2\n?,3\n");
    folder.write("t.json", R"({"model": {"type": "BPE", "vocab": {"t": 0, "o": 5}, "merges": []}})");
    program.emplace("inputs:\n  ids: int[B, T]\nmodules: {e: 'Embedding(" + count +
                    ", 2)'}\nforward: e(ids)\ndata:\n  root: " + folder.path("") + "\n  train: " + train +
                    "\n  feed:\n" + feed);
  }
  std::string codes() const { return program->codes(); }
  std::string table() const {
    return codes().empty() ? program->tensor("e", "weight")->type.str() : program->reports();
  }
};

const std::string kWindows = "    ids: windows(tokens, 4)\n";

TEST_CASE("text: characters, bytes, words, and the numbers of a tokenizer") {
  CHECK(Recipe("text(\"t.txt\")", kWindows, "data.categories(\"tokens\")").table() == "float[8, 2]");
  CHECK(Recipe("text(\"t.txt\", tokens=\"bytes\")", kWindows, "data.categories(\"tokens\")").table() ==
        "float[256, 2]");
  // to be , or not, and one for what the training split lacks
  CHECK(Recipe("text(\"t.txt\", tokens=\"words\")", kWindows, "data.categories(\"tokens\")").table() == "float[6, 2]");
  CHECK(Recipe("text(\"t.txt\", tokens=\"t.json\")", kWindows, "data.categories(\"tokens\")").table() == "float[6, 2]");
  const Recipe chars("text(\"t.txt\", shuffle=false)", kWindows, "10");
  REQUIRE(chars.codes() == "");
  const ir::Source& source = *chars.program->out->elaborated.recipe.data.train;
  CHECK(source.rows == 19);
  CHECK(source.columns.at(0).name == "tokens");
  CHECK_FALSE(source.shuffle);
}

TEST_CASE("text: what is fed without windows has one number a row") {
  CHECK(Recipe("text(\"t.txt\")", "    ids: tokens\n", "10").codes() == diag::FeedMismatch.row.code);
  CHECK(Recipe("text(\"t.txt\")", "    ids: windows(tokens, 64)\n", "10").codes() == diag::DataSplitEmpty.row.code);
}

TEST_CASE("text: files that are not there, empty, or no text") {
  CHECK(Recipe("text(\"absent.txt\")", kWindows, "10").codes() == diag::DataFileAbsent.row.code);
  CHECK(Recipe("text(\"empty.txt\")", kWindows, "10").codes() == diag::DataUnreadable.row.code);
  CHECK(Recipe("text(\"latin.txt\")", kWindows, "10").codes() == diag::DataUnreadable.row.code);
  CHECK(Recipe("text(\"latin.txt\", tokens=\"bytes\")", kWindows, "256").codes() == "");
  CHECK(Recipe("text(\"t.txt\", tokens=\"absent.json\")", kWindows, "10").codes() == diag::DataFileAbsent.row.code);
  CHECK(Recipe("text(\"t.txt\", tokens=\"t.txt\")", kWindows, "10").codes() == diag::ArgumentRange.row.code);
}

TEST_CASE("categories: of what a feed makes of a column of text") {
  const std::string feed =
      "    small: lower(review)\n    words: tokens(small)\n    letters: tokens(review, by=\"chars\")\n"
      "    ids: pad(words, 0)\n";
  const auto count = [&](const std::string& name) {
    return Recipe("csv(\"r.csv\")", feed, "data.categories(\"" + name + "\")").table();
  };
  CHECK(count("words") == "float[5, 2]");  // a b c, padding, what is unknown
  CHECK(count("ids") == "float[5, 2]");
  CHECK(count("letters") == "float[6, 2]");  // space A b c
  CHECK(count("small") == "float[3, 2]");    // two texts and a missing one
  CHECK(count("word").starts_with(diag::DataColumnMissing.row.code));
}

}  // namespace
