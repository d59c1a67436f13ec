// What a safetensors file holds, from its header alone (no tensor is read): names, dtypes, shapes, places, metadata.
// The reader is bounded and accepts only files that keep every rule of the format; a refusal names file, byte, rule,
// tensor.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/file_bytes.h"

namespace modelc::formats {

struct TensorEntry {
  std::string name;
  types::DType dtype = types::DType::Float32;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  // in elements; empty: row-major without gaps
  std::uint64_t offset = 0;           // of its first byte in the file
  std::uint64_t bytes = 0;

  /// `float[20, 10]`.
  std::string type() const;
};

struct WeightFile {
  std::string file;
  OpenFile opened;                   // what its tensors are read from; empty for a header parsed from bytes
  std::vector<TensorEntry> tensors;  // by place in the file
  std::map<std::string, std::string> metadata;
  const TensorEntry* find(std::string_view name) const;
};

Result<WeightFile> read_safetensors_header(const std::string& path);
Result<WeightFile> read_safetensors_header(const OpenFile& file);
/// As above from the first bytes of a file of `size` bytes; `file` is for messages.
Result<WeightFile> parse_safetensors_header(std::string_view start, std::uint64_t size, const std::string& file);
/// By content: safetensors, or a PyTorch state dict (`.pt`, `.pth`), of which only tensors are read and nothing is run.
Result<WeightFile> read_weight_header(const std::string& path);

/// Length and JSON of a header for `tensors` (offsets are assigned in this order, the names' order is kept), padded so
/// that the data start at a multiple of 64 bytes.
std::string make_safetensors_header(std::vector<TensorEntry>& tensors,
                                    const std::map<std::string, std::string>& metadata);

}  // namespace modelc::formats
