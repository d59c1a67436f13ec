#include "formats/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "formats/file_bytes.h"
#include "support/json.h"
#include "support/utf8.h"
#include "support/words.h"
#include "types/dtype.h"

namespace modelc::formats {
namespace {

constexpr std::uint64_t kMostHeader = 100'000'000;
constexpr std::size_t kMostRank = 64;

/// Walks the header and counts its bytes, so that a refusal can name one.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** latest) : at_(at), latest_(latest) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    *latest_ = at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** latest_;
};

// The header's JSON has a fixed shape, so its events are held against the few states there are: whatever else comes is
// refused where it stands, and nothing nests deeper.
class HeaderReader {
 public:
  using Json = nlohmann::json;

  HeaderReader(std::string_view json, const std::string& file, WeightFile& out)
      : json_(json), latest_(json.data()), file_(file), out_(out) {}

  bool read() {
    if (json_.empty() || json_[0] != '{') return fail("expected `{`, with which a header begins");
    const char* const end = json_.data() + json_.size();
    return Json::sax_parse(CountingIterator(json_.data(), &latest_), CountingIterator(end, &latest_), this);
  }
  const Fault& fault() const { return fault_; }

  // Events of nlohmann::json_sax.
  bool null() { return unexpected(); }
  bool boolean(bool) { return unexpected(); }
  bool binary(Json::binary_t&) { return unexpected(); }
  bool number_integer(Json::number_integer_t) { return unexpected(); }
  bool number_unsigned(Json::number_unsigned_t value) {
    if (state_ != State::Numbers) return unexpected();
    const std::size_t most = numbers_ == &shape_ ? kMostRank : 2;
    if (numbers_->size() == most) return fail(fmt::format("more than {} numbers in a list", most));
    numbers_->push_back(value);
    return true;
  }
  bool number_float(Json::number_float_t, const std::string& text) {
    if (state_ != State::Numbers) return unexpected();
    const bool whole = text.find_first_of(".eE") == std::string::npos && text[0] != '-';
    return fail(whole ? "a number beyond 64 bits" : "a fraction, expected an integer");
  }
  bool string(std::string& text) {
    if (state_ == State::MetadataValue) {
      state_ = State::Metadata;
      if (!out_.metadata.emplace(key_, text).second)
        return fail_at(key_at_, fmt::format("the name `{}` stands twice in __metadata__", key_));
      return true;
    }
    if (state_ != State::DType) return unexpected();
    state_ = State::Entry;
    const types::DTypeRow* row = types::find_dtype(&types::DTypeRow::safetensors, text);
    if (!row) return fail(fmt::format("dtype `{}` is none of F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL", text));
    tensor_.dtype = row->dtype;
    return true;
  }
  bool start_object(std::size_t) {
    switch (state_) {
      case State::Start:
        state_ = State::Names;
        return true;
      case State::Value:
        state_ = key_ == "__metadata__" ? State::Metadata : State::Entry;
        if (state_ == State::Metadata) return true;
        begin_ = place() - 1;
        tensor_ = {};
        tensor_.name = key_;
        shape_.clear();
        offsets_.clear();
        seen_ = {};
        return true;
      default:
        return unexpected();
    }
  }
  bool key(std::string& name) {
    // The colon is not read yet: what was read last is the quote behind the name.
    const std::size_t at = place() - std::min(place(), name.size() + 2);
    if (state_ == State::Names) {
      key_ = name;
      if (!names_.insert(name).second) return fail_at(at, fmt::format("the name `{}` stands twice", name));
      state_ = State::Value;
      return true;
    }
    if (state_ == State::Metadata) {
      key_ = name;
      key_at_ = at;
      state_ = State::MetadataValue;
      return true;
    }
    static constexpr support::Word<bool Seen::*> kKeys[] = {
        {"dtype", &Seen::dtype}, {"shape", &Seen::shape}, {"data_offsets", &Seen::offsets}};
    const auto known = support::meaning_of(kKeys, name);
    if (!known) return fail_at(at, fmt::format("unknown key `{}`, expected dtype, shape and data_offsets", name));
    bool* const seen = &(seen_.**known);
    if (*seen) return fail_at(at, fmt::format("the key `{}` stands twice", name));
    *seen = true;
    state_ = seen == &seen_.dtype ? State::DType : State::List;
    if (state_ == State::List) numbers_ = seen == &seen_.shape ? &shape_ : &offsets_;
    return true;
  }
  bool end_object() {
    if (state_ == State::Names) {
      state_ = State::End;
      return true;
    }
    const bool entry = state_ == State::Entry;
    state_ = State::Names;
    return !entry || finish_entry();
  }
  bool start_array(std::size_t) {
    if (state_ != State::List) return unexpected();
    state_ = State::Numbers;
    return true;
  }
  bool end_array() {
    state_ = State::Entry;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    return fail_at(position == 0 ? 0 : position - 1, expected());
  }

 private:
  enum class State { Start, Names, Value, Metadata, MetadataValue, Entry, DType, List, Numbers, End };

