// Feeds and sources over sources: what is filled in, how rows are drawn, which rows go together.
#include <ATen/Functions.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "../scratch.h"
#include "commands/spool.h"
#include "data/feed.h"
#include "data/labels.h"
#include "graph_builder.h"

using namespace modelc;
using catalogue::SourceId;
using data::Dataset;
using types::DType;

namespace {

using scratch::Folder;
ir::Source csv(const std::string& file) {
  ir::Source source;
  source.kind = SourceId::Csv;
  source.files = {file};
  if (const auto schema = formats::inspect_csv(file, {})) source.columns = schema.value->columns;
  return source;
}

ir::Source over(SourceId kind, std::vector<ir::Source> parts) {
  ir::Source source;
  source.kind = kind;
  source.columns = parts[0].columns;
  for (ir::Source& part : parts) source.parts.emplace_back("", std::move(part));
  return source;
}

std::shared_ptr<Dataset> loaded(const ir::Source& source, diagnostics::Sink& sink) {
  ir::Data recipe;
  recipe.train = source;
  data::Loader loader(recipe, 0, sink);
  auto parts = loader.load(source, "train");
  return parts ? parts->at(0) : nullptr;
}

std::string only_message(const diagnostics::Sink& sink) {
  REQUIRE(sink.size() == 1);
  return sink.found()[0].message;
}

at::Tensor longs(std::vector<std::int64_t> values) { return at::tensor(values, at::kLong); }

/// The rows of an epoch in their order.
std::vector<std::int64_t> epoch_of(const data::Part& part, std::int64_t epoch, std::int64_t seed = 3) {
  std::vector<std::int64_t> rows;
  for (const data::Batch& batch : data::batches({part}, 4, true, seed, epoch))
    for (const std::int64_t row : batch.rows) rows.push_back(row);
  return rows;
}

/// A feed of one function over the column `a`, or `t` of text.
ir::Data feed_of(const std::string& file, const std::string& op, std::vector<ir::Operand> arguments, DType result,
                 const std::string& column = "a") {
  ir::Data recipe;
  recipe.train = csv(file);
  testing::GraphBuilder builder;
  const types::Dim rows = types::DimTable::current().symbol("rows");
  std::vector<ir::Operand> operands{builder.input(column, {column == "t" ? DType::String : DType::Float32, {rows}})};
  operands.insert(operands.end(), arguments.begin(), arguments.end());
  ir::Output out;
  out.name = "x";
  out.value = builder.node(op, operands, {{result, {rows}}})[0];
  builder.graph.outputs.push_back(out);
  recipe.feeds.push_back(std::move(builder.graph));
  return recipe;
}

struct Fitted {
  std::vector<data::Part> parts;
  std::unique_ptr<data::Feed> feed;
  std::vector<data::FitState> fits;
  bool good = false;
};

/// Fitted on the first `training` rows.
Fitted fitted(const ir::Data& recipe, std::int64_t training, diagnostics::Sink& sink) {
  Fitted out;
  data::Loader loader(recipe, 0, sink);
  out.parts = data::whole(*loader.load(*recipe.train, "train"));
  std::vector<data::Part> some = out.parts;
  some[0].rows = data::Rows::all(training);
  out.feed = std::make_unique<data::Feed>(recipe, 0);
  out.good = out.feed->connect(*out.parts[0].data, {}, sink) && out.feed->fit(some, out.parts, out.fits, sink);
  return out;
}

}  // namespace

TEST_CASE("impute: by median, mean and mode of the training rows alone, stored and restored") {
  const Folder folder;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  const std::string file = folder.write("t.csv", "a,t\n1,x\n?,y\n2,y\n9,?\n9,x\n100,x\n");
  for (const auto& [by, expected] : std::map<std::string, double>{{"median", 5.5}, {"mean", 5.25}, {"mode", 9}}) {
    diagnostics::Sink sink;
    const ir::Data recipe = feed_of(file, "impute", {testing::constant(by)}, DType::Float32);
    const Fitted found = fitted(recipe, 5, sink);
    REQUIRE(found.good);
    const at::Tensor x = found.feed->run({0, 1, 5})[0];
    CHECK(x[0].item<double>() == 1);
    CHECK(x[1].item<double>() == expected);
    CHECK(x[2].item<double>() == 100);
    CHECK(found.feed->check(found.parts[0], 2, {}, sink));  // nothing is missing behind it
    const auto stored = data::fits_from_json(data::to_json(found.fits));
    REQUIRE(stored);
    data::Feed other(recipe, 0);
    std::string missing;
    REQUIRE(other.connect(*found.parts[0].data, {}, sink));
    CHECK(other.restore(*stored, missing));
    CHECK(other.run({1})[0].item<double>() == expected);
    CHECK(sink.size() == 0);
  }
}

