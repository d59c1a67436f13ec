// Any bytes as a file of weights or arrays: safetensors, a PyTorch state dict, .npy, .npz. What is accepted lies in the
// file.
#include "formats/arrays.h"
#include "formats/pickle.h"
#include "memory_file.h"
#include "target.h"

using namespace modelc;

namespace {

void check_entries(const formats::Result<formats::WeightFile>& read, std::uint64_t size) {
  fuzz::promise(read || !read.fault.message.empty(), "a refused file has a reason");
  if (!read) return;
  const auto& parts = read.value->parts;
  for (const auto& part : parts)
    fuzz::promise(part.packed_at <= size && part.packed <= size - part.packed_at, "a part lies in its file");
  std::uint64_t budget = 1 << 20;  // of bytes that are read, so that an input stays quick
  for (const auto& entry : read.value->tensors) {
    const std::uint64_t whole = parts.empty() ? size : parts[entry.part].size;
    fuzz::promise(entry.offset <= whole && entry.bytes <= whole - entry.offset, "a tensor lies in its file");
    const std::uint64_t bytes = entry.elements() * types::byte_size(entry.dtype);
    if (!parts.empty() && bytes <= budget) {
      budget -= bytes;
      const auto values = formats::read_tensor_values(*read.value, entry);
      fuzz::promise(!values || values.value->size() == bytes, "a tensor has all its values");
    }
    fuzz::promise(!entry.name.empty() || read.value->tensors.size() <= 1, "a tensor has a name");
    (void)entry.type();
  }
}

void check_array(const formats::Array& array) {
  std::uint64_t elements = 1;
  for (const auto size : array.shape) {
    fuzz::promise(size >= 0, "a size is not negative");
    elements *= static_cast<std::uint64_t>(size);
  }
  fuzz::promise(elements == 0 || array.bytes.size() % elements == 0, "an array has all its elements");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = fuzz::text_of(data, size);
  const fuzz::MemoryFile file(bytes);
  check_entries(formats::read_weight_header(file.path()), size);
  check_entries(formats::parse_safetensors_header(bytes, size, "fuzz"), size);
  (void)formats::read_pickle(bytes, 0, "fuzz");
  if (const auto array = formats::read_npy(file.path())) check_array(*array.value);
  if (const auto arrays = formats::read_npz(file.path())) {
    for (const auto& array : *arrays.value) check_array(array);
  }
  (void)formats::inspect_npz(file.path());
  (void)formats::inspect_safetensors(file.path());
  return 0;
}
