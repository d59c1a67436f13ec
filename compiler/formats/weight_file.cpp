#include "formats/weight_file.h"

#include <fmt/format.h>

#include <cstring>

#include "formats/pickle.h"
#include "formats/safetensors.h"
#include "formats/shards.h"
#include "types/dtype.h"

namespace modelc::formats {
namespace {

/// The elements from the first to the last one that the strides reach.
std::uint64_t reach_of(const TensorEntry& entry) {
  std::uint64_t reach = 1;
  for (std::size_t d = 0; d < entry.strides.size(); ++d)
    reach += static_cast<std::uint64_t>((entry.shape[d] - 1) * entry.strides[d]);
  return reach;
}

std::string gathered(const TensorEntry& entry, std::string_view bytes, std::size_t width) {
  std::string out(entry.elements() * width, '\0');
  std::vector<std::int64_t> index(entry.shape.size(), 0);
  for (std::size_t at = 0; at < out.size(); at += width) {
    std::uint64_t from = 0;
    for (std::size_t d = 0; d < index.size(); ++d) from += static_cast<std::uint64_t>(index[d] * entry.strides[d]);
    std::memcpy(out.data() + at, bytes.data() + from * width, width);
    for (std::size_t d = index.size(); d-- > 0 && ++index[d] == entry.shape[d];) index[d] = 0;
  }
  return out;
}

}  // namespace

std::string TensorEntry::type() const {
  return fmt::format("{}[{}]", types::dtype_word(dtype), fmt::join(shape, ", "));
}

std::uint64_t TensorEntry::elements() const {
  std::uint64_t count = 1;
  for (const std::int64_t size : shape) count *= static_cast<std::uint64_t>(size);
  return count;
}

const TensorEntry* WeightFile::find(std::string_view name) const {
  for (const TensorEntry& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

Result<WeightFile> read_weight_header(const std::string& path) {
  Result<OpenFile> opened = open_file(path);
  if (!opened) return {{}, std::move(opened.fault)};
  const OpenFile& file = *opened.value;
  Result<std::string> start = read_range(file, 0, 10);
  if (!start) return {{}, std::move(start.fault)};
  // A safetensors header of 19280 (`PK`) or 123 (`{`) bytes is possible: its `{` at byte 8 tells.
  const std::string& head = *start.value;
  if (head.size() >= 9 && head[8] == '{' && !path.ends_with(".json")) return read_safetensors_header(file);
  if (head.starts_with("PK\x03\x04") || head.starts_with("\x80\x02")) return read_torch_header(file);
  if (path.ends_with(".json")) return read_shard_index(file);
  if (path.ends_with(".pt") || path.ends_with(".pth"))
    return {{}, file_fault(path, "byte 0: is no PyTorch file: it begins neither as a zip archive nor as a pickle")};
  return read_safetensors_header(file);
}

Result<std::string> read_tensor_bytes(const WeightFile& file, const TensorEntry& entry, std::uint64_t begin,
                                      std::size_t count) {
  const Part& part = file.parts[entry.part];
  const std::uint64_t at = entry.offset + begin;
  return part.packed_at ? inflate_range(part.file, part.packed_at, part.packed, at, count)
                        : read_range(part.file, at, count);
}

Result<std::string> read_tensor_values(const WeightFile& file, const TensorEntry& entry) {
  const std::size_t width = types::byte_size(entry.dtype);
  const std::uint64_t elements = entry.elements();
  const bool strided = !entry.strides.empty() && elements > 0;
  const std::uint64_t count = (strided ? reach_of(entry) : elements) * width;
  Result<std::string> bytes = read_tensor_bytes(file, entry, 0, count);
  if (!bytes) return bytes;
  if (bytes.value->size() != count)
    return {{},
            file_fault(file.file, fmt::format("byte {}, tensor `{}`: the file ends within it",
                                              entry.offset + bytes.value->size(), entry.name))};
  if (strided) bytes.value = gathered(entry, *bytes.value, width);
  return bytes;
}

}  // namespace modelc::formats
