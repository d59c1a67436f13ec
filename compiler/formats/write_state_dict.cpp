#include <limits>

#include "formats/pickle.h"
#include "types/dtype.h"

namespace modelc::formats {
namespace {

constexpr std::string_view kOrderedDict = "ccollections\nOrderedDict\n)R";

void put(std::string& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

void put_text(std::string& out, std::string_view text) {
  out += 'X';
  put(out, text.size(), 4);
  out += text;
}

void put_int(std::string& out, std::int64_t value) {
  if (value <= std::numeric_limits<std::int32_t>::max()) {
    out += 'J';
    return put(out, static_cast<std::uint64_t>(value), 4);
  }
  out += "\x8a\x08";
  put(out, static_cast<std::uint64_t>(value), 8);
}

void put_tuple(std::string& out, const std::vector<std::int64_t>& values) {
  out += '(';
  for (const std::int64_t value : values) put_int(out, value);
  out += 't';
}

std::vector<std::int64_t> row_major(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * std::max<std::int64_t>(shape[d], 1);
  return strides;
}

/// What is set on the dict before: `{"_metadata": OrderedDict(path: {"version": n})}`.
void put_versions(std::string& out, const ModuleVersions& versions) {
  out += '}';
  put_text(out, "_metadata");
  out += kOrderedDict;
  out += '(';
  for (const auto& [path, version] : versions) {
    put_text(out, path);
    out += '}';
    put_text(out, "version");
    put_int(out, version);
    out += 's';
  }
  out += "usb";
}

}  // namespace

std::string make_state_dict(const std::vector<TensorEntry>& tensors, const ModuleVersions& versions) {
  std::string out("\x80\x02");
  out += kOrderedDict;
  out += '(';
  for (const TensorEntry& tensor : tensors) {
    put_text(out, tensor.name);
    out += "ctorch._utils\n_rebuild_tensor_v2\n((";
    put_text(out, "storage");
    out += "ctorch\n";
    out += types::dtype_row(tensor.dtype).storage;
    out += '\n';
    put_text(out, std::to_string(tensor.part));
    put_text(out, "cpu");
    put_int(out, static_cast<std::int64_t>(tensor.elements()));
    out += "tQ";  // of the storage; behind it: offset, shape, strides, no gradient, no hooks
    put_int(out, 0);
    put_tuple(out, tensor.shape);
    put_tuple(out, row_major(tensor.shape));
    out += '\x89';
    out += kOrderedDict;
    out += "tR";
  }
  out += 'u';
  put_versions(out, versions);
  return out + '.';
}

}  // namespace modelc::formats
