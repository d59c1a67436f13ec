// Data files as columns: what is in a CSV or idx file, from its header alone or in full. Used by the front end (a feed
// is checked before any tensor exists) and by runtime/data (which copies columns into tensors). Plain C++ and zlib; no
// places of a description: faults come back as values and the caller puts them at the source expression.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "types/type.h"

namespace modelc::formats {

/// What a file knows of one column: `shape` is that of one row, without the row dimension.
struct ColumnType {
  std::string name;
  types::DType dtype = types::DType::Float32;  // String for text
  std::vector<std::int64_t> shape;
  bool has_missing = false;
  bool duplicate = false;  // the name stands twice in the file
  bool tokens = false;     // one piece of a long text a row; characters and words are numbered by a vocabulary
  /// Of a column that is text for what its cells hold: the first one that is no number, and how it begins.
  std::string text_place = {}, text_cell = {};
  bool after_numbers = false;  // numbers stand before it
  /// Of a column of numbers: the first cell that keeps it from being one of integers. No cell: a missing value.
  std::string real_place = {}, real_cell = {};
  std::vector<std::string> categories = {};  // of numbers from 0: what they stand for (the classes of `images`)
};

/// Why a file cannot be used. `row` and `column` are 1-based lines and fields of the file, 0 where it is about all of
/// it.
struct Fault {
  std::string file;
  std::int64_t row = 0;
  std::int64_t column = 0;
  std::string message;
  bool not_found = false;
  std::string cure;  // what helps, where that is known
  /// `file:row:column`.
  std::string place() const;
  /// `file:row:column: message`.
  std::string str() const;
};

struct Schema {
  std::vector<ColumnType> columns;
  std::int64_t rows = -1;  // -1: not known from the header
};

struct CsvOptions {
  bool header = true;
  std::vector<std::string> names;             // given names; then `header` says whether a header line is skipped
  std::string separator = ",";                // one character
  std::vector<std::string> missing{"?", ""};  // the texts of a cell that stand for a missing value
  bool strip = true;
  char decimal = '.';
  std::string encoding = "utf-8";
  /// What columns are, whatever their cells look like: String, Float32 or Int64.
  std::vector<std::pair<std::string, types::DType>> types;
};

/// One column in full. Numbers are kept as doubles (NaN where missing), text as codes into `strings`.
struct Column {
  ColumnType type;
  std::vector<double> numbers;         // numeric CSV columns
  std::vector<std::int64_t> integers;  // CSV columns of integers only
  std::vector<std::int32_t> codes;     // text: index into `strings`, -1 where missing
  std::vector<std::string> strings;
  std::vector<std::uint8_t> bytes;  // idx: raw big-endian elements converted to the machine's order, row-major
  std::vector<std::int64_t> lines;  // CSV: the file's line number of each row
  std::int64_t file_column = 0;     // CSV: the field's number from 1
};

struct Table {
  std::string file;
  std::int64_t rows = 0;
  std::vector<Column> columns;
};

template <class T>
struct Result {
  std::optional<T> value;
  Fault fault;
  explicit operator bool() const { return value.has_value(); }
};

/// Names, types and rows of the whole file, or of its first `limit` bytes: a column is a number where every cell is
/// one. What was found is kept for as long as the program runs and the file stays as it is.
Result<Schema> inspect_csv(const std::string& path, const CsvOptions& options, std::size_t limit = SIZE_MAX);
/// The whole file, in memory. Ragged rows, unclosed quotes, NULs, rows over a limit are faults at their row.
Result<Table> read_csv(const std::string& path, const CsvOptions& options);

/// What a query of an SQLite database gives: names, types by what is declared and by the values, all rows counted. The
/// file is opened for reading only; a query that writes, or that gives no columns or blobs, is a fault.
Result<Schema> inspect_sqlite(const std::string& path, const std::string& query);
Result<Table> read_sqlite(const std::string& path, const std::string& query);

/// `image: uint8[H, W]`, `label: uint8[]` from the headers of the two files; checks magic, rank, equal counts.
Result<Schema> inspect_idx(const std::string& images, const std::string& labels);
Result<Table> read_idx(const std::string& images, const std::string& labels);

}  // namespace modelc::formats
