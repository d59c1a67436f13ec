#include "formats/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "formats/file_bytes.h"

namespace modelc::formats {
namespace {

using types::DType;

constexpr std::uint64_t kMostHeader = 100'000'000;
constexpr std::size_t kMostRank = 64;

constexpr std::pair<std::string_view, DType> kWords[] = {
    {"F64", DType::Float64}, {"F32", DType::Float32}, {"F16", DType::Float16}, {"BF16", DType::BFloat16},
    {"I64", DType::Int64},   {"I32", DType::Int32},   {"I16", DType::Int16},   {"I8", DType::Int8},
    {"U8", DType::UInt8},    {"BOOL", DType::Bool},
};

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The header's JSON has a fixed depth, so the reader is a plain descent through it: whatever nests deeper is refused
// where it begins.
class HeaderReader {
 public:
  HeaderReader(std::string_view json, const std::string& file) : json_(json), file_(file) {}

  bool read(WeightFile& out) {
    if (json_.empty() || json_[0] != '{') return fail("expected `{`, with which a header begins");
    std::set<std::string, std::less<>> names;
    if (!object([&](const std::string& key, std::size_t at) {
          tensor_.clear();
          if (!names.insert(key).second) return fail_at(at, fmt::format("the name `{}` stands twice", key));
          if (key == "__metadata__") return metadata(out);
          tensor_ = key;
          return entry(out);
        }))
      return false;
    tensor_.clear();
    skip();
    if (at_ != json_.size()) return fail("text after the header's last `}`, expected spaces only");
    return true;
  }

  const Fault& fault() const { return fault_; }

 private:
  bool fail(std::string rule) { return fail_at(at_, std::move(rule)); }
  bool fail_at(std::size_t at, std::string rule) {
    const std::string tensor = tensor_.empty() ? "" : fmt::format(", tensor `{}`", tensor_);
    fault_ = file_fault(file_, fmt::format("byte {}{}: {}", at + 8, tensor, rule));
    return false;
  }

  void skip() {
    while (at_ < json_.size() && (json_[at_] == ' ' || json_[at_] == '\t' || json_[at_] == '\n' || json_[at_] == '\r'))
      ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= json_.size() || json_[at_] != c) return false;
    ++at_;
    return true;
  }

  template <class Entry>
  bool object(Entry each) {
    if (!take('{')) return fail("expected `{`");
    if (take('}')) return true;
    do {
      skip();
      const std::size_t at = at_;
      std::string key;
      if (!text(key)) return false;
      if (!take(':')) return fail("expected `:` after a name");
      if (!each(key, at)) return false;
    } while (take(','));
    if (!take('}')) return fail("expected `,` or `}`");
    return true;
  }

