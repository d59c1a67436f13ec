#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/cells.h"
#include "formats/csv_reader.h"
#include "formats/file_bytes.h"
#include "formats/known_schemas.h"
#include "formats/table_rows.h"
#include "support/counted.h"
#include "support/utf8.h"

namespace modelc::formats {
namespace {

using types::DType;

constexpr std::size_t kShownCell = 40;  // bytes of a cell in a message

Fault row_fault(const std::string& file, std::int64_t line, std::string message) {
  Fault fault = file_fault(file, std::move(message));
  fault.row = line;
  return fault;
}

/// A CSV file from its names on.
class CsvRows {
 public:
  /// Reads the header, or what stands in its place.
  static Result<CsvRows> open(const std::string& path, const CsvOptions& options, std::size_t limit = SIZE_MAX);

  const std::vector<std::string>& names() const { return names_; }
  /// The next row, as wide as the first one; false at the end or after a fault.
  bool next();
  const Record& row() const { return record_; }
  std::optional<Fault> fault;
  bool whole() const { return reader_->whole(); }
  Fault cell_fault(std::size_t column, std::string message) const {
    Fault found = row_fault(file_, record_.line, std::move(message));
    found.column = static_cast<std::int64_t>(column) + 1;
    return found;
  }

 private:
  CsvRows(const std::string& path, TextStream stream, const CsvOptions& options)
      : file_(path), reader_(std::make_unique<CsvReader>(path, std::move(stream), options)) {}
  std::optional<Fault> read_names(const CsvOptions& options);

  std::string file_;
  std::unique_ptr<CsvReader> reader_;  // where it stays: rows are views of what it has read
  Record record_;
  std::vector<std::string> names_;
  std::int64_t first_line_ = 0;
  bool waits_ = false;  // the first record is a row that was not asked for yet
};

// Names from the options or the first record. A field without a name is called by its number.
std::optional<Fault> CsvRows::read_names(const CsvOptions& options) {
  const std::size_t width = record_.fields.size();
  if (!options.names.empty() && options.names.size() != width)
    return row_fault(file_, record_.line,
                     fmt::format("{}, but `names` gives {}", support::counted(width, "field"), options.names.size()));
  names_ = options.names;
  if (names_.empty() && options.header) names_.assign(record_.fields.begin(), record_.fields.end());
  names_.resize(width);
  for (std::size_t i = 0; i < width; ++i)
    if (names_[i].empty()) names_[i] = std::to_string(i);
  first_line_ = record_.line;
  waits_ = !options.header;
  return std::nullopt;
}

Result<CsvRows> CsvRows::open(const std::string& path, const CsvOptions& options, std::size_t limit) {
  Result<TextStream> stream = TextStream::open(path, options.encoding, limit);
  if (!stream) return {{}, std::move(stream.fault)};
  CsvRows rows(path, std::move(*stream.value), options);
  if (!rows.reader_->next(rows.record_)) {
    if (rows.reader_->fault()) return {{}, *rows.reader_->fault()};
    return {{},
            file_fault(path, rows.whole() ? "is empty, expected rows"
                                          : "its first line is longer than what is "
                                            "read of it")};
  }
  if (auto fault = rows.read_names(options)) return {{}, std::move(*fault)};
  return {std::move(rows), {}};
}

bool CsvRows::next() {
  if (!waits_ && !reader_->next(record_)) {
    fault = reader_->fault();
    return false;
  }
  waits_ = false;
  if (record_.fields.size() == names_.size()) return true;
  fault = row_fault(file_, record_.line,
                    fmt::format("{}, expected {} as in line {}", support::counted(record_.fields.size(), "field"),
                                names_.size(), first_line_));
  return false;
}

/// What a column may be for the cells so far: the narrowest of integer, number and text.
class Judge {
 public:
  Judge(const CellReader& cells, std::string name, std::optional<DType> stated) : cells_(cells), stated_(stated) {
    type_.name = std::move(name);
    if (stated_) kind_ = *stated_;
  }

  /// What is wrong with a cell of a column whose type is stated; else empty.
  std::string look(std::string_view cell, const CsvRows& rows, std::size_t column) {
    if (cells_.is_missing(cell)) {
      type_.has_missing = true;
      note_real(cell, rows, column);
      return stated_ == DType::Int64 ? "a missing value" : "";
    }
    if (kind_ == DType::String) return "";
    std::int64_t integer = 0;
    bool nan = false;
    if (kind_ == DType::Int64) {
      if (CellReader::integer(cell, integer)) return found_number();
      if (stated_) return shown(cell);
      kind_ = DType::Float32;
    }
    if (cells_.is_number(cell, nan)) {
      note_real(cell, rows, column);
      type_.has_missing = type_.has_missing || nan;
      return found_number();
    }
    if (stated_) return shown(cell);
    kind_ = DType::String;
    type_.text_place = rows.cell_fault(column, "").place();
    type_.text_cell = support::shortened(cell, kShownCell);
    type_.after_numbers = numbers_;
    return "";
  }

  ColumnType finish() {
    if (kind_ == DType::Int64 && type_.has_missing) kind_ = DType::Float32;
    type_.dtype = kind_;
    return std::move(type_);
  }

 private:
  void note_real(std::string_view cell, const CsvRows& rows, std::size_t column) {
    if (!type_.real_place.empty() || stated_) return;
    type_.real_place = rows.cell_fault(column, "").place();
    type_.real_cell = cells_.is_missing(cell) ? "" : support::shortened(cell, kShownCell);
  }
  std::string found_number() {
    numbers_ = true;
    return "";
  }
  static std::string shown(std::string_view cell) { return fmt::format("`{}`", support::shortened(cell, kShownCell)); }

