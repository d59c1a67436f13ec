#include "weights/contents.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/json.h"
#include "types/dtype.h"

namespace modelc::weights {
namespace {

using formats::TensorEntry;
using support::Json;

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
  Json tensors = Json::array(), metadata = Json::object();
  for (const TensorEntry& tensor : file.tensors)
    tensors.push_back({{"name", tensor.name},
                       {"dtype", types::torch_word(tensor.dtype)},
                       {"shape", tensor.shape},
                       {"bytes", bytes_of(tensor)}});
  for (const auto& [key, value] : file.metadata) metadata[key] = value;
  const Totals totals = totals_of(file);
  return support::json_text(
      {{"file", file.file},
       {"format", file.format},
       {"tensors", std::move(tensors)},
       {"metadata", std::move(metadata)},
       {"totals", {{"tensors", file.tensors.size()}, {"values", totals.values}, {"bytes", totals.bytes}}}});
}

}  // namespace modelc::weights
