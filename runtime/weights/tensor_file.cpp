#include "weights/tensor_file.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <cstring>

#include "formats/file_bytes.h"
#include "weights/write_file.h"

namespace modelc::weights {
formats::Result<at::Tensor> read_tensor(const formats::WeightFile& file, const formats::TensorEntry& entry) {
  const std::size_t width = types::byte_size(entry.dtype);
  std::uint64_t elements = 1, reach = 1;
  for (std::int64_t size : entry.shape) elements *= static_cast<std::uint64_t>(size);
  for (std::size_t d = 0; d < entry.strides.size(); ++d)
    reach += static_cast<std::uint64_t>((entry.shape[d] - 1) * entry.strides[d]);
  const bool strided = !entry.strides.empty() && elements > 0;
  const std::uint64_t count = (strided ? reach : elements) * width;
  formats::Result<std::string> bytes = formats::read_range(file.opened, entry.offset, count);
  if (!bytes) return {{}, std::move(bytes.fault)};
  if (bytes.value->size() != count)
    return {{},
            formats::file_fault(file.file, fmt::format("byte {}, tensor `{}`: the file ends within it",
                                                       entry.offset + bytes.value->size(), entry.name))};
  // Bytes other than 0 and 1 are no bools to C++.
  if (entry.dtype == types::DType::Bool)
    for (char& byte : *bytes.value) byte = byte ? 1 : 0;
  at::Tensor flat =
      at::empty({static_cast<std::int64_t>(count / width)}, at::TensorOptions().dtype(scalar_type(entry.dtype)));
  if (count > 0) std::memcpy(flat.data_ptr(), bytes.value->data(), count);
  return {strided ? flat.as_strided(entry.shape, entry.strides).clone(at::MemoryFormat::Contiguous)
                  : flat.reshape(entry.shape),
          {}};
}

formats::Result<NamedTensors> read_safetensors(const std::string& path, std::map<std::string, std::string>* metadata) {
  formats::Result<formats::WeightFile> header = formats::read_safetensors_header(path);
  if (!header) return {{}, std::move(header.fault)};
  NamedTensors out;
  for (const formats::TensorEntry& entry : header.value->tensors) {
    formats::Result<at::Tensor> tensor = read_tensor(*header.value, entry);
    if (!tensor) return {{}, std::move(tensor.fault)};
    out.emplace_back(entry.name, std::move(*tensor.value));
  }
  if (metadata) *metadata = std::move(header.value->metadata);
  return {std::move(out), {}};
}

std::string write_safetensors(const std::string& path, const NamedTensors& tensors,
                              const std::map<std::string, std::string>& metadata) {
  std::vector<formats::TensorEntry> entries;
  std::vector<at::Tensor> kept;
  for (const auto& [name, tensor] : tensors) {
    entries.push_back({name, dtype_of(tensor.scalar_type()), tensor.sizes().vec(), {}, 0, 0});
    kept.push_back(tensor.detach().to(at::kCPU).contiguous());
  }
  const std::string header = formats::make_safetensors_header(entries, metadata);
  std::vector<std::string_view> pieces{header};
  for (const at::Tensor& tensor : kept)
    if (tensor.nbytes() > 0) pieces.emplace_back(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
  return write_atomically(path, pieces);
}

}  // namespace modelc::weights
