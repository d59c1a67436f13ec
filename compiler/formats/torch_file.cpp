#include <fmt/format.h>

#include <map>

#include "formats/file_bytes.h"
#include "formats/pickle.h"
#include "formats/zip.h"

namespace modelc::formats {
namespace {

constexpr std::size_t kMostPickle = 256 << 20;

struct Place {
  std::uint64_t offset = 0, bytes = 0;
};

Result<WeightFile> place_tensors(const OpenFile& file, const Pickled& pickled,
                                 const std::map<std::string, Place>& places) {
  const std::string& path = file.path;
  WeightFile out;
  out.file = path;
  out.opened = file;
  for (const PickledTensor& tensor : pickled.tensors) {
    const auto refuse = [&](std::string why) {
      return Result<WeightFile>{{}, file_fault(path, fmt::format("tensor `{}`: {}", tensor.name, why))};
    };
    const auto place = places.find(tensor.storage.key);
    if (place == places.end()) return refuse(fmt::format("its storage `{}` is not in the file", tensor.storage.key));
    const std::uint64_t width = types::byte_size(tensor.storage.dtype);
    const auto elements = static_cast<std::uint64_t>(tensor.storage.elements);
    if (elements > place->second.bytes / width || elements * width != place->second.bytes)
      return refuse(fmt::format("its storage has {} bytes, {} elements were stated", place->second.bytes, elements));
    TensorEntry entry;
    entry.name = tensor.name;
    entry.dtype = tensor.storage.dtype;
    entry.shape = tensor.shape;
    entry.offset = place->second.offset + static_cast<std::uint64_t>(tensor.offset) * width;
    std::int64_t step = 1;
    std::uint64_t count = 1;
    bool plain = true;
    for (std::size_t d = tensor.shape.size(); d-- > 0;) {
      plain = plain && (tensor.shape[d] == 1 || tensor.strides[d] == step);
      if (__builtin_mul_overflow(step, std::max<std::int64_t>(tensor.shape[d], 1), &step))
        return refuse("its shape overflows 64 bits");
      count *= static_cast<std::uint64_t>(tensor.shape[d]);
    }
    if (!plain && count > 0) {
      entry.strides = tensor.strides;
      // An expanded tensor takes no room in its file: what it takes in memory must stay near the file's size.
      if (count > 16 * (elements + 1024)) return refuse("it repeats its storage more than 16 times");
    }
    entry.bytes = place->second.bytes -
                  static_cast<std::uint64_t>(std::min<std::int64_t>(tensor.offset, tensor.storage.elements)) * width;
    out.tensors.push_back(std::move(entry));
  }
  return {std::move(out), {}};
}

Result<WeightFile> read_zip_format(const OpenFile& file) {
  const std::string& path = file.path;
  Result<std::vector<ZipMember>> members = zip_directory(file);
  if (!members) return {{}, std::move(members.fault)};
  const ZipMember* pickle = nullptr;
  for (const ZipMember& member : *members.value)
    if (member.name.ends_with("/data.pkl") && (!pickle || member.name.size() < pickle->name.size())) pickle = &member;
  if (!pickle) return {{}, file_fault(path, "is a zip archive without data.pkl, expected a PyTorch state dict")};
  const std::string folder = pickle->name.substr(0, pickle->name.size() - 8);
  std::map<std::string, Place> places;
  for (const ZipMember& member : *members.value) {
    if (member.name.starts_with(folder + "code/") || member.name == folder + "constants.pkl")
      return {{}, file_fault(path, "is a TorchScript program, expected a state dict: save model.state_dict() instead")};
    if (member.name == folder + "byteorder") {
      Result<std::string> order = zip_read(file, member, 16);
      if (order && *order.value != "little") return {{}, file_fault(path, "was written on a big-endian machine")};
    }
    if (!member.name.starts_with(folder + "data/")) continue;
    if (member.deflated)
      return {{}, file_fault(path, fmt::format("`{}` is compressed, which PyTorch never does", member.name))};
    places[member.name.substr(folder.size() + 5)] = {member.data, member.size};
  }
  if (pickle->size > kMostPickle) return {{}, file_fault(path, "its data.pkl is larger than 256 MiB")};
  Result<std::string> bytes = zip_read(file, *pickle);
  if (!bytes) return {{}, std::move(bytes.fault)};
  Result<Pickled> pickled = read_pickle(*bytes.value, 0, path + ": data.pkl");
  if (!pickled) return {{}, std::move(pickled.fault)};
  if (!pickled.value->is_dict) return {{}, file_fault(path, "holds no dict, expected a state dict")};
  return place_tensors(file, *pickled.value, places);
}

// Five pickles in a row (magic, version, machine, object, storage keys), then each storage: its length and its bytes.
Result<WeightFile> read_old_format(const OpenFile& file) {
  const std::string& path = file.path;
  const std::uint64_t size = file.size;
  Result<std::string> bytes = read_range(file, 0, kMostPickle);
  if (!bytes) return {{}, std::move(bytes.fault)};
  Pickled object, last;
  std::size_t at = 0;
  for (int i = 0; i < 5; ++i) {
    Result<Pickled> pickled = read_pickle(*bytes.value, at, path);
    if (!pickled) return {{}, std::move(pickled.fault)};
    at = pickled.value->end;
    if (i == 3) object = std::move(*pickled.value);
    else if (i == 4) last = std::move(*pickled.value);
  }
  if (!object.is_dict) return {{}, file_fault(path, "holds no dict, expected a state dict")};
  std::map<std::string, std::uint64_t> widths;
  for (const PickledTensor& tensor : object.tensors)
    widths[tensor.storage.key] = types::byte_size(tensor.storage.dtype);
  std::map<std::string, Place> places;
  std::uint64_t offset = at;
  for (const std::string& key : last.strings) {
    const auto width = widths.find(key);
    if (width == widths.end())
      return {{},
              file_fault(path, fmt::format(
                                   "storage `{}` belongs to no tensor of the state dict; save model.state_dict() alone",
                                   key))};
    Result<std::string> length = read_range(file, offset, 8);
    if (!length) return {{}, std::move(length.fault)};
    if (length.value->size() < 8)
      return {{}, file_fault(path, fmt::format("ends at byte {} before storage `{}`: it is cut off", size, key))};
    std::uint64_t elements = 0;
    for (std::size_t k = 8; k-- > 0;) elements = elements << 8 | static_cast<unsigned char>((*length.value)[k]);
    offset += 8;
    if (elements > (size - offset) / width->second)
      return {{}, file_fault(path, fmt::format("ends at byte {} within storage `{}`: it is cut off", size, key))};
    places[key] = {offset, elements * width->second};
    offset += elements * width->second;
  }
  return place_tensors(file, object, places);
}

}  // namespace

Result<WeightFile> read_torch_header(const OpenFile& file) {
  Result<std::string> start = read_range(file, 0, 2);
  if (!start) return {{}, std::move(start.fault)};
  return *start.value == "PK" ? read_zip_format(file) : read_old_format(file);
}

Result<WeightFile> read_weight_header(const std::string& path) {
  Result<OpenFile> opened = open_file(path);
  if (!opened) return {{}, std::move(opened.fault)};
  const OpenFile& file = *opened.value;
  Result<std::string> start = read_range(file, 0, 10);
  if (!start) return {{}, std::move(start.fault)};
  // A safetensors header of 19280 (`PK`) bytes is possible: its `{` at byte 8 tells.
  const std::string& head = *start.value;
  if (head.size() >= 9 && head[8] == '{') return read_safetensors_header(file);
  if (head.starts_with("PK\x03\x04") || head.starts_with("\x80\x02")) return read_torch_header(file);
  if (path.ends_with(".pt") || path.ends_with(".pth"))
    return {{}, file_fault(path, "is no PyTorch file: it begins neither as a zip archive nor as a pickle")};
  return read_safetensors_header(file);
}

}  // namespace modelc::formats
