// Long texts as rows, windows of them, and how pieces are numbered.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "data/numbering.h"
#include "data/split.h"
#include "data/text_rows.h"
#include "data/windows.h"

using namespace modelc;

namespace {

class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "modelc-text-XXXXXX").string();
    REQUIRE(::mkdtemp(path_.data()));
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  text::TextFile write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
    auto file = text::TextFile::open(path_ + "/" + name);
    REQUIRE(file);
    return *file.value;
  }

 private:
  std::string path_;
};

std::vector<std::int64_t> numbers(const at::Tensor& values) {
  return {values.data_ptr<std::int64_t>(), values.data_ptr<std::int64_t>() + values.numel()};
}

std::string spelled(const data::Dictionary& words, const at::Tensor& codes) {
  std::string all;
  for (const std::int64_t code : numbers(codes)) all += words.word(code);
  return all;
}

using Steps = std::vector<std::int64_t>;

TEST_CASE("characters are read where they lie, whatever their length") {
  const Folder folder;
  std::string mixed, ascii;
  for (int i = 0; i < 400; ++i) mixed += "a\u00E4\u20AC\U0001F600\n", ascii += "abcde";
  for (const std::string& text : {mixed, ascii}) {
    data::Dictionary words;
    std::shared_ptr<const data::StoredRows> rows;
    CHECK_FALSE(data::CharRows::read(folder.write("t.txt", text), words, rows));
    REQUIRE(rows->count() == 2000);
    CHECK(words.size() == 5);
    CHECK(spelled(words, rows->read(data::consecutive(0, 2000))) == text);
    // Runs that begin and end anywhere, and single ones in any order.
    CHECK(spelled(words, rows->read({1997, 255, 256, 257, 0})) == spelled(words, rows->read({2, 0, 1, 2, 0})));
  }
}

TEST_CASE("a file that is cut off while it is read ends the run") {
  const Folder folder;
  const text::TextFile file = folder.write("t.txt", "abcdef");
  const auto rows = data::byte_rows(file);
  CHECK(numbers(rows->read({5, 0})) == Steps{'f', 'a'});
  std::filesystem::resize_file(file.path(), 3);
  CHECK_THROWS_AS(rows->read({5}), exec::RuntimeFault);
}

TEST_CASE("many numbers are put aside, and read as those in memory are") {
  constexpr std::int64_t kMany = (std::int64_t{32} << 20) + 1000;  // more than are kept in memory
  data::IdStore store;
  bool added = true;
  for (std::int64_t i = 0; i < kMany; ++i) added = store.add(static_cast<std::int32_t>(i % 1'000'003)) && added;
  CHECK(added);
  const auto rows = std::move(store).rows();
  REQUIRE(rows);
  CHECK(rows->count() == kMany);
  CHECK(numbers(rows->read({kMany - 1, 5, 6, 1'000'003})) == Steps{(kMany - 1) % 1'000'003, 5, 6, 0});
}

TEST_CASE("windows: how many, which steps, and which lie over each other") {
  CHECK(data::window_count({4, 4}, 11) == 2);
  CHECK(data::window_count({4, 1}, 4) == 1);
  CHECK(data::window_count({4, 1}, 3) == 0);
  CHECK(data::steps_of({3, 2}, {0, 2}) == Steps{0, 1, 2, 4, 5, 6});
  CHECK(data::steps_of({}, {3, 1}) == Steps{3, 1});
  CHECK(Steps(data::covered_steps({3, 2}, Steps{0, 1, 4})) == Steps{0, 1, 2, 3, 4, 8, 9, 10});
  CHECK(Steps(data::covered_steps({}, Steps{1, 2, 7})) == Steps{1, 2, 7});
  CHECK(data::first_steps({3, 2}, 3) == Steps{0, 2, 4});
  // Of three steps with a stride of two, neighbours share one.
  CHECK(data::reaching_over({3, 2}, {0, 0, 1, 0, 0, 0}) == std::vector<char>{0, 1, 0, 1, 0, 0});
  CHECK(data::reaching_over({4, 4}, {0, 1, 0}) == std::vector<char>{0, 0, 0});
  CHECK(data::reaching_over({5, 2}, {0, 0, 0, 1, 1}) == std::vector<char>{0, 1, 1, 0, 0});
}

TEST_CASE("a split of windows shares no step") {
  ir::Data recipe;
  auto dataset = std::make_shared<data::Dataset>();
  dataset->windows = {5, 2};
  dataset->rows = data::window_count(dataset->windows, 200);
  diagnostics::Sink sink;
  for (const bool folds : {false, true}) {
    recipe.split = {};
    if (folds) recipe.split.folds = 4, recipe.split.fold = 1;
    else recipe.split.fraction = 0.25;
    const auto splits = data::split({dataset}, recipe, {at::Tensor()}, 3, sink);
    REQUIRE(splits);
    const Steps train = data::covered_steps(dataset->windows, splits->train[0].rows);
    const Steps valid = data::covered_steps(dataset->windows, splits->valid[0].rows);
    Steps both;
    std::set_intersection(train.begin(), train.end(), valid.begin(), valid.end(), std::back_inserter(both));
    CHECK(both.empty());
    CHECK(valid.size() >= 45);
    CHECK(train.size() + valid.size() >= 190);
    if (!folds) CHECK(valid.back() == 198);
  }
}

TEST_CASE("the vocabulary is of the rows that train; the rest of the source shares a number") {
  const Folder folder;
  auto words = std::make_shared<data::Dictionary>();
  data::Column column;
  column.name = "tokens";
  column.text = words;
  column.pieces = std::make_shared<const data::Pieces>(data::Pieces{text::Unit::Chars, false, nullptr, "tokens"});
  CHECK_FALSE(data::CharRows::read(folder.write("t.txt", "cbacbaxyz"), *words, column.stored));
  const ir::Windows windows{3, 3};
  const data::Rows first(Steps{0, 1}), all(Steps{0, 1, 2});
  const data::Numbering some = data::fit_numbering({{&column, &windows, &first}}, {&column});
  CHECK(some.words == std::vector<std::string>{"a", "b", "c"});
  CHECK(some.unknown == 3);
  CHECK(numbers(data::number_table(some, column)) == Steps{2, 1, 0, 3, 3, 3});
  CHECK(data::first_unnumbered(some, {&column, &windows, &all}) == -1);
  const data::Numbering whole = data::fit_numbering({{&column, &windows, &all}}, {&column});
  CHECK(whole.unknown == -1);
  CHECK(whole.words.size() == 6);
  words->code("!");
  CHECK(numbers(data::number_table(whole, column)).back() == -1);
  std::string unseen;
  CHECK(whole.encode("cab", unseen) == Steps{2, 0, 1});
  CHECK_FALSE(whole.encode("ca!", unseen));
  CHECK(unseen == "!");
  CHECK(whole.decode({2, 0, 1, 99}) == "cab");
}

TEST_CASE("numberings of words: what is known, what is not, and in which form they are kept") {
  data::Numbering words;
  words.pieces = {text::Unit::Words, true, nullptr, "tokens(c)"};
  words.words = {"a", "film", "good"};
  words.unknown = 1;
  words.feeds = {"x"};
  std::string unseen;
  CHECK(words.encode("a good bad film", unseen) == Steps{2, 4, 1, 3});
  CHECK(words.decode({2, 4, 1, 3, 0}) == "a good <unk> film");
}

}  // namespace
