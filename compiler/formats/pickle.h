// The part of Python's pickle format that PyTorch's state dicts consist of, read as data: a closed list of opcodes and
// of names. Nothing is imported, called or run; anything else is refused by its name, at its byte. A pickle may have at
// most a million values, so that what it takes in memory stays small beside what a file of its size may.
#pragma once

#include "formats/weight_file.h"

namespace modelc::formats {

/// Of a PickleTree.
using ValueId = std::uint32_t;

enum class ValueKind : std::uint8_t {
  Mark,
  None,
  Bool,
  Int,
  Float,
  Text,
  Tuple,
  List,
  Dict,
  StorageType,
  Callee,
  Storage,
  Tensor
};

struct PickleValue {
  ValueKind kind = ValueKind::None;
  std::uint32_t size = 0;   // Text: its length
  std::int64_t number = 0;  // Bool, Int; Text: where it begins; of the others: an index into a list of the tree
};

struct PickledStorage {
  types::DType dtype = types::DType::Float32;
  std::string_view key;
  std::int64_t elements = 0;
};

struct PickledTensor {
  std::size_t at = 0;  // the byte behind the opcode that made it
  std::size_t storage = 0;
  std::int64_t offset = 0;
  ValueId shape = 0, strides = 0;  // tuples of integers of at least 0
};

/// What one pickle holds. Views point into its bytes.
struct PickleTree {
  std::string_view bytes;
  std::vector<PickleValue> values;
  std::vector<std::vector<ValueId>> items;  // of tuples, lists and dicts: key, value, key, value …
  std::vector<PickledStorage> storages;     // each key once
  std::vector<PickledTensor> tensors;
  ValueId root = 0;
  std::size_t end = 0;  // behind the final opcode

  std::string_view text(ValueId id) const;
  const std::vector<ValueId>& items_of(ValueId id) const;
  /// The value of a text key of a dict; nullptr where `id` is no dict or has no such key.
  const ValueId* find(ValueId id, std::string_view key) const;
};

/// Reads one pickle from `bytes` at `begin`; faults name `file`, the opcode's byte and the tensor.
Result<PickleTree> read_pickle(std::string_view bytes, std::size_t begin, const std::string& file);

/// A tensor of a state dict by its name.
struct NamedTensor {
  std::string name;
  const PickledTensor* tensor = nullptr;
};
/// The tensors of the state dict that the pickle is or holds, in its order: under one of the names that training
/// scripts give it, or as several state dicts by name (`G.fc.weight` for `{"G": {"fc.weight": …}}`).
Result<std::vector<NamedTensor>> find_state_dict(const PickleTree& tree, const std::string& file);

/// Modules by their paths and the versions of their layouts, which PyTorch keeps beside a state dict (`_metadata`).
using ModuleVersions = std::vector<std::pair<std::string, std::int64_t>>;
/// The pickle of a state dict as torch.save writes one: row-major tensors by name, the storage of each by its number
/// `TensorEntry::part`; the versions beside them.
std::string make_state_dict(const std::vector<TensorEntry>& tensors, const ModuleVersions& versions);

/// A `.pt` or `.pth` file: the zip format, or the one before PyTorch 1.6.
Result<WeightFile> read_torch_header(const OpenFile& file);

}  // namespace modelc::formats
