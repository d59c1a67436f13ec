#include "weights/contents.h"

#include <fmt/format.h>

#include <algorithm>

#include "support/json.h"
#include "types/dtype.h"

namespace modelc::weights {
namespace {

using formats::TensorEntry;
using support::json_quote;

constexpr std::size_t kShownOfValue = 60;

struct Totals {
  std::uint64_t values = 0, bytes = 0;
};

std::uint64_t bytes_of(const TensorEntry& tensor) { return tensor.elements() * types::byte_size(tensor.dtype); }

Totals totals_of(const formats::WeightFile& file) {
  Totals totals;
  for (const TensorEntry& tensor : file.tensors) totals.values += tensor.elements(), totals.bytes += bytes_of(tensor);
  return totals;
}

/// One line of a value of the metadata: a checkpoint's description is long.
std::string shortened(const std::string& value) {
  const std::string line = value.substr(0, value.find('\n'));
  if (line.size() == value.size() && line.size() <= kShownOfValue) return line;
  return fmt::format("{}… ({} bytes)", line.substr(0, kShownOfValue), value.size());
}

}  // namespace

std::string contents_text(const formats::WeightFile& file) {
  std::size_t width = 0;
  for (const TensorEntry& tensor : file.tensors) width = std::max(width, tensor.name.size());
  std::string out;
  for (const TensorEntry& tensor : file.tensors) out += fmt::format("{:<{}}  {}\n", tensor.name, width, tensor.type());
  for (const auto& [key, value] : file.metadata) out += fmt::format("metadata {}: {}\n", key, shortened(value));
  const Totals totals = totals_of(file);
  return out + fmt::format("{}: {}, {} tensors, {} values, {} bytes\n", file.file, file.format, file.tensors.size(),
                           totals.values, totals.bytes);
}

std::string contents_json(const formats::WeightFile& file) {
  std::string tensors, metadata;
  for (const TensorEntry& tensor : file.tensors)
    tensors += fmt::format("{}\n  {{\"name\": {}, \"dtype\": \"{}\", \"shape\": [{}], \"bytes\": {}}}",
                           tensors.empty() ? "" : ",", json_quote(tensor.name), types::torch_word(tensor.dtype),
                           fmt::join(tensor.shape, ", "), bytes_of(tensor));
  for (const auto& [key, value] : file.metadata)
    metadata += fmt::format("{}{}: {}", metadata.empty() ? "" : ", ", json_quote(key), json_quote(value));
  const Totals totals = totals_of(file);
  return fmt::format(
      "{{\"file\": {}, \"format\": {}, \"tensors\": [{}], \"metadata\": {{{}}}, \"totals\": {{\"tensors\": {}, "
      "\"values\": {}, \"bytes\": {}}}}}\n",
      json_quote(file.file), json_quote(file.format), tensors, metadata, file.tensors.size(), totals.values,
      totals.bytes);
}

}  // namespace modelc::weights
