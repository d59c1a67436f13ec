// What a safetensors file holds, from its header alone (no tensor is read): names, dtypes, shapes, places, metadata.
// The reader is bounded and accepts only files that keep every rule of the format; a refusal names file, byte, rule,
// tensor.
#pragma once

#include "formats/weight_file.h"

namespace modelc::formats {

Result<WeightFile> read_safetensors_header(const std::string& path);
Result<WeightFile> read_safetensors_header(const OpenFile& file);
/// As above from the first bytes of a file of `size` bytes; `file` is for messages.
Result<WeightFile> parse_safetensors_header(std::string_view start, std::uint64_t size, const std::string& file);

/// Length and JSON of a header for `tensors` (offsets are assigned in this order, the names' order is kept), padded so
/// that the data start at a multiple of 64 bytes.
std::string make_safetensors_header(std::vector<TensorEntry>& tensors,
                                    const std::map<std::string, std::string>& metadata);

}  // namespace modelc::formats
