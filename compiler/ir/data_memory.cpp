#include "ir/data_memory.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "types/dtype.h"

namespace modelc::ir {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kText = "text";

Json packed(const formats::ColumnType& column) {
  Json out = {{"name", column.name},
              {"dtype", column.dtype == types::DType::String ? kText : types::dtype_row(column.dtype).torch},
              {"shape", column.shape}};
  if (column.has_missing) out["missing"] = true;
  if (column.duplicate) out["twice"] = true;
  if (column.tokens) out["tokens"] = true;
  if (!column.categories.empty()) out["categories"] = column.categories;
  return out;
}

formats::ColumnType unpacked(const Json& json) {
  formats::ColumnType column;
  column.name = json.at("name").get<std::string>();
  const std::string dtype = json.at("dtype").get<std::string>();
  const types::DTypeRow* row = types::find_dtype(&types::DTypeRow::torch, dtype);
  if (!row && dtype != kText) throw std::invalid_argument("no dtype");
  column.dtype = row ? row->dtype : types::DType::String;
  column.shape = json.at("shape").get<std::vector<std::int64_t>>();
  column.has_missing = json.value("missing", false);
  column.duplicate = json.value("twice", false);
  column.tokens = json.value("tokens", false);
  if (json.contains("categories")) column.categories = json.at("categories").get<std::vector<std::string>>();
  return column;
}

}  // namespace

std::string to_json(const DataMemory& memory) {
  if (memory.empty()) return "";
  Json out = Json::object();
  for (const auto& feed : memory.columns) {
    Json columns = Json::array();
    for (const formats::ColumnType& column : feed) columns.push_back(packed(column));
    out["columns"].push_back(std::move(columns));
  }
  if (!memory.categories.empty()) out["categories"] = memory.categories;
  if (!memory.weights.empty()) out["weights"] = memory.weights;
  // Names of columns are bytes of a file, which need be no UTF-8.
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<DataMemory> data_memory_from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    DataMemory memory;
    if (json.contains("columns"))
      for (const Json& feed : json.at("columns")) {
        auto& columns = memory.columns.emplace_back();
        for (const Json& column : feed) columns.push_back(unpacked(column));
      }
    if (json.contains("categories")) memory.categories = json.at("categories").get<decltype(memory.categories)>();
    if (json.contains("weights")) memory.weights = json.at("weights").get<decltype(memory.weights)>();
    return memory;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace modelc::ir
