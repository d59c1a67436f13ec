#include "types/dtype.h"

#include <array>

namespace modelc::types {
namespace {

constexpr std::array kRows{
#define MODELC_DTYPE(name, torch, word, bytes, safetensors, npy, storage, at) \
  DTypeRow{DType::name, torch, word, bytes, safetensors, npy, storage},
#include "types/dtypes.def"
#undef MODELC_DTYPE
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows[i].dtype != static_cast<DType>(i)) return false;
  }
  return kRows.size() == static_cast<std::size_t>(DType::String);
}
static_assert(in_order());

}  // namespace

std::span<const DTypeRow> dtype_rows() { return kRows; }

const DTypeRow* find_dtype(std::string_view DTypeRow::*field, std::string_view word) {
  for (const DTypeRow& row : kRows) {
    if (!word.empty() && row.*field == word) return &row;
  }
  return nullptr;
}

const DTypeRow& dtype_row(DType dtype) {
  return kRows[static_cast<std::size_t>(dtype == DType::String ? DType::Int64 : dtype)];
}

std::optional<DType> parse_dtype(std::string_view word) {
  for (const auto field : {&DTypeRow::torch, &DTypeRow::word}) {
    if (const DTypeRow* row = find_dtype(field, word)) return row->dtype;
  }
  return std::nullopt;
}

std::string_view dtype_word(DType dtype) { return dtype == DType::String ? "string" : dtype_row(dtype).word; }
std::string_view torch_word(DType dtype) { return dtype == DType::String ? "string" : dtype_row(dtype).torch; }
std::size_t byte_size(DType dtype) { return dtype == DType::String ? 0 : dtype_row(dtype).bytes; }

}  // namespace modelc::types
