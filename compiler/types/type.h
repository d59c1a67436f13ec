// Dtypes, tensor types, and the types of run-time values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/boxed.h"
#include "types/dim.h"

namespace modelc::types {

enum class DType {
  Bool,
  UInt8,
  Int8,
  Int16,
  Int32,
  Int64,
  Float16,
  BFloat16,
  Float32,
  Float64,
  Complex64,
  Complex128,
  String,  // columns of text in a recipe only; never the type of a tensor of a model
};

/// `float32`, `int64`, … ; `float` and `int` are accepted for Float32 and Int64.
std::optional<DType> parse_dtype(std::string_view word);
/// The short form used in types: `float` for Float32, `int` for Int64, else PyTorch's word.
std::string_view dtype_word(DType dtype);
/// PyTorch's word: `float32`, `int64`.
std::string_view torch_word(DType dtype);
std::size_t byte_size(DType dtype);
bool is_floating(DType dtype);
bool is_integral(DType dtype);  // bool excluded
bool is_complex(DType dtype);
/// The dtype of the real and the imaginary part; of any other dtype itself.
DType part_of(DType dtype);
/// The complex dtype whose parts are of a floating one, complex64 for the narrower ones.
DType complex_of(DType dtype);
/// PyTorch's promotion of two tensors of at least one dimension.
DType promote(DType a, DType b);

struct TensorType {
  DType dtype = DType::Float32;
  std::vector<Dim> shape;

  std::size_t rank() const { return shape.size(); }
  Dim numel() const;
  /// `float[B, 3, H, W]`.
  std::string str() const;
  bool operator==(const TensorType&) const = default;
};

enum class TypeKind {
  Poison,  // a fault was reported; later checks stay quiet
  Tensor,
  Tuple,   // `parts`; with `names` a record
  List,    // `parts`, one per element
  Choice,  // `words`
  None,    // an optional input left out
};

struct Type {
  TypeKind kind = TypeKind::Poison;
  TensorType tensor;

  static Type poison();
  static Type of(TensorType t);
  static Type tuple(std::vector<Type> parts, std::vector<std::string> names = {});
  static Type list(std::vector<Type> parts);
  static Type choice(std::vector<std::string> words);
  static Type none();
  bool is_tensor() const { return kind == TypeKind::Tensor; }
  bool is_poison() const { return kind == TypeKind::Poison; }
  const std::vector<Type>& parts() const;
  const std::vector<std::string>& names() const;
  const std::vector<std::string>& words() const;
  /// `visit(size)` for each size in it, which may be changed.
  template <class Visit>
  void for_each_dim(Visit&& visit);
  /// `(float[B, T, 100], (float[1, B, 256], float[1, B, 256]))`, `[float[B, 10], float[B, 15]]`.
  std::string str() const;
  bool operator==(const Type&) const = default;

 private:
  struct Composed;
  support::Boxed<Composed> composed_;  // of all but tensors, and those are many
};

struct Type::Composed {
  std::vector<Type> parts;
  std::vector<std::string> names;
  std::vector<std::string> words;
  bool operator==(const Composed&) const = default;
};

inline Type Type::poison() { return {}; }
inline const std::vector<Type>& Type::parts() const { return composed_.get().parts; }
inline const std::vector<std::string>& Type::names() const { return composed_.get().names; }
inline const std::vector<std::string>& Type::words() const { return composed_.get().words; }

template <class Visit>
void Type::for_each_dim(Visit&& visit) {
  for (Dim& dim : tensor.shape) visit(dim);
  if (Composed* composed = composed_.made())
    for (Type& part : composed->parts) part.for_each_dim(visit);
}

}  // namespace modelc::types
