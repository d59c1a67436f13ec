#include "types/type.h"

#include <array>

namespace modelc::types {

namespace {

struct DTypeRow {
  std::string_view torch;
  std::string_view word;
  std::size_t bytes;
};

// In the order of DType.
constexpr std::array<DTypeRow, 11> kDTypes{{
    {"bool", "bool", 1},
    {"uint8", "uint8", 1},
    {"int8", "int8", 1},
    {"int16", "int16", 2},
    {"int32", "int32", 4},
    {"int64", "int", 8},
    {"float16", "float16", 2},
    {"bfloat16", "bfloat16", 2},
    {"float32", "float", 4},
    {"float64", "float64", 8},
    {"string", "string", 0},
}};

const DTypeRow& row(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)]; }

std::string joined(const std::vector<Type>& parts, const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += ", ";
    if (i < names.size() && !names[i].empty()) text += names[i] + ": ";
    text += parts[i].str();
  }
  return text;
}

}  // namespace

std::optional<DType> parse_dtype(std::string_view word) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(DType::String); ++i)
    if (kDTypes[i].torch == word || kDTypes[i].word == word) return static_cast<DType>(i);
  return std::nullopt;
}

std::string_view dtype_word(DType dtype) { return row(dtype).word; }
std::string_view torch_word(DType dtype) { return row(dtype).torch; }
std::size_t byte_size(DType dtype) { return row(dtype).bytes; }

bool is_floating(DType dtype) { return dtype >= DType::Float16 && dtype <= DType::Float64; }
bool is_integral(DType dtype) { return dtype >= DType::UInt8 && dtype <= DType::Int64; }

DType promote(DType a, DType b) {
  if (a == b) return a;
  if (b < a) std::swap(a, b);  // the wider of a category has the greater number
  if (a == DType::Float16 && b == DType::BFloat16) return DType::Float32;  // neither holds the other
  if (a == DType::UInt8 && b == DType::Int8) return DType::Int16;
  return b;
}

Dim TensorType::numel() const {
  Dim product = 1;
  for (const Dim dim : shape) product = product * dim;
  return product;
}

std::string TensorType::str() const {
  std::string text(dtype_word(dtype));
  text += '[';
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + shape[i].str();
  return text + ']';
}

Type Type::of(TensorType t) {
  Type type;
  type.kind = TypeKind::Tensor;
  type.tensor = std::move(t);
  return type;
}

Type Type::tuple(std::vector<Type> parts, std::vector<std::string> names) {
  Type type;
  type.kind = TypeKind::Tuple;
  type.parts = std::move(parts);
  type.names = std::move(names);
  return type;
}

Type Type::list(std::vector<Type> parts) {
  Type type;
  type.kind = TypeKind::List;
  type.parts = std::move(parts);
  return type;
}

Type Type::choice(std::vector<std::string> words) {
  Type type;
  type.kind = TypeKind::Choice;
  type.words = std::move(words);
  return type;
}

Type Type::none() {
  Type type;
  type.kind = TypeKind::None;
  return type;
}

std::string Type::str() const {
  switch (kind) {
    case TypeKind::Poison:
      return "?";
    case TypeKind::Tensor:
      return tensor.str();
    case TypeKind::Tuple:
      return "(" + joined(parts, names) + (parts.size() == 1 && names.empty() ? ",)" : ")");
    case TypeKind::List:
      return "[" + joined(parts, {}) + "]";
    case TypeKind::Choice: {
      std::string text = "choice[";
      for (std::size_t i = 0; i < words.size(); ++i) text += (i == 0 ? "" : ", ") + words[i];
      return text + "]";
    }
    case TypeKind::None:
      return "null";
  }
  return "?";
}

}  // namespace modelc::types