TEST_CASE("impute: the most frequent word of a column of text, the first of several") {
  const Folder folder;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  diagnostics::Sink sink;
  const ir::Data recipe = feed_of(folder.write("t.csv", "a,t\n1,y\n2,x\n3,?\n4,x\n5,y\n6,z\n"), "impute",
                                  {testing::constant("mode")}, DType::String, "t");
  const Fitted found = fitted(recipe, 5, sink);
  REQUIRE(found.good);
  const data::Column& column = *found.parts[0].data->find("t");
  CHECK(column.text->word(found.feed->run({2})[0].item<std::int64_t>()) == "x");
  CHECK(column.text->word(found.feed->run({5})[0].item<std::int64_t>()) == "z");
  CHECK(sink.size() == 0);
}

TEST_CASE("impute: a column without a value has nothing to be filled in with") {
  const Folder folder;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  diagnostics::Sink sink;
  const ir::Data recipe =
      feed_of(folder.write("t.csv", "a,t\n?,x\n?,y\n3,z\n"), "impute", {testing::constant("median")}, DType::Float32);
  CHECK_FALSE(fitted(recipe, 2, sink).good);
  CHECK(only_message(sink).find("`a` has no value in the rows that train") != std::string::npos);
}

TEST_CASE("bins: torch.bucketize, and a missing value is told with its row") {
  const Folder folder;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  diagnostics::Sink sink;
  const testing::GraphBuilder unused;
  const types::ConstantList edges{0.1, 18.0, 40.0};
  const ir::Data recipe = feed_of(folder.write("t.csv", "a\n0.1\n0.2\n18\n18.5\n40\n41\n?\n-3\n"), "bins",
                                  {testing::constant(edges)}, DType::Int64);
  const Fitted found = fitted(recipe, 6, sink);
  REQUIRE(found.good);
  CHECK(found.feed->run({0, 1, 2, 3, 4, 5, 7})[0].equal(longs({0, 1, 1, 2, 2, 3, 0})));
  CHECK_FALSE(found.feed->check(found.parts[0], 4, {}, sink));
  CHECK(only_message(sink).find("t.csv:8:1: a missing value reaches `bins`") != std::string::npos);
}

TEST_CASE("mix: rows of all parts in one type, each with its place") {
  const Folder folder;
  diagnostics::Sink sink;
  ir::Source mix = over(SourceId::Mix, {csv(folder.write("a.csv", "n,t\n1,x\n2,y\n")),
                                        csv(folder.write("b.csv", "t,n\ny,0.5\n?,3\nz,4\n"))});
  mix.columns[0].dtype = DType::Float32;
  const auto all = loaded(mix, sink);
  REQUIRE(all);
  CHECK(all->rows == 5);
  CHECK(all->find("n")->take({0, 1, 2, 3, 4}).equal(at::tensor(std::vector<float>{1, 2, 0.5, 3, 4})));
  CHECK(all->find("t")->shown(1) == all->find("t")->shown(2));
  CHECK(all->find("n")->place(1).find("a.csv:3:1") != std::string::npos);
  CHECK(all->find("n")->place(3).find("b.csv:3:2") != std::string::npos);
  CHECK(all->find("n")->select({4, 0}).place(0).find("b.csv:4:2") != std::string::npos);
  CHECK_FALSE(all->shares);
  CHECK(sink.size() == 0);
  mix.parts[1].second = csv(folder.write("b.csv", "t\ny\n"));
  CHECK_FALSE(loaded(mix, sink));
  CHECK(only_message(sink).find("a part without the column `n`") != std::string::npos);
}

TEST_CASE("mix: an epoch has as many rows as there are, parts by their weights, rows evenly within a part") {
  const Folder folder;
  diagnostics::Sink sink;
  std::string small = "n\n", large = "n\n";
  for (int i = 0; i < 10; ++i) small += "1\n";
  for (int i = 0; i < 90; ++i) large += "2\n";
  ir::Source mix = over(SourceId::Mix, {csv(folder.write("a.csv", small)), csv(folder.write("b.csv", large))});
  mix.weights = {3, 1};
  const auto all = loaded(mix, sink);
  REQUIRE(all);
  const data::Part part = data::whole({all})[0];
  const std::vector<std::int64_t> rows = epoch_of(part, 1);
  CHECK(rows.size() == 100);
  std::map<std::int64_t, int> times;
  for (const std::int64_t row : rows) ++times[row];
  int of_small = 0;
  for (std::int64_t row = 0; row < 10; ++row) {
    of_small += times[row];
    CHECK(times[row] >= 7);  // 75 of 10 rows
    CHECK(times[row] <= 8);
  }
  CHECK(of_small == 75);
  for (const auto& [row, count] : times)
    if (row >= 10) CHECK(count == 1);
  CHECK(epoch_of(part, 1) == rows);
  CHECK(epoch_of(part, 2) != rows);
  CHECK(epoch_of(part, 1, 4) != rows);
  // Outside training each row comes once.
  std::set<std::int64_t> seen;
  for (const data::Batch& batch : data::batches({part}, 7, false, 3, 1))
    seen.insert(batch.rows.begin(), batch.rows.end());
  CHECK(seen.size() == 100);
}

