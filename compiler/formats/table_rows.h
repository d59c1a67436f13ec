// Tables in blocks of rows, so that a file of any size is read with the memory of a block: CSV and the rows of a query.
#pragma once

#include <functional>
#include <string_view>
#include <unordered_map>

#include "formats/tables.h"

namespace modelc::formats {

/// The texts of a column, numbered as they are met.
class Words {
 public:
  std::int32_t code(std::string_view word);
  const std::vector<std::string>& words() const { return words_; }
  std::vector<std::string> take() { return std::move(words_); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> index_;
};

/// The cells of a column in a block of rows: one of the three, as its type says.
struct Cells {
  std::vector<std::int64_t> integers;
  std::vector<double> numbers;      // NaN where missing
  std::vector<std::int32_t> codes;  // of the column's words, -1 where missing
};

struct RowBlock {
  std::int64_t rows = 0;
  std::vector<std::int64_t> lines;  // CSV: on which each row begins
  std::vector<Cells> columns;       // empty cells of a column that is not wanted

  void clear();
};
/// Of a block that is handed over.
inline constexpr std::size_t kBlockCells = 1 << 18;

/// What is wanted of a table, and what its text columns came to.
struct TableReading {
  Schema schema;             // what the columns are: as they were inspected, or wider
  std::vector<bool> wanted;  // for each column; empty: all
  std::vector<Words> words;  // for each column; those of text are filled
  std::function<void(const RowBlock&)> take;

  bool wants(std::size_t column) const { return wanted.empty() || wanted[column]; }
};

/// Hands all rows over, some thousands at a time. A cell that is not as the schema says is a fault at its place: the
/// file has changed since.
std::optional<Fault> for_csv_rows(const std::string& path, const CsvOptions& options, TableReading& reading);
std::optional<Fault> for_sqlite_rows(const std::string& path, const std::string& query, TableReading& reading);

/// Names that stand twice are marked.
void mark_duplicates(std::vector<ColumnType>& columns);

/// All rows in memory.
Result<Table> table_of(const std::string& path, TableReading& reading,
                       const std::function<std::optional<Fault>(TableReading&)>& read);

}  // namespace modelc::formats
