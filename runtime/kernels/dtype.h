// The dtypes of the language as LibTorch's.
#pragma once

#include <c10/core/ScalarType.h>

#include <stdexcept>

#include "types/type.h"

namespace modelc::kernels {

/// Text columns reach the runtime as int64 codes.
inline at::ScalarType scalar_type(types::DType dtype) {
  switch (dtype) {
    case types::DType::Bool:
      return at::kBool;
    case types::DType::UInt8:
      return at::kByte;
    case types::DType::Int8:
      return at::kChar;
    case types::DType::Int16:
      return at::kShort;
    case types::DType::Int32:
      return at::kInt;
    case types::DType::Int64:
    case types::DType::String:
      return at::kLong;
    case types::DType::Float16:
      return at::kHalf;
    case types::DType::BFloat16:
      return at::kBFloat16;
    case types::DType::Float32:
      return at::kFloat;
    case types::DType::Float64:
      return at::kDouble;
  }
  throw std::logic_error("a dtype without a LibTorch type");
}

/// The other way; throws std::invalid_argument for types that the language does not have (complex, quantised).
inline types::DType dtype_of(at::ScalarType type) {
  switch (type) {
    case at::kBool:
      return types::DType::Bool;
    case at::kByte:
      return types::DType::UInt8;
    case at::kChar:
      return types::DType::Int8;
    case at::kShort:
      return types::DType::Int16;
    case at::kInt:
      return types::DType::Int32;
    case at::kLong:
      return types::DType::Int64;
    case at::kHalf:
      return types::DType::Float16;
    case at::kBFloat16:
      return types::DType::BFloat16;
    case at::kFloat:
      return types::DType::Float32;
    case at::kDouble:
      return types::DType::Float64;
    default:
      throw std::invalid_argument("a tensor of a dtype that the language does not have");
  }
}

}  // namespace modelc::kernels