TEST_CASE("mix without shuffling: parts in step, and rows go on where the epoch before ended") {
  auto all = std::make_shared<Dataset>();
  all->rows = 8;
  all->shuffle = false;
  auto shares = std::make_shared<data::Shares>();
  shares->group = {0, 0, 0, 0, 0, 0, 1, 1};
  shares->weights = {1, 1};
  all->shares = shares;
  const data::Part part = data::whole({all})[0];
  CHECK(epoch_of(part, 1) == std::vector<std::int64_t>{0, 6, 1, 7, 2, 6, 3, 7});
  CHECK(epoch_of(part, 2) == std::vector<std::int64_t>{4, 6, 5, 7, 0, 6, 1, 7});
}

TEST_CASE("balance: each value as often as any other, of the rows that train") {
  auto all = std::make_shared<Dataset>();
  all->rows = 12;
  all->shares = data::balanced(longs({5, 5, 5, 5, 5, 5, 5, 5, 5, 7, 7, 9}));
  data::Part part = data::whole({all})[0];
  std::map<std::int64_t, int> groups;
  for (const std::int64_t row : epoch_of(part, 1)) ++groups[row < 9 ? 5 : row < 11 ? 7 : 9];
  CHECK(groups == std::map<std::int64_t, int>{{5, 4}, {7, 4}, {9, 4}});
  part.rows = std::vector<std::int64_t>{0, 1, 2, 9};  // a value that none of them has takes no share
  groups.clear();
  for (const std::int64_t row : epoch_of(part, 1)) ++groups[row < 9 ? 5 : 7];
  CHECK(groups == std::map<std::int64_t, int>{{5, 2}, {7, 2}});
}

TEST_CASE("labels: classes and groups, no numbers that differ from row to row") {
  const auto asked = [](const at::Tensor& values) {
    auto table = std::make_shared<Dataset>();
    table->rows = values.size(0);
    data::Column column;
    column.name = "c";
    column.values = values;
    table->columns.push_back(column);
    ir::Data recipe;
    recipe.feeds.emplace_back();
    diagnostics::Sink sink;
    const std::string name = "c";
    const auto labels = data::labels_of(recipe, {"stratify", name, {}}, {table}, sink);
    return labels ? std::string() : only_message(sink);
  };
  CHECK(asked(at::arange(100, at::kLong).remainder(5)).empty());
  CHECK(asked(at::arange(100, at::kLong).remainder(5).to(at::kFloat).div(2)).empty());
  CHECK(asked(at::arange(100, at::kLong)).find("has 100 values in 100 rows") != std::string::npos);
  CHECK_FALSE(asked(at::rand({100})).empty());
  CHECK_FALSE(asked(at::arange(400, at::kFloat).remainder(100).div(3)).empty());
  CHECK(asked(at::zeros({6, 2}, at::kLong)).find("several values a row") != std::string::npos);
}

TEST_CASE("zip by key: in the order of the first part, text and numbers, each fault with its row") {
  const Folder folder;
  const auto zipped = [&](const std::string& left, const std::string& right, diagnostics::Sink& sink) {
    ir::Source zip;
    zip.kind = SourceId::Zip;
    zip.on = "id";
    zip.parts.emplace_back("l", csv(folder.write("l.csv", left)));
    zip.parts.emplace_back("r", csv(folder.write("r.csv", right)));
    return loaded(zip, sink);
  };
  diagnostics::Sink good;
  const auto numbers = zipped("id,v\n1234567,1\n1234568,2\n1234567,3\n", "id,w\n9,90\n1234568,20\n1234567,10\n", good);
  REQUIRE(numbers);
  CHECK(numbers->find("r.w")->take({0, 1, 2}).equal(longs({10, 20, 10})));
  CHECK(numbers->find("r.w")->place(0).find("r.csv:4:2") != std::string::npos);
  const auto words = zipped("id,v\nb,1\na,2\n", "id,w\na,20\nb,10\n", good);
  REQUIRE(words);
  CHECK(words->find("r.w")->take({0, 1}).equal(longs({10, 20})));
  CHECK(good.size() == 0);
  const auto fault = [&](const std::string& left, const std::string& right) {
    diagnostics::Sink sink;
    CHECK_FALSE(zipped(left, right, sink));
    return only_message(sink);
  };
  CHECK(fault("id,v\n1,1\n2,2\n3,3\n", "id,w\n1,1\n").find("l.csv:3:1: the key `2` is not in") != std::string::npos);
  CHECK(fault("id,v\n1,1\n2,2\n3,3\n", "id,w\n1,1\n").find("1 row more") != std::string::npos);
  CHECK(fault("id,v\n1,1\n", "id,w\n1,1\n2,2\n1,3\n").find("r.csv:4:1: the key `1` stands twice, first at") !=
        std::string::npos);
  CHECK(fault("id,v\n1,1\n?,2\n", "id,w\n1,1\n").find("l.csv:3:1: the row has no key `id`") != std::string::npos);
}

