// The dtypes of the language as LibTorch's.
#pragma once

#include <c10/core/ScalarType.h>

#include <optional>
#include <stdexcept>

#include "types/type.h"

namespace modelc::kernels {

/// Text columns reach the runtime as int64 codes.
inline at::ScalarType scalar_type(types::DType dtype) {
  switch (dtype) {
#define MODELC_DTYPE(name, torch, word, bytes, safetensors, npy, storage, constant) \
  case types::DType::name:                                                          \
    return at::constant;
#include "types/dtypes.def"
#undef MODELC_DTYPE
    case types::DType::String:
      return at::kLong;
  }
  throw std::logic_error("a dtype without a LibTorch type");
}

/// The other way; none for types that the language does not have (complex, quantised).
inline std::optional<types::DType> known_dtype(at::ScalarType type) {
  switch (type) {
#define MODELC_DTYPE(name, torch, word, bytes, safetensors, npy, storage, constant) \
  case at::constant:                                                                \
    return types::DType::name;
#include "types/dtypes.def"
#undef MODELC_DTYPE
    default:
      return std::nullopt;
  }
}

/// As known_dtype; throws std::invalid_argument where there is none.
inline types::DType dtype_of(at::ScalarType type) {
  if (const auto known = known_dtype(type)) return *known;
  throw std::invalid_argument("a tensor of a dtype that the language does not have");
}

}  // namespace modelc::kernels
