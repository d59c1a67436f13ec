// The part of Python's pickle format that PyTorch's state dicts consist of, read as data: a closed list of opcodes and
// of names. Nothing is imported, called or run; anything else is refused by its name.
#pragma once

#include "formats/safetensors.h"

namespace modelc::formats {

struct PickledStorage {
  types::DType dtype = types::DType::Float32;
  std::string key;
  std::int64_t elements = 0;
};

struct PickledTensor {
  std::string name;  // set when tensors are collected
  PickledStorage storage;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape, strides;
};

struct Pickled {
  std::vector<PickledTensor> tensors;  // those of the state dict, in its order
  std::vector<std::string> strings;    // a list of strings as the whole value: the storage keys of the old format
  bool is_dict = false;
  std::size_t end = 0;  // behind the final opcode
};

/// Reads one pickle from `bytes` at `begin`; faults name `file` and the byte.
Result<Pickled> read_pickle(std::string_view bytes, std::size_t begin, const std::string& file);

/// A `.pt` or `.pth` file: the zip format, or the one before PyTorch 1.6.
Result<WeightFile> read_torch_header(const OpenFile& file);

}  // namespace modelc::formats
