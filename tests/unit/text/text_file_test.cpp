// Files of text, read piece by piece.
#include "text/text_file.h"

#include <doctest/doctest.h>

#include "../../scratch.h"

namespace {

using namespace modelc;

std::string pieces(const std::string& path, text::Unit unit) {
  const auto file = text::TextFile::open(path);
  if (!file) return file.fault.message;
  std::string all;
  const auto fault = file.value->each_piece(unit, [&](std::string_view piece, std::uint64_t at) {
    all += "[" + std::string(piece) + ":" + std::to_string(at) + "]";
  });
  return fault ? std::to_string(fault->row) + " " + fault->message : all;
}

TEST_CASE("text files: characters and words with their places") {
  const scratch::Folder folder;
  CHECK(pieces(folder.write("a.txt", "a\u00E4\nb"), text::Unit::Chars) == "[a:0][\u00E4:1][\n:3][b:4]");
  CHECK(pieces(folder.write("w.txt", " one, two\n"), text::Unit::Words) == "[one:1][,:4][two:6]");
}

TEST_CASE("text files: what is empty, absent or no text says so") {
  const scratch::Folder folder;
  CHECK(pieces(folder.write("empty.txt", ""), text::Unit::Chars) == "it is empty");
  CHECK(text::TextFile::open(folder.path("absent.txt")).fault.not_found);
  CHECK(pieces(folder.write("latin.txt", "one\ntwo\nna\xEFve"), text::Unit::Chars).starts_with("3 it is no UTF-8"));
  CHECK(pieces(folder.write("cut.txt", "one\n\xE2\x82"), text::Unit::Words).starts_with("2 it is no UTF-8"));
}

TEST_CASE("text files: pieces that lie over the ends of blocks stay whole") {
  const scratch::Folder folder;
  // A block is a megabyte; each word is of 7 bytes with its space, each sign of 3 bytes.
  std::string words, signs;
  for (int i = 0; i < 300'000; ++i) words += "w\u00E4rter ", signs += "\u20AC";
  for (const auto& [text, unit, piece] : {std::tuple(words, text::Unit::Words, std::string("w\u00E4rter")),
                                          std::tuple(signs, text::Unit::Chars, std::string("\u20AC"))}) {
    const auto file = text::TextFile::open(folder.write("long.txt", text));
    REQUIRE(file);
    std::int64_t count = 0, other = 0;
    const auto visit = [&](std::string_view one, std::uint64_t) { ++count, other += one != piece; };
    CHECK_FALSE(file.value->each_piece(unit, visit));
    CHECK(count == 300'000);
    CHECK(other == 0);
  }
  CHECK(text::vocabulary_of(folder.write("v.txt", "b a b \u00E4"), text::Unit::Words).value ==
        std::vector<std::string>{"a", "b", "\u00E4"});
}

}  // namespace
