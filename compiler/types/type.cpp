#include "types/type.h"

namespace modelc::types {

namespace {

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

bool is_floating(DType dtype) { return dtype >= DType::Float16 && dtype <= DType::Float64; }
bool is_integral(DType dtype) { return dtype >= DType::UInt8 && dtype <= DType::Int64; }

bool is_complex(DType dtype) { return dtype == DType::Complex64 || dtype == DType::Complex128; }

DType part_of(DType dtype) {
  if (!is_complex(dtype)) return dtype;
  return dtype == DType::Complex64 ? DType::Float32 : DType::Float64;
}

DType complex_of(DType dtype) {
  return dtype == DType::Float64 || dtype == DType::Complex128 ? DType::Complex128 : DType::Complex64;
}

DType promote(DType a, DType b) {
  if (a == b) return a;
  if (b < a) std::swap(a, b);  // the wider of a category has the greater number
  if (b == DType::Complex64 && a == DType::Float64) return DType::Complex128;
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
  type.composed_.make() = {std::move(parts), std::move(names), {}};
  return type;
}

Type Type::list(std::vector<Type> parts) {
  Type type;
  type.kind = TypeKind::List;
  type.composed_.make().parts = std::move(parts);
  return type;
}

Type Type::choice(std::vector<std::string> words) {
  Type type;
  type.kind = TypeKind::Choice;
  type.composed_.make().words = std::move(words);
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
      return "(" + joined(parts(), names()) + (parts().size() == 1 && names().empty() ? ",)" : ")");
    case TypeKind::List:
      return "[" + joined(parts(), {}) + "]";
    case TypeKind::Choice: {
      std::string text = "choice[";
      for (std::size_t i = 0; i < words().size(); ++i) text += (i == 0 ? "" : ", ") + words()[i];
      return text + "]";
    }
    case TypeKind::None:
      return "null";
  }
  return "?";
}

}  // namespace modelc::types