TEST_CASE("valid by a column: marks are words that are known") {
  const Folder folder;
  const auto split = [&](const std::string& text, diagnostics::Sink& sink) {
    ir::Data recipe;
    recipe.split.by = "m";
    return data::split({loaded(csv(folder.write("t.csv", text)), sink)}, recipe, {at::Tensor()}, 0, sink);
  };
  diagnostics::Sink sink;
  const auto words = split("m\ntrain\nvalid\n?\nval\n", sink);
  REQUIRE(words);
  CHECK(words->valid[0].rows == std::vector<std::int64_t>{1, 3});
  const auto numbers = split("m\n0\n1\n0\n", sink);
  REQUIRE(numbers);
  CHECK(numbers->valid[0].rows == std::vector<std::int64_t>{1});
  CHECK(sink.size() == 0);
  CHECK_FALSE(split("m\ntrain\nvalid\nvlaid\n", sink));
  CHECK(only_message(sink).find("t.csv:4:1: `vlaid`") != std::string::npos);
}

TEST_CASE("a feed for some of its inputs needs their columns only") {
  const Folder folder;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  ir::Data recipe;
  recipe.train = csv(folder.write("t.csv", "a,t\n1,x\n2,y\n"));
  testing::GraphBuilder builder;
  const types::Dim rows = types::DimTable::current().symbol("rows");
  const auto a = builder.input("a", {DType::Int64, {rows}});
  const auto t = builder.input("t", {DType::String, {rows}});
  for (const auto& [name, value] : std::vector<std::pair<std::string, ir::Operand>>{
           {"x", builder.node("standardize", {a}, {{DType::Float32, {rows}}})[0]},
           {"label", builder.node("category", {t}, {{DType::Int64, {rows}}})[0]}}) {
    ir::Output out;
    out.name = name;
    out.value = value;
    builder.graph.outputs.push_back(out);
  }
  recipe.feeds.push_back(std::move(builder.graph));
  diagnostics::Sink sink;
  const Fitted all = fitted(recipe, 2, sink);
  REQUIRE(all.good);
  CHECK(all.fits.size() == 2);
  data::Loader loader(recipe, 0, sink);
  const auto bare = loader.load(csv(folder.write("new.csv", "a\n5\n")), "given");
  REQUIRE(bare);
  data::Feed some(recipe, 0, {"x"});
  CHECK(some.names() == std::vector<std::string>{"x"});
  REQUIRE(some.connect(*bare->at(0), {}, sink));
  std::string missing;
  REQUIRE(some.restore(all.fits, missing));
  CHECK(some.run({0})[0].item<double>() == doctest::Approx(7));
  CHECK(sink.size() == 0);
  data::Feed whole(recipe, 0);
  CHECK_FALSE(whole.connect(*bare->at(0), {}, sink));
}

TEST_CASE("a spool holds what is appended, whatever its length, and leaves nothing behind") {
  const Folder folder;
  const std::string path = folder.write("out.csv", "old");
  const std::string piece(700'000, 'x');
  {
    runtime::Spool spool;
    REQUIRE(spool.open(path).empty());
    for (int i = 0; i < 5; ++i) REQUIRE(spool.append(piece).empty());
    std::string fault;
    CHECK(spool.bytes(fault).size() == 5 * piece.size());
    CHECK(fault.empty());
  }
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()))
    ++files;
  CHECK(files == 1);
  runtime::Spool empty;
  REQUIRE(empty.open(path).empty());
  std::string fault;
  CHECK(empty.bytes(fault).empty());
  CHECK(fault.empty());
  CHECK_FALSE(runtime::Spool().open("/nowhere/at/all").empty());
}
