// What a checkpoint remembers of its training data comes back as it was.
#include "ir/data_memory.h"

#include <doctest/doctest.h>

using namespace modelc;

TEST_CASE("data memory: columns, categories and weights come back from its text") {
  ir::DataMemory memory;
  formats::ColumnType number, text, images;
  number.name = "age";
  number.has_missing = true;
  text.name = "city \"of\" dreams";
  text.dtype = types::DType::String;
  text.duplicate = true;
  images.name = "image";
  images.dtype = types::DType::UInt8;
  images.shape = {3, 32, 32};
  images.categories = {"cat", "dog"};
  memory.columns = {{number, text}, {images}};
  memory.categories["city"] = 7;
  memory.weights["city"] = {0.1, 2.5};
  const auto back = ir::data_memory_from_json(ir::to_json(memory));
  REQUIRE(back);
  REQUIRE(back->columns.size() == 2);
  CHECK(back->columns[0][0].name == "age");
  CHECK(back->columns[0][0].dtype == types::DType::Float32);
  CHECK(back->columns[0][0].has_missing);
  CHECK(back->columns[0][1].name == text.name);
  CHECK(back->columns[0][1].dtype == types::DType::String);
  CHECK(back->columns[0][1].duplicate);
  CHECK(back->columns[1][0].shape == images.shape);
  CHECK(back->columns[1][0].categories == images.categories);
  CHECK(back->categories == memory.categories);
  CHECK(back->weights == memory.weights);
}

TEST_CASE("data memory: nothing is no text, and what is none is refused") {
  CHECK(ir::to_json({}).empty());
  CHECK_FALSE(ir::data_memory_from_json("{broken"));
  CHECK_FALSE(ir::data_memory_from_json("{\"columns\": 3}"));
  CHECK_FALSE(ir::data_memory_from_json("{\"columns\": [[{\"name\": \"a\", \"dtype\": \"float7\", \"shape\": []}]]}"));
}