  std::size_t place() const { return static_cast<std::size_t>(latest_ - json_.data()); }
  bool fail(std::string rule) { return fail_at(place() == 0 ? 0 : place() - 1, std::move(rule)); }
  bool fail_at(std::size_t at, std::string rule) {
    const bool inside = state_ != State::Start && state_ != State::Names && state_ != State::End &&
                        key_ != "__metadata__" && state_ != State::Metadata && state_ != State::MetadataValue;
    const std::string tensor = inside ? fmt::format(", tensor `{}`", tensor_.name.empty() ? key_ : tensor_.name) : "";
    fault_ = file_fault(file_, fmt::format("byte {}{}: {}", at + 8, tensor, rule));
    return false;
  }
  /// What the state wants.
  std::string expected() const {
    switch (state_) {
      case State::Start:
      case State::Value:
        return "expected `{`";
      case State::Names:
      case State::Metadata:
      case State::Entry:
        return "expected a string, `,` or `}`";
      case State::MetadataValue:
        return fmt::format("the value of `{}` in __metadata__ is no string", key_);
      case State::DType:
        return "expected a string";
      case State::List:
        return "expected `[`";
      case State::Numbers:
        return "expected an integer of at least 0";
      case State::End:
        return "text after the header's last `}`, expected spaces only";
    }
    return "expected JSON";
  }
  bool unexpected() { return fail(expected()); }

  bool finish_entry() {
    state_ = State::Entry;  // a fault here is the entry's
    if (!seen_.dtype || !seen_.shape || !seen_.offsets)
      return fail_at(begin_, fmt::format("`{}` is missing", !seen_.dtype   ? "dtype"
                                                            : !seen_.shape ? "shape"
                                                                           : "data_offsets"));
    if (offsets_.size() != 2) return fail_at(begin_, fmt::format("{} data_offsets, expected 2", offsets_.size()));
    const std::uint64_t first = offsets_[0], last = offsets_[1];
    if (last < first) return fail_at(begin_, fmt::format("data_offsets [{}, {}] are reversed", first, last));
    std::uint64_t bytes = types::byte_size(tensor_.dtype);
    bool empty = false;
    for (const std::uint64_t size : shape_) {
      empty = empty || size == 0;
      if (size > static_cast<std::uint64_t>(INT64_MAX))
        return fail_at(begin_, fmt::format("size {} is beyond 63 bits", size));
      tensor_.shape.push_back(static_cast<std::int64_t>(size));
    }
    for (const std::uint64_t size : shape_)
      if (!empty && __builtin_mul_overflow(bytes, size, &bytes))
        return fail_at(begin_, "the product of its shape overflows 64 bits");
    if (empty) bytes = 0;
    if (last - first != bytes)
      return fail_at(begin_, fmt::format("{} bytes between its data_offsets [{}, {}], {} needs {}", last - first, first,
                                         last, tensor_.type(), bytes));
    tensor_.offset = first;
    tensor_.bytes = bytes;
    out_.tensors.push_back(std::move(tensor_));
    state_ = State::Names;
    return true;
  }

  std::string_view json_;
  const char* latest_;  // behind the byte that was read last
  const std::string& file_;
  WeightFile& out_;
  State state_ = State::Start;
  std::string key_;
  std::size_t key_at_ = 0, begin_ = 0;
  std::set<std::string, std::less<>> names_;
  TensorEntry tensor_;
  std::vector<std::uint64_t> shape_, offsets_;
  std::vector<std::uint64_t>* numbers_ = nullptr;
  struct Seen {
    bool dtype = false, shape = false, offsets = false;
  } seen_;  // keys of the tensor
  Fault fault_;
};

}  // namespace

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
  if (const std::size_t bad = support::find_bad_utf8(json); bad != std::string_view::npos)
    return refuse(fmt::format("byte {}: the header is not UTF-8", bad + 8));
  WeightFile out;
  out.file = file;
  out.format = "safetensors";
  HeaderReader reader(json, file, out);
  if (!reader.read()) return {{}, reader.fault()};
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
  if (out) out.value->parts.push_back({file, file.size});
  return out;
}

std::string make_safetensors_header(std::vector<TensorEntry>& tensors,
                                    const std::map<std::string, std::string>& metadata) {
  support::Json entries = support::Json::object();
  if (!metadata.empty()) entries["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (TensorEntry& tensor : tensors) {
    tensor.bytes = types::byte_size(tensor.dtype);
    for (std::int64_t size : tensor.shape) tensor.bytes *= static_cast<std::uint64_t>(size);
    tensor.offset = offset;
    offset += tensor.bytes;
    // Names are unique; looking for each among those before it would take long.
    entries.get_ref<support::Json::object_t&>().emplace_back(
        tensor.name, support::Json{{"dtype", types::dtype_row(tensor.dtype).safetensors},
                                   {"shape", tensor.shape},
                                   {"data_offsets", {tensor.offset, offset}}});
  }
  std::string json = entries.dump(-1, ' ', false, support::Json::error_handler_t::replace);
  json.append((64 - (json.size() + 8) % 64) % 64, ' ');
  std::string header;
  for (int i = 0; i < 8; ++i) header += static_cast<char>(json.size() >> (8 * i) & 0xFF);
  for (TensorEntry& tensor : tensors) tensor.offset += 8 + json.size();
  return header + json;
}

}  // namespace modelc::formats