  bool hex4(std::uint32_t& code) {
    code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ >= json_.size()) return fail("a string ends within an escape");
      const char c = json_[at_];
      if (c >= '0' && c <= '9') code = code << 4 | static_cast<std::uint32_t>(c - '0');
      else if ((c | 32) >= 'a' && (c | 32) <= 'f') code = code << 4 | static_cast<std::uint32_t>((c | 32) - 'a' + 10);
      else return fail("expected four hexadecimal digits after \\u");
    }
    return true;
  }

  bool escape(std::string& out) {
    if (at_ >= json_.size()) return fail("a string ends within an escape");
    const char c = json_[at_++];
    constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    if (const std::size_t i = kFrom.find(c); i != std::string_view::npos) {
      out += kTo[i];
      return true;
    }
    if (c != 'u') return fail("an unknown escape in a string");
    std::uint32_t code = 0, low = 0;
    if (!hex4(code)) return false;
    if (code >= 0xDC00 && code < 0xE000) return fail("half a surrogate pair");
    if (code >= 0xD800 && code < 0xDC00) {
      if (json_.substr(at_, 2) != "\\u") return fail("half a surrogate pair");
      at_ += 2;
      if (!hex4(low)) return false;
      if (low < 0xDC00 || low >= 0xE000) return fail("half a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(out, code);
    return true;
  }

  bool text(std::string& out) {
    if (!take('"')) return fail("expected a string");
    while (at_ < json_.size()) {
      const char c = json_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return fail("a control character in a string");
      ++at_;
      if (c != '\\') out += c;
      else if (!escape(out)) return false;
    }
    return fail("a string is never closed");
  }

  bool integer(std::uint64_t& value) {
    skip();
    const std::size_t begin = at_;
    value = 0;
    while (at_ < json_.size() && json_[at_] >= '0' && json_[at_] <= '9') {
      const auto digit = static_cast<std::uint64_t>(json_[at_] - '0');
      if (__builtin_mul_overflow(value, std::uint64_t{10}, &value) || __builtin_add_overflow(value, digit, &value))
        return fail_at(begin, "a number beyond 64 bits");
      ++at_;
    }
    if (at_ == begin) return fail("expected an integer of at least 0");
    if (at_ - begin > 1 && json_[begin] == '0') return fail_at(begin, "a number with a leading 0");
    if (at_ < json_.size() && (json_[at_] == '.' || json_[at_] == 'e' || json_[at_] == 'E'))
      return fail_at(begin, "a fraction, expected an integer");
    return true;
  }

  bool integers(std::vector<std::uint64_t>& values, std::size_t most) {
    if (!take('[')) return fail("expected `[`");
    if (take(']')) return true;
    do {
      if (values.size() == most) return fail(fmt::format("more than {} numbers in a list", most));
      std::uint64_t value = 0;
      if (!integer(value)) return false;
      values.push_back(value);
    } while (take(','));
    if (!take(']')) return fail("expected `,` or `]`");
    return true;
  }

  bool metadata(WeightFile& out) {
    return object([&](const std::string& key, std::size_t at) {
      std::string value;
      skip();
      if (at_ < json_.size() && json_[at_] != '"')
        return fail(fmt::format("the value of `{}` in __metadata__ is no string", key));
      if (!text(value)) return false;
      if (!out.metadata.emplace(key, std::move(value)).second)
        return fail_at(at, fmt::format("the name `{}` stands twice in __metadata__", key));
      return true;
    });
  }

  bool entry(WeightFile& out) {
    TensorEntry tensor;
    tensor.name = tensor_;
    std::vector<std::uint64_t> shape, offsets;
    bool has_dtype = false, has_shape = false, has_offsets = false;
    const std::size_t begin = at_;
    if (!object([&](const std::string& key, std::size_t at) {
          bool* seen = key == "dtype"          ? &has_dtype
                       : key == "shape"        ? &has_shape
                       : key == "data_offsets" ? &has_offsets
                                               : nullptr;
          if (!seen) return fail_at(at, fmt::format("unknown key `{}`, expected dtype, shape and data_offsets", key));
          if (*seen) return fail_at(at, fmt::format("the key `{}` stands twice", key));
          *seen = true;
          if (seen == &has_shape) return integers(shape, kMostRank);
          if (seen == &has_offsets) return integers(offsets, 2);
          skip();
          const std::size_t place = at_;
          std::string word;
          if (!text(word)) return false;
          for (const auto& [name, dtype] : kWords)
            if (name == word) {
              tensor.dtype = dtype;
              return true;
            }
          return fail_at(place, fmt::format("dtype `{}` is none of F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL", word));
        }))
      return false;
    if (!has_dtype || !has_shape || !has_offsets)
      return fail_at(begin, fmt::format("`{}` is missing", !has_dtype   ? "dtype"
                                                           : !has_shape ? "shape"
                                                                        : "data_offsets"));
    if (offsets.size() != 2) return fail_at(begin, fmt::format("{} data_offsets, expected 2", offsets.size()));
    if (offsets[1] < offsets[0])
      return fail_at(begin, fmt::format("data_offsets [{}, {}] are reversed", offsets[0], offsets[1]));
    std::uint64_t bytes = types::byte_size(tensor.dtype);
    bool empty = false;
    for (std::uint64_t size : shape) {
      empty = empty || size == 0;
      if (size > static_cast<std::uint64_t>(INT64_MAX))
        return fail_at(begin, fmt::format("size {} is beyond 63 bits", size));
      tensor.shape.push_back(static_cast<std::int64_t>(size));
    }
    for (std::uint64_t size : shape)
      if (!empty && __builtin_mul_overflow(bytes, size, &bytes))
        return fail_at(begin, "the product of its shape overflows 64 bits");
    if (empty) bytes = 0;
    if (offsets[1] - offsets[0] != bytes)
      return fail_at(begin, fmt::format("{} bytes between its data_offsets [{}, {}], {} needs {}",
                                        offsets[1] - offsets[0], offsets[0], offsets[1], tensor.type(), bytes));
    tensor.offset = offsets[0];
    tensor.bytes = bytes;
    out.tensors.push_back(std::move(tensor));
    return true;
  }

  std::string_view json_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::string tensor_;
  Fault fault_;
};

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\', out += c;
    else if (static_cast<unsigned char>(c) < 0x20) out += fmt::format("\\u{:04x}", static_cast<int>(c));
    else out += c;
  }
  out += '"';
}

}  // namespace

std::string TensorEntry::type() const {
  return fmt::format("{}[{}]", types::dtype_word(dtype), fmt::join(shape, ", "));
}

