// NumPy's array files: `.npy`, and `.npz` (a zip of them), from headers or in full, as bytes in row-major order.
// Pickled objects are refused. Also the schemas of sources made of arrays, whose first dimension is the rows.
#pragma once

#include "formats/safetensors.h"

namespace modelc::formats {

struct Array {
  std::string name;
  types::DType dtype = types::DType::Float32;
  std::vector<std::int64_t> shape;
  std::string bytes;  // empty where only the header was read
  /// Where the elements begin in what was read; none where they do not lie there as they do in memory.
  std::optional<std::uint64_t> begin = {};
};

/// An array whose rows lie in a file as they do in memory: those that are wanted can be read alone.
struct PlacedArray {
  std::string name;
  types::DType dtype = types::DType::Float32;
  std::vector<std::int64_t> shape;
  OpenFile file;
  std::uint64_t begin = 0;

  std::uint64_t bytes() const;
};

/// Where the arrays of a file lie, by name. Empty where one of them is compressed, or in another order of elements or
/// bytes: such a file is read whole.
Result<std::vector<PlacedArray>> place_npy(const std::string& name, const std::string& path);
Result<std::vector<PlacedArray>> place_npz(const std::string& path);
Result<std::vector<PlacedArray>> place_safetensors(const std::string& path);
/// `image` and `label`, both of one byte an element.
Result<std::vector<PlacedArray>> place_idx(const std::string& images, const std::string& labels);

/// One array; named "" in the result.
Result<Array> read_npy(const std::string& path, bool header_only = false);
/// Every array, in the order of the archive's directory. Stored and deflated members.
Result<std::vector<Array>> read_npz(const std::string& path, bool header_only = false);

/// The bytes of a `.npy` file up to the data.
std::string npy_header(types::DType dtype, const std::vector<std::int64_t>& shape);
/// An `.npz` archive with stored members, as bytes. BFloat16 has no NumPy dtype: the caller converts it before.
std::string make_npz(const std::vector<Array>& arrays);

/// Columns of `npy(x=file, …)`, `npz(file)`, `safetensors(file)`; unequal row counts are a fault.
Result<Schema> inspect_npy(const std::vector<std::string>& names, const std::vector<std::string>& files);
Result<Schema> inspect_npz(const std::string& path);
Result<Schema> inspect_safetensors(const std::string& path);

}  // namespace modelc::formats
