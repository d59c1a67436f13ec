#include "formats/arrays.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/file_bytes.h"
#include "formats/zip.h"
#include "types/dtype.h"

namespace modelc::formats {
namespace {

using types::DType;

constexpr std::size_t kMostHeader = (1 << 20) + 16;

struct NpyHeader {
  DType dtype = DType::Float32;
  bool big_endian = false;
  bool fortran = false;
  std::vector<std::int64_t> shape;
  std::size_t data = 0;
  std::uint64_t bytes = 0;
};

// The value behind `'key':` in the header's Python dict; empty where it is missing.
std::string_view value_of(std::string_view dict, std::string_view key) {
  for (char quote : {'\'', '"'}) {
    const std::string quoted = fmt::format("{}{}{}", quote, key, quote);
    std::size_t at = dict.find(quoted);
    if (at == std::string_view::npos) continue;
    at = dict.find_first_not_of(": ", at + quoted.size());
    return at == std::string_view::npos ? std::string_view{} : dict.substr(at);
  }
  return {};
}

bool parse_shape(std::string_view text, std::vector<std::int64_t>& shape) {
  if (text.empty() || text[0] != '(') return false;
  std::size_t at = 1;
  while (at < text.size() && text[at] != ')') {
    if (text[at] == ' ' || text[at] == ',') {
      ++at;
      continue;
    }
    std::int64_t size = 0;
    const std::size_t begin = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      if (__builtin_mul_overflow(size, std::int64_t{10}, &size) ||
          __builtin_add_overflow(size, std::int64_t{text[at] - '0'}, &size))
        return false;
    if (at == begin || shape.size() == 64) return false;
    if (at < text.size() && text[at] == 'L') ++at;  // Python 2
    shape.push_back(size);
  }
  return at < text.size();
}

Result<NpyHeader> parse_npy(std::string_view bytes, const std::string& what) {
  const auto refuse = [&](std::string why) { return Result<NpyHeader>{{}, file_fault(what, std::move(why))}; };
  if (bytes.size() < 10 || bytes.substr(0, 6) != "\x93NUMPY") return refuse("does not begin as a .npy file does");
  const int major = static_cast<unsigned char>(bytes[6]);
  if (major < 1 || major > 3) return refuse(fmt::format("version {} of the .npy format, expected 1, 2 or 3", major));
  const std::size_t width = major == 1 ? 2 : 4;
  if (bytes.size() < 8 + width) return refuse("ends within its header: the file is cut off");
  std::uint64_t length = 0;
  for (std::size_t i = width; i-- > 0;) length = length << 8 | static_cast<unsigned char>(bytes[8 + i]);
  NpyHeader header;
  header.data = 8 + width + length;
  if (length > (1 << 20)) return refuse(fmt::format("a header of {} bytes, expected at most 1 MiB", length));
  if (header.data > bytes.size()) return refuse("ends within its header: the file is cut off");
  const std::string_view dict = bytes.substr(8 + width, length);
  std::string_view descr = value_of(dict, "descr");
  if (descr.size() < 4 || (descr[0] != '\'' && descr[0] != '"'))
    return refuse("its elements are records, expected numbers");
  const std::size_t close = descr.find(descr[0], 1);
  if (close == std::string_view::npos) return refuse("a broken header");
  descr = descr.substr(1, close - 1);
  const std::string_view word =
      !descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string_view::npos ? descr.substr(1) : descr;
  if (word == "O") return refuse("holds pickled objects, which are never read");
  const types::DTypeRow* known = types::find_dtype(&types::DTypeRow::npy, word);
  if (!known) return refuse(fmt::format("dtype `{}` is none of f4 f8 f2 i8 i4 i2 i1 u1 b1", descr));
  header.dtype = known->dtype;
  header.big_endian = descr[0] == '>';
  header.fortran = value_of(dict, "fortran_order").starts_with("True");
  if (!parse_shape(value_of(dict, "shape"), header.shape)) return refuse("a broken shape in its header");
  header.bytes = types::byte_size(header.dtype);
  bool empty = false;
  for (std::int64_t size : header.shape) empty = empty || size == 0;
  for (std::int64_t size : header.shape)
    if (!empty && __builtin_mul_overflow(header.bytes, static_cast<std::uint64_t>(size), &header.bytes))
      return refuse("its shape overflows 64 bits");
  if (empty) header.bytes = 0;
  return {std::move(header), {}};
}

// Column-major to row-major: the k-th element of the result is found by its index.
std::string to_row_major(const std::string& bytes, const std::vector<std::int64_t>& shape, std::size_t width) {
  std::string out(bytes.size(), '\0');
  std::vector<std::int64_t> index(shape.size(), 0), stride(shape.size(), 1);
  for (std::size_t d = 1; d < shape.size(); ++d) stride[d] = stride[d - 1] * shape[d - 1];
  for (std::size_t at = 0; at + width <= out.size(); at += width) {
    std::int64_t from = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) from += index[d] * stride[d];
    bytes.copy(out.data() + at, width, static_cast<std::size_t>(from) * width);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d]) break;
      index[d] = 0;
    }
  }
  return out;
}

