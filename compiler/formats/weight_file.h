// What a weight file holds, whatever its format: names, dtypes, shapes and places of tensors, from headers alone. Of a
// tensor only as many bytes are read as are asked for.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/file_bytes.h"

namespace modelc::formats {

/// What the offsets of tensors count in: a file as it is, or the inflated data of a member of a zip archive.
struct Part {
  OpenFile file;
  std::uint64_t size = 0;
  std::uint64_t packed_at = 0, packed = 0;  // where the deflated data stand in the file; 0: it is no deflated member
};

struct TensorEntry {
  std::string name;
  types::DType dtype = types::DType::Float32;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  // in elements; empty: row-major without gaps
  std::uint64_t offset = 0;           // of its first byte in its part
  std::uint64_t bytes = 0;
  std::size_t part = 0;

  /// `float[20, 10]`.
  std::string type() const;
  std::uint64_t elements() const;
};

struct WeightFile {
  std::string file;
  std::string format;                // `safetensors`, `PyTorch (zip)`, …
  std::vector<Part> parts;           // what its tensors are read from; none for a header parsed from bytes
  std::vector<TensorEntry> tensors;  // in the order of the file
  std::map<std::string, std::string> metadata;
  const TensorEntry* find(std::string_view name) const;
};

/// By content: safetensors, a PyTorch state dict (`.pt`, `.pth`, `.bin`), of which only tensors are read and nothing is
/// run, or the index of a model in several such files (`model.safetensors.index.json`).
Result<WeightFile> read_weight_header(const std::string& path);

/// Bytes [begin, begin + count) of a tensor's data as they lie in the file, fewer at its end.
Result<std::string> read_tensor_bytes(const WeightFile& file, const TensorEntry& entry, std::uint64_t begin,
                                      std::size_t count);
/// All values of a tensor in row-major order, its strides resolved; exactly elements() times the dtype's size.
Result<std::string> read_tensor_values(const WeightFile& file, const TensorEntry& entry);

}  // namespace modelc::formats