  const CellReader& cells_;
  std::optional<DType> stated_;
  DType kind_ = DType::Int64;
  ColumnType type_;
  bool numbers_ = false;
};

std::optional<DType> stated_type(const CsvOptions& options, const std::string& name) {
  for (const auto& [column, type] : options.types)
    if (column == name) return type;
  return std::nullopt;
}

std::string_view word_of(DType type) { return type == DType::Int64 ? "integers" : "numbers"; }

Result<Schema> inspect(const std::string& path, const CsvOptions& options, std::size_t limit) {
  Result<CsvRows> rows = CsvRows::open(path, options, limit);
  if (!rows) return {{}, std::move(rows.fault)};
  const CellReader cells(options);
  std::vector<Judge> judges;
  for (const std::string& name : rows.value->names()) judges.emplace_back(cells, name, stated_type(options, name));
  Schema schema;
  schema.rows = 0;
  while (rows.value->next()) {
    for (std::size_t i = 0; i < judges.size(); ++i) {
      const std::string wrong = judges[i].look(rows.value->row().fields[i], *rows.value, i);
      if (wrong.empty()) continue;
      const std::string& name = rows.value->names()[i];
      Fault fault = rows.value->cell_fault(i, fmt::format("{} in column `{}`, which `types` says holds {}", wrong, name,
                                                          word_of(*stated_type(options, name))));
      fault.cure = "`missing=[…]` lists the texts that stand for a missing value, which a float column may have";
      return {{}, std::move(fault)};
    }
    ++schema.rows;
  }
  if (rows.value->fault) return {{}, std::move(*rows.value->fault)};
  if (!rows.value->whole()) schema.rows = -1;
  if (schema.rows == 0) return {{}, file_fault(path, "has a header but no rows")};
  for (Judge& judge : judges) schema.columns.push_back(judge.finish());
  mark_duplicates(schema.columns);
  return {std::move(schema), {}};
}

std::string key_of(const std::string& path, const CsvOptions& o) {
  std::string key = fmt::format("csv\n{}\n{}{}{}{}\n{}\n{}\n", path, o.header, o.strip, o.separator, o.decimal,
                                o.encoding, fmt::join(o.missing, "\n"));
  key += fmt::format("\n\n{}", fmt::join(o.names, "\n"));
  for (const auto& [name, type] : o.types) key += fmt::format("\n\n{} {}", static_cast<int>(type), name);
  return key;
}

/// Puts the cells of a row into a block; what is wrong with one, at its place.
class Filler {
 public:
  Filler(const CsvOptions& options, TableReading& reading) : cells_(options), reading_(reading) {
    block_.columns.resize(reading.schema.columns.size());
  }

  std::optional<Fault> add(const CsvRows& rows) {
    const std::vector<std::string_view>& fields = rows.row().fields;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (reading_.wants(i) && !put(i, fields[i]))
        return rows.cell_fault(
            i,
            fmt::format("`{}` is {}: the file was changed while it was read", support::shortened(fields[i], kShownCell),
                        cells_.is_missing(fields[i]) ? "a missing value" : "none of the column's values before"));
    block_.lines.push_back(rows.row().line);
    if (static_cast<std::size_t>(++block_.rows) * fields.size() >= kBlockCells) hand_over();
    return std::nullopt;
  }

  void hand_over() {
    if (block_.rows == 0) return;
    reading_.take(block_);
    block_.clear();
  }

 private:
  bool put(std::size_t i, std::string_view cell) {
    Cells& to = block_.columns[i];
    const bool missing = cells_.is_missing(cell);
    switch (reading_.schema.columns[i].dtype) {
      case DType::String:
        to.codes.push_back(missing ? -1 : reading_.words[i].code(cell));
        return true;
      case DType::Int64: {
        std::int64_t value = 0;
        if (missing || !CellReader::integer(cell, value)) return false;
        to.integers.push_back(value);
        return true;
      }
      default: {
        double value = std::numeric_limits<double>::quiet_NaN();
        if (!missing && !cells_.number(cell, value)) return false;
        to.numbers.push_back(value);
        return true;
      }
    }
  }

  CellReader cells_;
  TableReading& reading_;
  RowBlock block_;
};

}  // namespace

Result<Schema> inspect_csv(const std::string& path, const CsvOptions& options, std::size_t limit) {
  if (limit != SIZE_MAX) return inspect(path, options, limit);
  return KnownSchemas::get().find_or_make(key_of(path, options), path, [&] { return inspect(path, options, limit); });
}

std::optional<Fault> for_csv_rows(const std::string& path, const CsvOptions& options, TableReading& reading) {
  Result<CsvRows> rows = CsvRows::open(path, options);
  if (!rows) return std::move(rows.fault);
  if (rows.value->names().size() != reading.schema.columns.size())
    return file_fault(path, "was changed while it was read");
  reading.words.resize(reading.schema.columns.size());
  Filler filler(options, reading);
  while (rows.value->next())
    if (auto fault = filler.add(*rows.value)) return fault;
  if (rows.value->fault) return std::move(rows.value->fault);
  filler.hand_over();
  return std::nullopt;
}

Result<Table> read_csv(const std::string& path, const CsvOptions& options) {
  Result<Schema> schema = inspect_csv(path, options);
  if (!schema) return {{}, std::move(schema.fault)};
  TableReading reading;
  reading.schema = std::move(*schema.value);
  return table_of(path, reading, [&](TableReading& all) { return for_csv_rows(path, options, all); });
}

}  // namespace modelc::formats
