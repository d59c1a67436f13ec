#include "types/dtype.h"

#include <doctest/doctest.h>

#include <set>

using namespace modelc::types;

TEST_CASE("dtypes: every word names one dtype, and gives it back") {
  std::set<std::string_view> seen;
  for (const DTypeRow& row : dtype_rows()) {
    CAPTURE(row.torch);
    CHECK(parse_dtype(row.torch) == row.dtype);
    CHECK(parse_dtype(row.word) == row.dtype);
    CHECK(torch_word(row.dtype) == row.torch);
    CHECK(byte_size(row.dtype) == row.bytes);
    CHECK(find_dtype(&DTypeRow::safetensors, row.safetensors) == &row);
    CHECK(find_dtype(&DTypeRow::storage, row.storage) == &row);
    if (!row.npy.empty()) CHECK(find_dtype(&DTypeRow::npy, row.npy) == &row);
    CHECK(seen.insert(row.torch).second);
    CHECK(seen.insert(row.safetensors).second);
  }
  CHECK_FALSE(parse_dtype("string"));
  CHECK_FALSE(parse_dtype(""));
  CHECK(find_dtype(&DTypeRow::npy, "") == nullptr);
  CHECK(dtype_word(DType::String) == "string");
  CHECK(byte_size(DType::String) == 0);
}
