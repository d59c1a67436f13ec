// PyTorch's two formats of `.pt` files: where the storages stand that a pickle speaks of.
#include <fmt/format.h>

#include <map>

#include "formats/pickle.h"
#include "formats/zip.h"

namespace modelc::formats {
namespace {

constexpr std::size_t kMostPickle = 64 << 20;
constexpr std::int64_t kOldVersion = 1001;  // of the format before PyTorch 1.6

struct Place {
  std::size_t part = 0;
  std::uint64_t offset = 0, bytes = 0;
};
using Places = std::map<std::string, Place, std::less<>>;

std::vector<std::int64_t> numbers_of(const PickleTree& tree, ValueId tuple) {
  std::vector<std::int64_t> out;
  for (const ValueId item : tree.items_of(tuple)) out.push_back(tree.values[item].number);
  return out;
}

/// `source` names the pickle in messages.
Result<WeightFile> place_tensors(const PickleTree& tree, const std::string& source, WeightFile out,
                                 const Places& places) {
  Result<std::vector<NamedTensor>> found = find_state_dict(tree, source);
  if (!found) return {{}, std::move(found.fault)};
  for (const NamedTensor& named : *found.value) {
    const PickledTensor& tensor = *named.tensor;
    const auto refuse = [&](std::string_view why) {
      return Result<WeightFile>{
          {}, file_fault(source, fmt::format("byte {}, tensor `{}`: {}", tensor.at - 1, named.name, why))};
    };
    const PickledStorage& storage = tree.storages[tensor.storage];
    const auto place = places.find(storage.key);
    if (place == places.end()) return refuse(fmt::format("its storage `{}` is not in the file", storage.key));
    const std::uint64_t width = types::byte_size(storage.dtype);
    const auto elements = static_cast<std::uint64_t>(storage.elements);
    if (elements > place->second.bytes / width || elements * width != place->second.bytes)
      return refuse(fmt::format("its storage has {} bytes, {} elements were stated", place->second.bytes, elements));
    TensorEntry entry;
    entry.name = named.name;
    entry.dtype = storage.dtype;
    entry.shape = numbers_of(tree, tensor.shape);
    std::vector<std::int64_t> strides = numbers_of(tree, tensor.strides);
    std::int64_t step = 1;
    bool plain = true;
    for (std::size_t d = entry.shape.size(); d-- > 0;) {
      plain = plain && (entry.shape[d] == 1 || strides[d] == step);
      if (__builtin_mul_overflow(step, std::max<std::int64_t>(entry.shape[d], 1), &step))
        return refuse("the product of its shape overflows 64 bits");
    }
    if (!plain && entry.elements() > 0) {
      // An expanded tensor takes no room in its file: what it takes in memory must stay near the file's size.
      if (entry.elements() > 16 * (elements + 1024)) return refuse("it repeats its storage more than 16 times");
      entry.strides = std::move(strides);
    }
    const std::uint64_t skipped = std::min(static_cast<std::uint64_t>(tensor.offset), elements) * width;
    entry.part = place->second.part;
    entry.offset = place->second.offset + skipped;
    entry.bytes = place->second.bytes - skipped;
    out.tensors.push_back(std::move(entry));
  }
  return {std::move(out), {}};
}

WeightFile empty_file(const OpenFile& file, std::string format) {
  WeightFile out;
  out.file = file.path;
  out.format = std::move(format);
  out.parts.push_back({file, file.size});
  return out;
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
  WeightFile out = empty_file(file, "PyTorch, zip");
  Places places;
  for (const ZipMember& member : *members.value) {
    if (member.name.starts_with(folder + "code/") || member.name == folder + "constants.pkl")
      return {{}, file_fault(path, "is a TorchScript program, expected a state dict: save model.state_dict() instead")};
    if (member.name == folder + "byteorder") {
      Result<std::string> order = zip_read(file, member, 16);
      if (order && *order.value != "little") return {{}, file_fault(path, "was written on a big-endian machine")};
    }
    if (!member.name.starts_with(folder + "data/")) continue;
    Place place{0, member.data, member.size};
    if (member.deflated) {
      if (std::string why = impossible_size(member); !why.empty()) return {{}, file_fault(path, std::move(why))};
      place = {out.parts.size(), 0, member.size};
      out.parts.push_back({file, member.size, member.data, member.packed});
    }
    places.emplace(member.name.substr(folder.size() + 5), place);
  }
  if (pickle->size > kMostPickle) return {{}, file_fault(path, "its data.pkl is larger than 64 MiB")};
  Result<std::string> bytes = zip_read(file, *pickle);
  if (!bytes) return {{}, std::move(bytes.fault)};
  const std::string source = path + ": data.pkl";
  Result<PickleTree> tree = read_pickle(*bytes.value, 0, source);
  if (!tree) return {{}, std::move(tree.fault)};
  return place_tensors(*tree.value, source, std::move(out), places);
}

/// The five pickles with which a file of the old format begins.
struct OldHead {
  PickleTree object;
  std::vector<std::string_view> keys;  // of the storages that follow, in their order
  std::size_t end = 0;
};

Result<OldHead> read_old_head(std::string_view bytes, const std::string& path) {
  // 0x1950a86a20f9469cfc6c, as PyTorch pickles it.
  constexpr std::string_view kMagic("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.", 15);
  const auto refuse = [&](std::size_t at, std::string_view why) {
    return Result<OldHead>{{}, file_fault(path, fmt::format("byte {}: {}", at, why))};
  };
  if (!bytes.starts_with(kMagic))
    return refuse(0, "a pickle without PyTorch's magic number, expected a file of torch.save");
  const Result<PickleTree> version = read_pickle(bytes, kMagic.size(), path);
  if (!version) return {{}, version.fault};
  const PickleValue& number = version.value->values[version.value->root];
  if (number.kind != ValueKind::Int || number.number != kOldVersion)
    return refuse(kMagic.size(), "another version of PyTorch's format, expected 1001");
  const Result<PickleTree> machine = read_pickle(bytes, version.value->end, path);
  if (!machine) return {{}, machine.fault};
  const ValueId* little = machine.value->find(machine.value->root, "little_endian");
  if (!little || machine.value->values[*little].number != 1)
    return refuse(version.value->end, "was written on a big-endian machine");
  Result<PickleTree> object = read_pickle(bytes, machine.value->end, path);
  if (!object) return {{}, std::move(object.fault)};
  const Result<PickleTree> keys = read_pickle(bytes, object.value->end, path);
  if (!keys) return {{}, keys.fault};
  if (keys.value->values[keys.value->root].kind != ValueKind::List)
    return refuse(object.value->end, "no list of storages");
  OldHead head;
  for (const ValueId key : keys.value->items_of(keys.value->root)) head.keys.push_back(keys.value->text(key));
  head.end = keys.value->end;
  head.object = std::move(*object.value);
  return {std::move(head), {}};
}

// Behind the pickles, each storage: its length and its bytes.
Result<WeightFile> read_old_format(const OpenFile& file) {
  const std::string& path = file.path;
  const std::uint64_t size = file.size;
  Result<std::string> bytes = read_range(file, 0, kMostPickle);
  if (!bytes) return {{}, std::move(bytes.fault)};
  Result<OldHead> head = read_old_head(*bytes.value, path);
  if (!head) return {{}, std::move(head.fault)};
  std::map<std::string_view, std::uint64_t> widths;
  for (const PickledStorage& storage : head.value->object.storages)
    widths[storage.key] = types::byte_size(storage.dtype);
  Places places;
  std::uint64_t offset = head.value->end;
  for (const std::string_view key : head.value->keys) {
    const auto refuse = [&](std::string_view why) {
      return Result<WeightFile>{{}, file_fault(path, fmt::format("byte {}: storage `{}` {}", offset, key, why))};
    };
    const auto width = widths.find(key);
    if (width == widths.end()) return refuse("is of no tensor, so that its type is unknown");
    Result<std::string> length = read_range(file, offset, 8);
    if (!length) return {{}, std::move(length.fault)};
    if (length.value->size() < 8) return refuse(fmt::format("begins at the end of the file: it is cut off"));
    std::uint64_t elements = 0;
    for (std::size_t k = 8; k-- > 0;) elements = elements << 8 | static_cast<unsigned char>((*length.value)[k]);
    offset += 8;
    if (elements > (size - offset) / width->second)
      return refuse(fmt::format("has {} elements, but the file ends at byte {}: it is cut off", elements, size));
    if (!places.emplace(key, Place{0, offset, elements * width->second}).second) return refuse("stands twice");
    offset += elements * width->second;
  }
  return place_tensors(head.value->object, path, empty_file(file, "PyTorch before 1.6"), places);
}

}  // namespace

Result<WeightFile> read_torch_header(const OpenFile& file) {
  Result<std::string> start = read_range(file, 0, 2);
  if (!start) return {{}, std::move(start.fault)};
  return *start.value == "PK" ? read_zip_format(file) : read_old_format(file);
}

}  // namespace modelc::formats
