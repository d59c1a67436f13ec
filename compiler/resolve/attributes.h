// What a tensor has behind a dot besides torch's functions.
#pragma once

#include <optional>
#include <string_view>

#include "support/words.h"

namespace modelc::resolve {

struct Attribute {
  enum Kind { Shape, Ndim, DType, Transposed, Size } kind = Shape;  // Size is called
  const char* about = "";
};

inline std::optional<Attribute> attribute_of(std::string_view name) {
  static constexpr support::Word<Attribute> kAttributes[] = {
      {"shape", {Attribute::Shape, "the sizes of a tensor"}},
      {"ndim", {Attribute::Ndim, "the number of dimensions of a tensor"}},
      {"dtype", {Attribute::DType, "the dtype of a tensor"}},
      {"T", {Attribute::Transposed, "a matrix transposed"}},
      {"size", {Attribute::Size, "a size of a tensor"}}};
  return support::meaning_of(kAttributes, name);
}

}  // namespace modelc::resolve