Result<Array> array_from(std::string bytes, std::uint64_t size, const std::string& what, bool header_only) {
  Result<NpyHeader> header = parse_npy(bytes, what);
  if (!header) return {{}, std::move(header.fault)};
  if (size < header.value->data || size - header.value->data != header.value->bytes)
    return {
        {},
        file_fault(what, fmt::format("{} bytes of data, its header asks for {}",
                                     size - std::min<std::uint64_t>(size, header.value->data), header.value->bytes))};
  Array array;
  array.dtype = header.value->dtype;
  array.shape = header.value->shape;
  const bool native = !header.value->big_endian || types::byte_size(array.dtype) == 1;
  if (native && (!header.value->fortran || array.shape.size() < 2)) array.begin = header.value->data;
  if (header_only) return {std::move(array), {}};
  array.bytes = bytes.substr(header.value->data);
  const std::size_t width = types::byte_size(array.dtype);
  if (header.value->big_endian)
    for (std::size_t i = 0; width > 1 && i + width <= array.bytes.size(); i += width)
      for (std::size_t k = 0; k < width / 2; ++k) std::swap(array.bytes[i + k], array.bytes[i + width - 1 - k]);
  if (header.value->fortran && array.shape.size() > 1) array.bytes = to_row_major(array.bytes, array.shape, width);
  return {std::move(array), {}};
}

std::string array_name(const ZipMember& member) {
  return member.name.ends_with(".npy") ? member.name.substr(0, member.name.size() - 4) : member.name;
}

Result<Schema> schema_of(const std::string& file, const std::vector<Array>& arrays,
                         const std::vector<std::string>& files) {
  Schema schema;
  std::string first;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const Array& array = arrays[i];
    const std::string& where = files.empty() ? file : files[i];
    if (array.shape.empty()) return {{}, file_fault(where, fmt::format("`{}` is a scalar, expected rows", array.name))};
    if (schema.rows < 0) schema.rows = array.shape[0], first = array.name;
    if (array.shape[0] != schema.rows)
      return {{},
              file_fault(where,
                         fmt::format("`{}` has {} rows, `{}` has {}", array.name, array.shape[0], first, schema.rows))};
    schema.columns.push_back({array.name, array.dtype, {array.shape.begin() + 1, array.shape.end()}, false, false});
  }
  if (schema.columns.empty()) return {{}, file_fault(file, "holds no arrays")};
  if (schema.rows == 0) return {{}, file_fault(file, "has no rows")};
  return {std::move(schema), {}};
}

}  // namespace

Result<Array> read_npy(const std::string& path, bool header_only) {
  Result<OpenFile> file = open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  const std::uint64_t size = file.value->size;
  if (size > kMostBytes && !header_only) return {{}, file_fault(path, "is larger than 4 GiB")};
  Result<std::string> bytes = read_range(*file.value, 0, header_only ? kMostHeader : kMostBytes);
  if (!bytes) return {{}, std::move(bytes.fault)};
  return array_from(std::move(*bytes.value), size, path, header_only);
}

Result<std::vector<Array>> read_npz(const std::string& path, bool header_only) {
  Result<OpenFile> file = open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  Result<std::vector<ZipMember>> members = zip_directory(*file.value);
  if (!members) return {{}, std::move(members.fault)};
  std::vector<Array> arrays;
  for (const ZipMember& member : *members.value) {
    Result<std::string> bytes = zip_read(*file.value, member, header_only ? kMostHeader : SIZE_MAX);
    if (!bytes) return {{}, std::move(bytes.fault)};
    Result<Array> array =
        array_from(std::move(*bytes.value), member.size, fmt::format("{}: `{}`", path, member.name), header_only);
    if (!array) return {{}, std::move(array.fault)};
    array.value->name = array_name(member);
    arrays.push_back(std::move(*array.value));
  }
  return {std::move(arrays), {}};
}

