#include <ATen/Functions.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "../scratch.h"
#include "data/feed.h"
#include "data/random.h"
#include "graph_builder.h"

using namespace modelc;
using data::Dataset;
using types::DType;

namespace {

using scratch::Folder;
ir::Source csv(const std::string& file) {
  ir::Source source;
  source.kind = catalogue::SourceId::Csv;
  source.files = {file};
  const auto schema = formats::inspect_csv(file, {});
  if (schema) source.columns = schema.value->columns;
  return source;
}

ir::Source synthetic(std::int64_t rows) {
  ir::Source source;
  source.kind = catalogue::SourceId::Synthetic;
  source.rows = rows;
  ir::Draw x;
  x.kind = catalogue::DrawId::Normal;
  x.shape = {3};
  ir::Draw y;
  y.kind = catalogue::DrawId::Randint;
  y.a = 2;
  y.b = 5;
  source.draws = {{"x", x}, {"y", y}};
  return source;
}

// x: standardize(a), label: category(t), of a table with the columns a (numbers) and t (text).
ir::Data table_recipe(const std::string& file) {
  ir::Data recipe;
  recipe.train = csv(file);
  testing::GraphBuilder builder;
  const types::Dim rows = types::DimTable::current().symbol("rows");
  const auto a = builder.input("a", {DType::Float32, {rows}});
  const auto t = builder.input("t", {DType::String, {rows}});
  const auto x = builder.node("standardize", {a}, {{DType::Float32, {rows}}})[0];
  const auto label = builder.node("category", {t}, {{DType::Int64, {rows}}})[0];
  ir::Output out;
  out.name = "x";
  out.value = x;
  builder.graph.outputs.push_back(out);
  out.name = "label";
  out.value = label;
  builder.graph.outputs.push_back(out);
  recipe.feeds.push_back(std::move(builder.graph));
  return recipe;
}

std::vector<std::string> codes(const diagnostics::Sink& sink) {
  std::vector<std::string> out;
  for (const auto& found : sink.found()) out.emplace_back(found.code);
  return out;
}

}  // namespace

TEST_CASE("synthetic data are the same for a seed, and differ between roles") {
  ir::Data recipe;
  recipe.train = synthetic(40);
  diagnostics::Sink sink;
  const auto load = [&](std::int64_t seed, const std::string& role) {
    data::Loader loader(recipe, seed, sink);
    return (*loader.load(*recipe.train, role))[0];
  };
  const auto one = load(7, "train"), again = load(7, "train"), test = load(7, "test"), other = load(8, "train");
  CHECK(one->find("x")->values.equal(again->find("x")->values));
  CHECK_FALSE(one->find("x")->values.equal(test->find("x")->values));
  CHECK_FALSE(one->find("x")->values.equal(other->find("x")->values));
  CHECK(one->find("x")->values.sizes() == at::IntArrayRef({40, 3}));
  CHECK(one->find("y")->values.min().item<std::int64_t>() >= 2);
  CHECK(one->find("y")->values.max().item<std::int64_t>() <= 4);
}

TEST_CASE("normal numbers have mean 0 and standard deviation 1") {
  data::Random random(3);
  double sum = 0, squares = 0;
  for (int i = 0; i < 20000; ++i) {
    const double x = random.normal();
    sum += x;
    squares += x * x;
  }
  CHECK(std::abs(sum / 20000) < 0.03);
  CHECK(std::abs(squares / 20000 - 1) < 0.05);
}

TEST_CASE("splits are disjoint, complete, stratified and the same for a seed") {
  ir::Data recipe;
  auto table = std::make_shared<Dataset>();
  table->rows = 100;
  at::Tensor labels = at::arange(100, at::TensorOptions().dtype(at::kLong)).lt(20).to(at::kLong);
  recipe.split.fraction = 0.25;
  diagnostics::Sink sink;
  const auto split = data::split({table}, recipe, {labels}, 5, sink);
  REQUIRE(split);
  CHECK(split->valid[0].rows.size() == 25);
  CHECK(split->train[0].rows.size() == 75);
  std::int64_t ones = 0;
  for (std::int64_t row : split->valid[0].rows) ones += row < 20;
  CHECK(ones == 5);
  CHECK(data::split({table}, recipe, {labels}, 5, sink)->valid[0].rows == split->valid[0].rows);
  CHECK(data::split({table}, recipe, {labels}, 6, sink)->valid[0].rows != split->valid[0].rows);
  table->shuffle = false;
  CHECK(data::split({table}, recipe, {at::Tensor()}, 5, sink)->valid[0].rows.front() == 75);
  recipe.split = {};
  recipe.split.folds = 3;
  std::set<std::int64_t> seen;
  for (recipe.split.fold = 0; recipe.split.fold < 3; ++recipe.split.fold) {
    const auto fold = data::split({table}, recipe, {at::Tensor()}, 5, sink);
    REQUIRE(fold);
    for (std::int64_t row : fold->valid[0].rows) CHECK(seen.insert(row).second);
  }
  CHECK(seen.size() == 100);
}

