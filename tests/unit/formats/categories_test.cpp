// How values are numbered and counted, at compile time as when a feed is fitted.
#include "formats/categories.h"

#include <doctest/doctest.h>

#include <cmath>

#include "../../scratch.h"
#include "formats/tables.h"

using namespace modelc;

namespace {

formats::Column column(types::DType dtype) {
  formats::Column out;
  out.type.dtype = dtype;
  return out;
}

using Counts = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("tally: words are counted in the order of their bytes, what is missing last") {
  formats::Column words = column(types::DType::String);
  words.strings = {"b", "a"};
  words.codes = {0, 1, 0, -1, 0};
  formats::Tally tally;
  tally.add(words);
  CHECK(tally.categories() == 3);
  CHECK(tally.counts() == Counts{1, 3, 1});
  CHECK(tally.categories() == formats::categories_of(words).count());
}

TEST_CASE("tally: integers of one part meet the numbers of another") {
  formats::Column integers = column(types::DType::Int64), numbers = column(types::DType::Float32);
  integers.integers = {2, 1, 2};
  numbers.numbers = {2.0, 0.5, std::nan("")};
  formats::Tally one, other;
  one.add(integers);
  other.add(numbers);
  CHECK(one.counts() == Counts{1, 2});
  one.add(other);
  CHECK(one.counts() == Counts{1, 1, 3, 1});  // 0.5, 1, 2, missing
}

TEST_CASE("tally: of a table that is read in blocks, all its rows or those with a key") {
  const scratch::Folder folder;
  const std::string file = folder.write("t.csv", "id,w\n1,b\n2,a\n3,b\n4,?\n");
  const auto schema = formats::inspect_csv(file, {});
  REQUIRE(schema);
  const auto counted = [&](const formats::KeyedRows* only) {
    formats::TableReading reading;
    reading.schema = *schema.value;
    auto tally = formats::tally_in(std::move(reading), 1, only,
                                   [&](formats::TableReading& all) { return formats::for_csv_rows(file, {}, all); });
    REQUIRE(tally);
    return tally.value->counts();
  };
  CHECK(counted(nullptr) == Counts{1, 2, 1});
  const std::set<std::string> keys{"1", "2"};
  const formats::KeyedRows only{"id", &keys};
  CHECK(counted(&only) == Counts{1, 1});
}
