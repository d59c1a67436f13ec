#include <fmt/format.h>

#include "formats/arrays.h"
#include "formats/file_bytes.h"

namespace modelc::formats {
namespace {

using types::DType;

struct IdxHeader {
  DType dtype = DType::UInt8;
  std::vector<std::int64_t> sizes;
  std::size_t data = 0;     // offset of the first element
  std::uint64_t bytes = 0;  // of all elements
};

std::optional<DType> idx_dtype(unsigned char code) {
  switch (code) {
    case 0x08:
      return DType::UInt8;
    case 0x09:
      return DType::Int8;
    case 0x0B:
      return DType::Int16;
    case 0x0C:
      return DType::Int32;
    case 0x0D:
      return DType::Float32;
    case 0x0E:
      return DType::Float64;
    default:
      return std::nullopt;
  }
}

Result<IdxHeader> parse_header(const std::string& path, std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 4)
    return {{}, file_fault(path, fmt::format("{} bytes, expected an idx file of at least 4", bytes.size()))};
  if (at(0) != 0 || at(1) != 0)
    return {
        {},
        file_fault(path, fmt::format("begins with {:02x} {:02x}, expected the 00 00 of an idx file", at(0), at(1)))};
  IdxHeader header;
  const std::optional<DType> dtype = idx_dtype(at(2));
  if (!dtype)
    return {{},
            file_fault(path, fmt::format("element type {:02x} at byte 2 is none of idx's (08 09 0b 0c 0d 0e)", at(2)))};
  header.dtype = *dtype;
  const std::size_t rank = at(3);
  if (rank == 0 || rank > 8)
    return {{}, file_fault(path, fmt::format("{} dimensions at byte 3, expected 1 to 8", rank))};
  header.data = 4 + 4 * rank;
  if (bytes.size() < header.data) return {{}, file_fault(path, "ends within its header: the file is cut off")};
  header.bytes = types::byte_size(header.dtype);
  for (std::size_t d = 0; d < rank; ++d) {
    std::uint32_t size = 0;
    for (std::size_t k = 0; k < 4; ++k) size = size << 8 | at(4 + 4 * d + k);
    if (size == 0) return {{}, file_fault(path, fmt::format("dimension {} is 0, expected at least 1", d))};
    if (__builtin_mul_overflow(header.bytes, std::uint64_t{size}, &header.bytes) || header.bytes > kMostBytes)
      return {{}, file_fault(path, "its sizes ask for more than 4 GiB")};
    header.sizes.push_back(size);
  }
  return {std::move(header), {}};
}

Result<Column> read_one(const std::string& path, const std::string& name) {
  Result<std::string> bytes = read_bytes(path);
  if (!bytes) return {{}, std::move(bytes.fault)};
  Result<IdxHeader> header = parse_header(path, *bytes.value);
  if (!header) return {{}, std::move(header.fault)};
  const std::uint64_t have = bytes.value->size() - header.value->data;
  if (have != header.value->bytes)
    return {{},
            file_fault(path, fmt::format("{} bytes of data, its header asks for {}: the file is {}", have,
                                         header.value->bytes, have < header.value->bytes ? "cut off" : "too long"))};
  Column column;
  column.type.name = name;
  column.type.dtype = header.value->dtype;
  column.type.shape.assign(header.value->sizes.begin() + 1, header.value->sizes.end());
  column.bytes.assign(bytes.value->begin() + static_cast<std::ptrdiff_t>(header.value->data), bytes.value->end());
  const std::size_t width = types::byte_size(header.value->dtype);
  if (width > 1)
    for (std::size_t i = 0; i + width <= column.bytes.size(); i += width)
      for (std::size_t k = 0; k < width / 2; ++k) std::swap(column.bytes[i + k], column.bytes[i + width - 1 - k]);
  return {std::move(column), {}};
}

std::optional<Fault> check_pair(const std::string& images, std::int64_t image_count, std::size_t image_rank,
                                const std::string& labels, std::int64_t label_count, std::size_t label_rank) {
  if (image_rank < 2) return file_fault(images, "has one dimension, expected images; are the two files swapped?");
  if (label_rank != 1)
    return file_fault(labels,
                      fmt::format("has {} dimensions, expected 1 for labels; are the two files swapped?", label_rank));
  if (image_count != label_count)
    return file_fault(labels, fmt::format("{} labels, but {} images in {}", label_count, image_count, images));
  return std::nullopt;
}

bool is_plain(const OpenFile& file) {
  const Result<std::string> start = read_range(file, 0, 2);
  return start && *start.value != "\x1f\x8b";
}

}  // namespace

Result<std::vector<PlacedArray>> place_idx(const std::string& images, const std::string& labels) {
  std::vector<PlacedArray> placed;
  for (const auto& [path, name] : {std::pair(images, "image"), std::pair(labels, "label")}) {
    Result<OpenFile> file = open_file(path);
    if (!file) return {{}, std::move(file.fault)};
    Result<std::string> start = read_range(*file.value, 0, 64);
    if (!start) return {{}, std::move(start.fault)};
    if (!is_plain(*file.value)) return {std::vector<PlacedArray>{}, {}};
    Result<IdxHeader> header = parse_header(path, *start.value);
    if (!header) return {{}, std::move(header.fault)};
    // A file of another length is refused in the words of who reads all of it.
    if (types::byte_size(header.value->dtype) > 1 || file.value->size != header.value->data + header.value->bytes)
      return {std::vector<PlacedArray>{}, {}};
    placed.push_back({name, header.value->dtype, header.value->sizes, *file.value, header.value->data});
  }
  return {std::move(placed), {}};
}

Result<Schema> inspect_idx(const std::string& images, const std::string& labels) {
  IdxHeader headers[2];
  const std::string* paths[2] = {&images, &labels};
  for (int i = 0; i < 2; ++i) {
    Result<std::string> bytes = read_bytes(*paths[i], 64);
    if (!bytes) return {{}, std::move(bytes.fault)};
    Result<IdxHeader> header = parse_header(*paths[i], *bytes.value);
    if (!header) return {{}, std::move(header.fault)};
    headers[i] = std::move(*header.value);
  }
  if (auto fault = check_pair(images, headers[0].sizes[0], headers[0].sizes.size(), labels, headers[1].sizes[0],
                              headers[1].sizes.size()))
    return {{}, std::move(*fault)};
  Schema schema;
  schema.rows = headers[0].sizes[0];
  schema.columns.resize(2);
  schema.columns[0] = {"image", headers[0].dtype, {headers[0].sizes.begin() + 1, headers[0].sizes.end()}, false, false};
  schema.columns[1] = {"label", headers[1].dtype, {}, false, false};
  return {std::move(schema), {}};
}

Result<Table> read_idx(const std::string& images, const std::string& labels) {
  // The headers first: two swapped files are told before tens of megabytes are read.
  Result<Schema> schema = inspect_idx(images, labels);
  if (!schema) return {{}, std::move(schema.fault)};
  Table table;
  table.file = images;
  table.rows = schema.value->rows;
  for (const auto& [path, name] : {std::pair(images, "image"), std::pair(labels, "label")}) {
    Result<Column> column = read_one(path, name);
    if (!column) return {{}, std::move(column.fault)};
    table.columns.push_back(std::move(*column.value));
  }
  return {std::move(table), {}};
}

}  // namespace modelc::formats
