// Rows that wait in a file are those that memory would hold.
#include "data/stored_table.h"

#include <ATen/Functions.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "../scratch.h"
#include "data/stored_array.h"
#include "exec/executor.h"
#include "weights/npz.h"

using namespace modelc;

namespace {

using scratch::Folder;
/// So many bytes of columns stay in memory while this lives.
class TableMemory {
 public:
  explicit TableMemory(const char* bytes) { ::setenv("MODELC_TABLE_MEMORY", bytes, 1); }
  ~TableMemory() { ::unsetenv("MODELC_TABLE_MEMORY"); }
};

/// Words in quotes, every seventh over two lines.
std::string table() {
  std::string text = "i,x,word,late\n";
  for (int row = 0; row < 700; ++row)
    text += std::to_string(row * 3) + "," + (row % 9 ? std::to_string(row) + ".5" : "?") + ",\"w" +
            std::to_string(row % 13) + (row % 7 ? "" : "\n") + "\"," + (row < 600 ? "1" : "2.5") + "\n";
  return text;
}

ir::Source source_of(const std::string& file) {
  ir::Source source;
  source.kind = catalogue::SourceId::Csv;
  source.files = {file};
  source.columns = formats::inspect_csv(file, {}).value->columns;
  return source;
}

std::shared_ptr<data::Dataset> load(const ir::Data& recipe, diagnostics::Sink& sink, const char* memory) {
  const TableMemory limit(memory);
  data::Loader loader(recipe, 1, sink);
  auto loaded = loader.load(*recipe.train, "train");
  REQUIRE(loaded);
  return (*loaded)[0];
}

}  // namespace

TEST_CASE("a table in a file gives the rows, places and words of one in memory") {
  const Folder folder;
  std::ofstream(folder.path("t.csv")) << table();
  ir::Data recipe;
  recipe.train = source_of(folder.path("t.csv"));
  diagnostics::Sink sink;
  const auto whole = load(recipe, sink, "100000000"), stored = load(recipe, sink, "100");
  REQUIRE(whole->rows == 700);
  REQUIRE(stored->rows == 700);
  const std::vector<std::int64_t> some{699, 0, 1, 2, 350, 350, 17};
  for (std::size_t i = 0; i < whole->columns.size(); ++i) {
    const data::Column &a = whole->columns[i], &b = stored->columns[i];
    CHECK(a.name == b.name);
    CHECK_FALSE(a.stored);
    REQUIRE(b.stored);
    CHECK((a.type() == b.type()));
    CHECK(a.has_missing == b.has_missing);
    CHECK(a.has_missing == (a.name == "x"));
    for (const std::int64_t row : some) {
      CHECK(a.place(row) == b.place(row));
      CHECK(a.shown(row) == b.shown(row));
    }
    CHECK(at::equal(at::nan_to_num(a.take(some)), at::nan_to_num(b.take(some))));
    std::int64_t next = 0;
    b.for_blocks([&](std::int64_t first, const at::Tensor& block) {
      CHECK(first == next);
      next += block.size(0);
      CHECK(at::equal(at::nan_to_num(block), at::nan_to_num(a.take(data::consecutive(first, block.size(0))))));
    });
    CHECK(next == 700);
    const data::Column chosen = b.select({5, 699});
    CHECK(chosen.rows() == 2);
    CHECK(chosen.place(1) == a.place(699));
    CHECK(chosen.shown(1) == a.shown(699));
    CHECK(b.checksum(1) == load(recipe, sink, "100")->columns[i].checksum(1));
    CHECK(b.checksum(1) != b.checksum(2));
  }
  CHECK((whole->find("late")->type() == at::kFloat));
  CHECK(whole->find("word")->place(699).ends_with("t.csv:801:3"));
  CHECK(sink.found().empty());
}

TEST_CASE("threads read the rows of one stored table") {
  const Folder folder;
  std::ofstream(folder.path("t.csv")) << table();
  ir::Data recipe;
  recipe.train = source_of(folder.path("t.csv"));
  diagnostics::Sink sink;
  const auto stored = load(recipe, sink, "100");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::int64_t k = 0; k < 300; ++k) {
        const std::vector<std::int64_t> rows{(k * 13 + t) % 700, (k * 29) % 700, (k * 7 + 2 * t) % 700};
        const at::Tensor i = stored->find("i")->take(rows);
        stored->find("word")->take(rows);
        for (std::size_t r = 0; r < rows.size(); ++r)
          wrong[static_cast<std::size_t>(t)] += i.data_ptr<std::int64_t>()[r] != rows[r] * 3;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("of a table larger than memory the columns that are asked for are kept") {
  const Folder folder;
  std::ofstream(folder.path("t.csv")) << table();
  ir::Data recipe;
  recipe.train = source_of(folder.path("t.csv"));
  recipe.split.by = "late";
  diagnostics::Sink sink;
  const auto names = [&](const char* memory) {
    const TableMemory limit(memory);
    data::Loader loader(recipe, 1, sink);
    loader.keep_needed({"word"});
    std::string all;
    const auto loaded = loader.load(*recipe.train, "train");
    for (const data::Column& column : loaded->at(0)->columns) all += column.name + " ";
    return all;
  };
  CHECK(names("100000000") == "i x word late ");
  CHECK(names("100") == "word late ");
}

TEST_CASE("rows of an array are read where they lie") {
  const Folder folder;
  const at::Tensor x = at::arange(60, at::kFloat).reshape({10, 3, 2});
  REQUIRE(weights::write_npy(folder.path("x.npy"), x).empty());
  auto placed = formats::place_npy("x", folder.path("x.npy"));
  REQUIRE(placed);
  REQUIRE(placed.value->size() == 1);
  const auto rows = data::rows_in_file((*placed.value)[0]);
  CHECK(rows->count() == 10);
  CHECK(rows->shape() == std::vector<std::int64_t>{3, 2});
  CHECK(at::equal(rows->read({9, 0, 1, 2}), x.index_select(0, at::tensor({9, 0, 1, 2}))));
  REQUIRE(weights::write_npz(folder.path("x.npz"), {{"a", x}, {"b", x.to(at::kLong)}}).empty());
  auto members = formats::place_npz(folder.path("x.npz"));
  REQUIRE(members);
  REQUIRE(members.value->size() == 2);
  CHECK(at::equal(data::rows_in_file((*members.value)[1])->read({4, 3}),
                  x.to(at::kLong).index_select(0, at::tensor({4, 3}))));
  std::filesystem::resize_file(folder.path("x.npy"), 200);
  CHECK_THROWS_AS(rows->read({9}), exec::RuntimeFault);
}