const TensorEntry* WeightFile::find(std::string_view name) const {
  for (const TensorEntry& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

std::string_view safetensors_word(DType dtype) {
  for (const auto& [word, known] : kWords)
    if (known == dtype) return word;
  return "F32";
}

Result<WeightFile> parse_safetensors_header(std::string_view start, std::uint64_t size, const std::string& file) {
  const auto refuse = [&](std::string rule) { return Result<WeightFile>{{}, file_fault(file, std::move(rule))}; };
  if (start.size() < 8)
    return refuse(fmt::format("byte 0: {} bytes, expected the 8 of a header's length", start.size()));
  std::uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(start[static_cast<std::size_t>(i)]);
  if (length < 2) return refuse(fmt::format("byte 0: a header of {} bytes, expected at least 2", length));
  if (length > kMostHeader)
    return refuse(
        fmt::format("byte 0: a header of {} bytes, expected at most 100,000,000; is this a safetensors file?", length));
  if (length > size - 8 || start.size() - 8 < length)
    return refuse(
        fmt::format("byte 0: a header of {} bytes, but the file ends at byte {}: it is cut off", length, size));
  const std::string_view json = start.substr(8, length);
  if (const std::size_t bad = find_bad_utf8(json); bad != std::string_view::npos)
    return refuse(fmt::format("byte {}: the header is not UTF-8", bad + 8));
  WeightFile out;
  out.file = file;
  HeaderReader reader(json, file);
  if (!reader.read(out)) return {{}, reader.fault()};
  std::stable_sort(out.tensors.begin(), out.tensors.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.bytes < b.bytes;
  });
  std::uint64_t end = 0;
  const std::uint64_t data = 8 + length, available = size - data;
  for (TensorEntry& tensor : out.tensors) {
    if (tensor.offset != end)
      return refuse(fmt::format("byte {}, tensor `{}`: data begin at {}, expected {}: {}",
                                data + std::min(tensor.offset, available), tensor.name, tensor.offset, end,
                                tensor.offset < end ? "two tensors overlap" : "a hole between two tensors"));
    end = tensor.offset + tensor.bytes;
    if (end < tensor.offset || end > available)
      return refuse(fmt::format("byte {}, tensor `{}`: data end at {}, but the file ends at byte {}: it is cut off",
                                size, tensor.name,
                                fmt::format("byte {}", end < tensor.offset ? UINT64_MAX : data + end), size));
    tensor.offset += data;
  }
  if (end != available)
    return refuse(fmt::format("byte {}: {} bytes after the last tensor", data + end, available - end));
  return {std::move(out), {}};
}

Result<WeightFile> read_safetensors_header(const std::string& path) {
  Result<OpenFile> file = open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  return read_safetensors_header(*file.value);
}

Result<WeightFile> read_safetensors_header(const OpenFile& file) {
  Result<std::string> start = read_range(file, 0, 8);
  if (!start) return {{}, std::move(start.fault)};
  std::uint64_t length = 0;
  for (std::size_t i = start.value->size(); i-- > 0;)
    length = length << 8 | static_cast<unsigned char>((*start.value)[i]);
  if (start.value->size() == 8 && length <= kMostHeader) {
    start = read_range(file, 0, static_cast<std::size_t>(8 + length));
    if (!start) return {{}, std::move(start.fault)};
  }
  Result<WeightFile> out = parse_safetensors_header(*start.value, file.size, file.path);
  if (out) out.value->opened = file;
  return out;
}

std::string make_safetensors_header(std::vector<TensorEntry>& tensors,
                                    const std::map<std::string, std::string>& metadata) {
  std::string json = "{";
  if (!metadata.empty()) {
    json += "\"__metadata__\":{";
    bool first = true;
    for (const auto& [key, value] : metadata) {
      if (!first) json += ',';
      first = false;
      append_json(json, key);
      json += ':';
      append_json(json, value);
    }
    json += '}';
  }
  std::uint64_t offset = 0;
  for (TensorEntry& tensor : tensors) {
    tensor.bytes = types::byte_size(tensor.dtype);
    for (std::int64_t size : tensor.shape) tensor.bytes *= static_cast<std::uint64_t>(size);
    tensor.offset = offset;
    offset += tensor.bytes;
    if (json.size() > 1) json += ',';
    append_json(json, tensor.name);
    json += fmt::format(":{{\"dtype\":\"{}\",\"shape\":[{}],\"data_offsets\":[{},{}]}}", safetensors_word(tensor.dtype),
                        fmt::join(tensor.shape, ","), tensor.offset, offset);
  }
  json += '}';
  json.append((64 - (json.size() + 8) % 64) % 64, ' ');
  std::string header;
  for (int i = 0; i < 8; ++i) header += static_cast<char>(json.size() >> (8 * i) & 0xFF);
  for (TensorEntry& tensor : tensors) tensor.offset += 8 + json.size();
  return header + json;
}

}  // namespace modelc::formats