TEST_CASE("batches: shuffled by epoch, the short last one kept, parts in turn") {
  auto a = std::make_shared<Dataset>(), b = std::make_shared<Dataset>();
  a->rows = 5;
  b->rows = 2;
  const std::vector<data::Part> parts = data::whole({a, b});
  const auto first = data::batches(parts, 2, true, 1, 1);
  REQUIRE(first.size() == 4);
  CHECK(first[0].part == 0);
  CHECK(first[1].part == 1);
  CHECK(first[2].part == 0);
  CHECK(first[3].rows.size() == 1);
  CHECK(data::batches(parts, 5, true, 1, 1)[0].rows == data::batches(parts, 5, true, 1, 1)[0].rows);
  CHECK(data::batches(parts, 5, true, 1, 1)[0].rows != data::batches(parts, 5, true, 1, 2)[0].rows);
  CHECK(data::batches(parts, 2, false, 1, 1)[0].rows == std::vector<std::int64_t>{0, 1});
}

TEST_CASE("batches of windows that are laid along the source: each place goes on in the next batch") {
  auto text = std::make_shared<Dataset>(), table = std::make_shared<Dataset>();
  text->rows = 10;
  text->windows = {4, 4};
  table->rows = 3;
  const std::vector<data::Part> parts = data::whole({text, table});
  auto laid = data::batches(parts, 4, false, 1, 1);
  data::lay_along_windows(laid, parts);
  std::vector<std::vector<std::int64_t>> of_text;
  for (const data::Batch& batch : laid)
    if (batch.part == 0) of_text.push_back(batch.rows);
  // Ten windows in three batches of at most four.
  CHECK(of_text == std::vector<std::vector<std::int64_t>>{{0, 3, 6, 9}, {1, 4, 7}, {2, 5, 8}});
  CHECK(laid[1].rows == std::vector<std::int64_t>{0, 1, 2});  // rows that are no windows stay as they are
}

TEST_CASE("a feed is fitted, applied, stored and restored") {
  const Folder folder;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  const ir::Data recipe = table_recipe(folder.write("t.csv", "a,t\n1.5,b\n2.5,a\n3.5,?\n4.5,a\n"));
  diagnostics::Sink sink;
  data::Loader loader(recipe, 0, sink);
  const auto parts = data::whole(*loader.load(*recipe.train, "train"));
  data::Feed feed(recipe, 0);
  REQUIRE(feed.connect(*parts[0].data, {}, sink));
  std::vector<data::FitState> fits;
  REQUIRE(feed.fit(parts, parts, fits, sink));
  CHECK(feed.check(parts[0], 2, {}, sink));
  const auto fed = feed.run({0, 1, 2, 3});
  CHECK(fed[0][0].item<double>() == doctest::Approx(-1.5 / std::sqrt(1.25)));
  CHECK(fed[1].equal(at::tensor(std::vector<std::int64_t>{1, 0, 2, 0}, at::kLong)));
  const auto stored = data::fits_from_json(data::to_json(fits));
  REQUIRE(stored);
  data::Feed other(recipe, 0);
  REQUIRE(other.connect(*parts[0].data, {}, sink));
  std::string missing;
  CHECK(other.restore(*stored, missing));
  CHECK(other.run({3, 1})[0].equal(feed.run({3, 1})[0]));
  CHECK(other.run({0})[1].item<std::int64_t>() == 1);
  CHECK_FALSE(other.restore({}, missing));
  CHECK(missing == "standardize");
  CHECK_FALSE(data::fits_from_json("{broken"));
  CHECK(sink.size() == 0);
}