std::string npy_header(DType dtype, const std::vector<std::int64_t>& shape) {
  const std::string_view word = types::dtype_row(dtype).npy;
  std::string dict =
      fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}",
                  types::byte_size(dtype) == 1 ? '|' : '<', word, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  dict.append(63 - (10 + dict.size()) % 64, ' ');
  dict += '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(dict.size() & 0xFF);
  header += static_cast<char>(dict.size() >> 8);
  return header + dict;
}

std::string make_npz(const std::vector<Array>& arrays) {
  std::vector<std::pair<std::string, std::string>> members;
  for (const Array& array : arrays)
    members.emplace_back(array.name + ".npy", npy_header(array.dtype, array.shape) + array.bytes);
  return make_zip(members);
}

std::uint64_t PlacedArray::bytes() const {
  std::uint64_t count = types::byte_size(dtype);
  for (const std::int64_t size : shape) count *= static_cast<std::uint64_t>(size);
  return count;
}

Result<std::vector<PlacedArray>> place_npy(const std::string& name, const std::string& path) {
  Result<OpenFile> file = open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  Result<std::string> bytes = read_range(*file.value, 0, kMostHeader);
  if (!bytes) return {{}, std::move(bytes.fault)};
  Result<Array> array = array_from(std::move(*bytes.value), file.value->size, path, true);
  if (!array) return {{}, std::move(array.fault)};
  std::vector<PlacedArray> placed;
  if (array.value->begin)
    placed.push_back({name, array.value->dtype, array.value->shape, *file.value, *array.value->begin});
  return {std::move(placed), {}};
}

Result<std::vector<PlacedArray>> place_npz(const std::string& path) {
  Result<OpenFile> file = open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  Result<std::vector<ZipMember>> members = zip_directory(*file.value);
  if (!members) return {{}, std::move(members.fault)};
  std::vector<PlacedArray> placed;
  for (const ZipMember& member : *members.value) {
    if (member.deflated) return {std::vector<PlacedArray>{}, {}};
    Result<std::string> bytes = zip_read(*file.value, member, kMostHeader);
    if (!bytes) return {{}, std::move(bytes.fault)};
    Result<Array> array =
        array_from(std::move(*bytes.value), member.size, fmt::format("{}: `{}`", path, member.name), true);
    if (!array) return {{}, std::move(array.fault)};
    if (!array.value->begin) return {std::vector<PlacedArray>{}, {}};
    placed.push_back(
        {array_name(member), array.value->dtype, array.value->shape, *file.value, member.data + *array.value->begin});
  }
  return {std::move(placed), {}};
}

Result<std::vector<PlacedArray>> place_safetensors(const std::string& path) {
  Result<OpenFile> file = open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  Result<WeightFile> header = read_safetensors_header(*file.value);
  if (!header) return {{}, std::move(header.fault)};
  std::vector<PlacedArray> placed;
  for (const TensorEntry& tensor : header.value->tensors)
    placed.push_back({tensor.name, tensor.dtype, tensor.shape, *file.value, tensor.offset});
  return {std::move(placed), {}};
}

Result<Schema> inspect_npy(const std::vector<std::string>& names, const std::vector<std::string>& files) {
  std::vector<Array> arrays;
  for (std::size_t i = 0; i < files.size(); ++i) {
    Result<Array> array = read_npy(files[i], true);
    if (!array) return {{}, std::move(array.fault)};
    array.value->name = i < names.size() ? names[i] : std::to_string(i);
    arrays.push_back(std::move(*array.value));
  }
  return schema_of(files.empty() ? "npy" : files[0], arrays, files);
}

Result<Schema> inspect_npz(const std::string& path) {
  Result<std::vector<Array>> arrays = read_npz(path, true);
  if (!arrays) return {{}, std::move(arrays.fault)};
  return schema_of(path, *arrays.value, {});
}

Result<Schema> inspect_safetensors(const std::string& path) {
  Result<WeightFile> header = read_safetensors_header(path);
  if (!header) return {{}, std::move(header.fault)};
  std::vector<Array> arrays;
  for (const TensorEntry& tensor : header.value->tensors)
    arrays.push_back({tensor.name, tensor.dtype, tensor.shape, {}});
  return schema_of(path, arrays, {});
}

}  // namespace modelc::formats
