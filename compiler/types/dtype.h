// What each dtype is called, in the language and in files: the table dtypes.def as values.
#pragma once

#include <span>

#include "types/type.h"

namespace modelc::types {

struct DTypeRow {
  DType dtype;
  std::string_view torch;  // `float32`
  std::string_view word;   // `float`
  std::size_t bytes;
  std::string_view safetensors;  // `F32`
  std::string_view npy;          // `f4`; empty where npy has none
  std::string_view storage;      // `FloatStorage`
};

/// All that a tensor of a model can have, in the order of DType.
std::span<const DTypeRow> dtype_rows();
/// The row whose `field` is `word`; nullptr where there is none.
const DTypeRow* find_dtype(std::string_view DTypeRow::*field, std::string_view word);
/// The row of a dtype; a column of text has that of its codes, Int64.
const DTypeRow& dtype_row(DType dtype);

}  // namespace modelc::types