TEST_CASE("missing numbers, unseen words, values out of range and changing types are found with their places") {
  const Folder folder;
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  const ir::Data recipe = table_recipe(folder.write("t.csv", "a,t\n1.5,b\n2.5,a\n"));
  const auto check = [&](const std::string& text, const std::map<std::string, passes::IndexLimit>& limits) {
    diagnostics::Sink sink;
    data::Loader loader(recipe, 0, sink);
    const auto train = data::whole(*loader.load(*recipe.train, "train"));
    auto test = loader.load(csv(folder.write("test.csv", text)), "test");
    if (!test) return sink;
    const auto parts = data::whole(*test);
    data::Feed feed(recipe, 0), second(recipe, 0);
    std::vector<data::FitState> fits;
    std::string missing;
    REQUIRE(feed.connect(*train[0].data, {}, sink));
    REQUIRE(feed.fit(train, train, fits, sink));
    if (second.connect(*parts[0].data, {}, sink) && second.restore(fits, missing))
      second.check(parts[0], 8, limits, sink);
    return sink;
  };
  CHECK(codes(check("a,t\n1,b\n", {})).empty());
  diagnostics::Sink found = check("a,t\n1,b\n,a\n", {});
  CHECK(codes(found) == std::vector<std::string>{"M8103"});
  CHECK(found.found()[0].message.find("test.csv:3:1") != std::string::npos);
  found = check("a,t\n1,b\n2,c\n", {});
  CHECK(codes(found) == std::vector<std::string>{"M8104"});
  CHECK(found.found()[0].message.find("test.csv:3:2: `c`") != std::string::npos);
  CHECK(codes(check("a,t\n1,?\n", {})) == std::vector<std::string>{"M8104"});
  found = check("a,t\n1,a\n1,b\n", {{"label", {0, {}, "1 class"}}});
  CHECK(codes(found) == std::vector<std::string>{"M8105"});
  CHECK(found.found()[0].message.find("test.csv:3:") != std::string::npos);
  CHECK(codes(check("a,t\nword,a\n", {})) == std::vector<std::string>{"M8102"});
  CHECK(codes(check("a,u\n1,a\n", {})) == std::vector<std::string>{"M8109"});
  CHECK(codes(check("a,t\n1,a,3\n", {})) == std::vector<std::string>{"M8101"});
}

TEST_CASE("alternate keeps parts apart, with adds constants, zip joins by row and by key") {
  const Folder folder;
  ir::Data recipe;
  diagnostics::Sink sink;
  ir::Source with;
  with.kind = catalogue::SourceId::With;
  with.parts = {{"", synthetic(4)}};
  with.constants = {{"kind", "text"}, {"t", 3}};
  ir::Source both;
  both.kind = catalogue::SourceId::Alternate;
  both.parts = {{"", with}, {"", synthetic(4)}};
  data::Loader loader(recipe, 1, sink);
  const auto parts = loader.load(both, "train");
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK((*parts)[0]->words.at("kind") == "text");
  CHECK((*parts)[0]->find("t")->values.equal(at::full({4}, 3, at::kLong)));
  CHECK_FALSE((*parts)[0]->find("x")->values.equal((*parts)[1]->find("x")->values));

  ir::Source zip;
  zip.kind = catalogue::SourceId::Zip;
  zip.parts = {{"l", csv(folder.write("l.csv", "id,v\n1,10\n2,20\n"))},
               {"r", csv(folder.write("r.csv", "id,v\n2,200\n1,100\n"))}};
  auto joined = loader.load(zip, "train");
  REQUIRE(joined);
  CHECK((*joined)[0]->find("r.v")->values.equal(at::tensor(std::vector<std::int64_t>{200, 100}, at::kLong)));
  zip.on = "id";
  joined = loader.load(zip, "train");
  REQUIRE(joined);
  CHECK((*joined)[0]->find("r.v")->values.equal(at::tensor(std::vector<std::int64_t>{100, 200}, at::kLong)));
  CHECK((*joined)[0]->find("r.v")->place(0).find("r.csv:3:2") != std::string::npos);
  CHECK(sink.size() == 0);
  zip.parts[1].second = csv(folder.write("r.csv", "id,v\n2,200\n3,100\n"));
  CHECK_FALSE(loader.load(zip, "train"));
  zip.on.clear();
  zip.parts[1].second = csv(folder.write("r.csv", "id,v\n2,200\n"));
  CHECK_FALSE(loader.load(zip, "train"));
  CHECK(codes(sink) == std::vector<std::string>{"M8107", "M8106"});
}
