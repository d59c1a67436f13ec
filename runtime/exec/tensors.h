// LibTorch's tensors as a machine sees them.
#pragma once

#include <ATen/core/Tensor.h>

#include "plan/machine.h"

namespace modelc::exec {

/// A dtype of the language as LibTorch's.
at::ScalarType scalar_type(types::DType dtype);

struct Tensors {
  using Tensor = at::Tensor;
  static plan::Fed fed(const at::Tensor& tensor);
  static std::string words(const std::exception& thrown);
};

}  // namespace modelc::exec
