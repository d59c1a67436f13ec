// What a tensor has behind a dot besides torch's functions.
#pragma once

#include <optional>
#include <string_view>

#include "support/words.h"

namespace modelc::resolve {

struct Attribute {
  enum Kind { Shape, Ndim, DType, Transposed, Part, Size, Rank, Count } kind = Shape;
  const char* about = "";
  bool is_called() const { return kind == Size || kind == Rank || kind == Count; }
};

inline std::optional<Attribute> attribute_of(std::string_view name) {
  static constexpr support::Word<Attribute> kAttributes[] = {
      {"shape", {Attribute::Shape, "the sizes of a tensor"}},
      {"ndim", {Attribute::Ndim, "the number of dimensions of a tensor"}},
      {"dtype", {Attribute::DType, "the dtype of a tensor"}},
      {"T", {Attribute::Transposed, "a matrix transposed"}},
      {"real", {Attribute::Part, "the real part of complex numbers"}},
      {"imag", {Attribute::Part, "the imaginary part of complex numbers"}},
      {"size", {Attribute::Size, "a size of a tensor"}},
      {"dim", {Attribute::Rank, "the number of dimensions of a tensor"}},
      {"ndimension", {Attribute::Rank, "the number of dimensions of a tensor"}},
      {"numel", {Attribute::Count, "the number of elements of a tensor"}},
      {"nelement", {Attribute::Count, "the number of elements of a tensor"}}};
  return support::meaning_of(kAttributes, name);
}

}  // namespace modelc::resolve
