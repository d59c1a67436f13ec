#include "exec/tensors.h"

#include <c10/util/Exception.h>

#include "build/room.h"
#include "kernels/dtype.h"

namespace modelc::exec {
namespace {

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

}  // namespace

at::ScalarType scalar_type(types::DType dtype) { return kernels::scalar_type(dtype); }

plan::Fed Tensors::fed(const at::Tensor& tensor) {
  if (!tensor.defined()) return {};
  plan::Fed fed;
  fed.given = true;
  fed.dtype = kernels::known_dtype(tensor.scalar_type());
  fed.dtype_words = c10::toString(tensor.scalar_type());
  fed.sizes = {tensor.sizes().data(), tensor.sizes().size()};
  return fed;
}

std::string Tensors::words(const std::exception& thrown) {
  if (auto memory = build::memory_fault(thrown)) return *std::move(memory);
  const auto* error = dynamic_cast<const c10::Error*>(&thrown);
  return first_line(error != nullptr ? error->what_without_backtrace() : thrown.what());
}

}  // namespace modelc::exec
