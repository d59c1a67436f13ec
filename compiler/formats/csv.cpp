#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>

#include "formats/csv_reader.h"
#include "formats/file_bytes.h"
#include "support/counted.h"

namespace modelc::formats {
namespace {

using types::DType;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool parse_integer(std::string_view text, std::int64_t& value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool parse_number(std::string_view text, double& value) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size()) return false;
  if (error == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
  else if (error != std::errc()) return false;
  return true;
}

// The narrowest reading of a column that all cells so far admit.
class ColumnBuilder {
 public:
  void add(const std::string& cell, const std::vector<std::string>& missing, std::int64_t line) {
    column_.lines.push_back(line);
    cells_.push_back(0);
    if (std::find(missing.begin(), missing.end(), cell) != missing.end()) {
      column_.type.has_missing = true;
      cells_.back() = kMissing;
    }
    const bool absent = cells_.back() == kMissing;
    const std::string_view text = trimmed(cell);
    std::int64_t integer = 0;
    double number = std::numeric_limits<double>::quiet_NaN();
    if (!absent && kind_ == DType::Int64 && !parse_integer(text, integer)) kind_ = DType::Float32;
    if (kind_ == DType::Int64) {
      column_.integers.push_back(integer);
      number = absent ? number : static_cast<double>(integer);
    } else if (!absent && kind_ == DType::Float32 && !parse_number(text, number)) {
      kind_ = DType::String;
    }
    if (kind_ != DType::String) column_.numbers.push_back(number);
    // Text is kept from the start: a column of numbers may turn out to be text in its last row.
    if (!absent) {
      const auto [it, fresh] = index_.try_emplace(cell, static_cast<std::int32_t>(column_.strings.size()));
      if (fresh) column_.strings.push_back(cell);
      cells_.back() = it->second;
    }
  }

  void as_text() { kind_ = DType::String; }

  Column finish(std::string name, std::int64_t place) {
    column_.type.name = std::move(name);
    column_.file_column = place;
    if (kind_ == DType::Int64 && column_.type.has_missing) kind_ = DType::Float32;
    column_.type.dtype = kind_;
    if (kind_ == DType::String) {
      column_.codes = std::move(cells_);
      column_.numbers.clear();
    } else {
      for (double number : column_.numbers)
        if (std::isnan(number)) column_.type.has_missing = true;
      column_.strings.clear();
    }
    if (kind_ != DType::Int64) column_.integers.clear();
    else column_.numbers.clear();
    return std::move(column_);
  }

 private:
  static constexpr std::int32_t kMissing = -1;
  Column column_;
  DType kind_ = DType::Int64;
  std::vector<std::int32_t> cells_;
  std::unordered_map<std::string, std::int32_t> index_;
};

Fault row_fault(const std::string& file, std::int64_t line, std::string message) {
  Fault fault = file_fault(file, std::move(message));
  fault.row = line;
  return fault;
}

// Names from the options or the first record. A field without a name is called by its number.
Result<std::vector<std::string>> column_names(const std::string& file, const CsvOptions& options, const Record& first) {
  std::vector<std::string> names = options.names;
  if (!names.empty() && names.size() != first.fields.size())
    return {{},
            row_fault(
                file, first.line,
                fmt::format("{}, but `names` gives {}", support::counted(first.fields.size(), "field"), names.size()))};
  if (names.empty() && options.header) names = first.fields;
  names.resize(first.fields.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].empty()) names[i] = std::to_string(i);
  return {std::move(names), {}};
}

Result<Table> parse_csv(const std::string& file, std::string_view text, const CsvOptions& options, bool whole) {
  CsvReader reader(file, text, options, whole);
  Record record;
  if (!reader.next(record)) {
    if (reader.fault()) return {{}, *reader.fault()};
    return {{}, file_fault(file, whole ? "is empty, expected rows" : "its first line is longer than 1 MiB")};
  }
  Result<std::vector<std::string>> names = column_names(file, options, record);
  if (!names) return {{}, std::move(names.fault)};
  const std::size_t width = record.fields.size();
  const std::int64_t first_line = record.line;
  std::vector<ColumnBuilder> builders(width);
  for (std::size_t i = 0; i < width; ++i)
    if (std::find(options.text_columns.begin(), options.text_columns.end(), (*names.value)[i]) !=
        options.text_columns.end())
      builders[i].as_text();
  Table table;
  table.file = file;
  bool have = !options.header || reader.next(record);
  while (have) {
    if (record.fields.size() != width)
      return {{},
              row_fault(file, record.line,
                        fmt::format("{}, expected {} as in line {}", support::counted(record.fields.size(), "field"),
                                    width, first_line))};
    for (std::size_t i = 0; i < width; ++i) builders[i].add(record.fields[i], options.missing, record.line);
    ++table.rows;
    have = reader.next(record);
  }
  if (reader.fault()) return {{}, *reader.fault()};
  if (table.rows == 0 && whole) return {{}, file_fault(file, "has a header but no rows")};
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < width; ++i) {
    table.columns.push_back(builders[i].finish((*names.value)[i], static_cast<std::int64_t>(i) + 1));
    const auto [it, fresh] = seen.try_emplace(table.columns[i].type.name, i);
    if (!fresh) table.columns[i].type.duplicate = table.columns[it->second].type.duplicate = true;
  }
  return {std::move(table), {}};
}

}  // namespace

Result<Schema> inspect_csv(const std::string& path, const CsvOptions& options, std::size_t limit) {
  bool whole = false;
  Result<std::string> bytes = read_bytes(path, limit, &whole);
  if (!bytes) return {{}, std::move(bytes.fault)};
  Result<Table> table = parse_csv(path, *bytes.value, options, whole);
  if (!table) return {{}, std::move(table.fault)};
  Schema schema;
  if (whole) schema.rows = table.value->rows;
  for (Column& column : table.value->columns) schema.columns.push_back(std::move(column.type));
  return {std::move(schema), {}};
}

Result<Table> read_csv(const std::string& path, const CsvOptions& options) {
  Result<std::string> bytes = read_bytes(path);
  if (!bytes) return {{}, std::move(bytes.fault)};
  return parse_csv(path, *bytes.value, options, true);
}

}  // namespace modelc::formats
