#include "weights/npz.h"

#include <ATen/Functions.h>

#include <cstring>

#include "formats/arrays.h"
#include "support/whole_file.h"

namespace modelc::weights {
namespace {

at::Tensor to_tensor(formats::Array& array) {
  if (array.dtype == types::DType::Bool)
    for (char& byte : array.bytes) byte = byte ? 1 : 0;
  at::Tensor tensor = at::empty(array.shape, at::TensorOptions().dtype(scalar_type(array.dtype)));
  if (!array.bytes.empty()) std::memcpy(tensor.data_ptr(), array.bytes.data(), array.bytes.size());
  return tensor;
}

formats::Array to_array(const std::string& name, const at::Tensor& tensor) {
  at::Tensor plain = tensor.detach().to(at::kCPU);
  if (plain.scalar_type() == at::kBFloat16) plain = plain.to(at::kFloat);
  plain = plain.contiguous();
  formats::Array array{name, dtype_of(plain.scalar_type()), plain.sizes().vec(), {}};
  if (plain.nbytes() > 0) array.bytes.assign(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
  return array;
}

}  // namespace

formats::Result<at::Tensor> read_npy(const std::string& path) {
  formats::Result<formats::Array> array = formats::read_npy(path);
  if (!array) return {{}, std::move(array.fault)};
  return {to_tensor(*array.value), {}};
}

formats::Result<NamedTensors> read_npz(const std::string& path) {
  formats::Result<std::vector<formats::Array>> arrays = formats::read_npz(path);
  if (!arrays) return {{}, std::move(arrays.fault)};
  NamedTensors out;
  for (formats::Array& array : *arrays.value) out.emplace_back(array.name, to_tensor(array));
  return {std::move(out), {}};
}

std::string write_npy(const std::string& path, const at::Tensor& tensor) {
  const formats::Array array = to_array("", tensor);
  const std::string header = formats::npy_header(array.dtype, array.shape);
  return support::write_atomically(path, {header, array.bytes});
}

std::string write_npz(const std::string& path, const NamedTensors& tensors) {
  std::vector<formats::Array> arrays;
  for (const auto& [name, tensor] : tensors) arrays.push_back(to_array(name, tensor));
  return support::write_atomically(path, {formats::make_npz(arrays)});
}

}  // namespace modelc::weights
