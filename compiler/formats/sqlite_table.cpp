#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "formats/file_bytes.h"
#include "formats/known_schemas.h"
#include "formats/table_rows.h"
#include "support/utf8.h"

namespace modelc::formats {
namespace {

using types::DType;

constexpr std::size_t kShownCell = 40;  // bytes of a cell in a message

/// A query that is run once.
class Query {
 public:
  static Result<Query> open(const std::string& path, const std::string& text);

  int columns() const { return sqlite3_column_count(statement_.get()); }
  std::string name(int column) const {
    const char* name = sqlite3_column_name(statement_.get(), column);
    return name ? name : std::to_string(column);
  }
  /// The type that the column was declared with; empty for what is computed.
  std::string declared(int column) const {
    const char* type = sqlite3_column_decltype(statement_.get(), column);
    return type ? type : "";
  }
  /// The next row; false at the end or after a fault.
  bool next();
  int kind(int column) const { return sqlite3_column_type(statement_.get(), column); }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  double number(int column) const { return sqlite3_column_double(statement_.get(), column); }
  std::string_view text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
  }
  std::string place(int column) const { return fmt::format("{}: row {} of `{}`", path_, row_, name(column)); }
  Fault cell_fault(int column, const std::string& message) const {
    return file_fault(path_, fmt::format("row {} of `{}`: {}", row_, name(column), message));
  }
  std::optional<Fault> fault;

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<sqlite3_stmt, Close> statement_;  // goes before the database
  std::int64_t row_ = 0;
};

/// What is wrong with a statement that could be prepared, or empty.
std::string unfit(sqlite3_stmt* statement, const char* rest) {
  if (!statement) return "the query is empty";
  if (std::string_view(rest).find_first_not_of(" \t\r\n;") != std::string_view::npos)
    return "more than one statement, expected one query";
  if (!sqlite3_stmt_readonly(statement)) return "the statement writes, expected a query that reads";
  if (sqlite3_column_count(statement) == 0) return "the statement gives no columns, expected a query";
  if (sqlite3_bind_parameter_count(statement) > 0) return "the query has a parameter (`?`) and nothing gives its value";
  return "";
}

Result<Query> Query::open(const std::string& path, const std::string& text) {
  // SQLite says "unable to open" of what is absent, a folder or a device.
  if (Result<OpenFile> file = open_file(path); !file) return {{}, std::move(file.fault)};
  Query query;
  query.path_ = path;
  sqlite3* database = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  query.database_.reset(database);
  if (opened != SQLITE_OK) return {{}, file_fault(path, database ? sqlite3_errmsg(database) : "no memory")};
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_busy_timeout(database, 2000);
  sqlite3_stmt* statement = nullptr;
  const char* rest = "";
  const int prepared = sqlite3_prepare_v2(database, text.c_str(), static_cast<int>(text.size()) + 1, &statement, &rest);
  query.statement_.reset(statement);
  if (prepared == SQLITE_NOTADB) return {{}, file_fault(path, "is no SQLite database")};
  const std::string wrong = prepared == SQLITE_OK ? unfit(statement, rest) : sqlite3_errmsg(database);
  if (!wrong.empty()) return {{}, file_fault(path, wrong)};
  return {std::move(query), {}};
}

bool Query::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) {
    ++row_;
    return true;
  }
  if (code != SQLITE_DONE) fault = file_fault(path_, sqlite3_errmsg(database_.get()));
  return false;
}

/// As https://sqlite.org/datatype3.html derives it, of what decides here: text, integers, or any number.
DType type_of_declaration(std::string declared) {
  std::transform(declared.begin(), declared.end(), declared.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto has = [&](std::string_view part) { return declared.find(part) != std::string::npos; };
  if (has("INT")) return DType::Int64;
  if (has("CHAR") || has("CLOB") || has("TEXT")) return DType::String;
  if (has("REAL") || has("FLOA") || has("DOUB")) return DType::Float32;
  return DType::Int64;  // whatever its values are
}

/// Widens the type of a column by one of its values; what is wrong with it, or nothing.
std::optional<Fault> look(const Query& query, int column, ColumnType& type) {
  switch (query.kind(column)) {
    case SQLITE_NULL:
      type.has_missing = true;
      if (type.real_place.empty()) type.real_place = query.place(column), type.real_cell.clear();
      return std::nullopt;
    case SQLITE_BLOB:
      return query.cell_fault(column, "a blob, expected a number or text");
    case SQLITE_INTEGER:
      type.after_numbers = type.after_numbers || type.dtype != DType::String;
      return std::nullopt;
    case SQLITE_FLOAT:
      type.after_numbers = type.after_numbers || type.dtype != DType::String;
      if (type.real_place.empty()) {
        type.real_place = query.place(column);
        type.real_cell = fmt::format("{}", query.number(column));
      }
      if (type.dtype == DType::Int64) type.dtype = DType::Float32;
      return std::nullopt;
    default:
      if (support::find_bad_utf8(query.text(column)) != std::string_view::npos)
        return query.cell_fault(column, "holds bytes that are not UTF-8");
      if (type.text_place.empty()) {
        type.text_place = query.place(column);
        type.text_cell = support::shortened(query.text(column), kShownCell);
      }
      type.dtype = DType::String;
      return std::nullopt;
  }
}

Result<Schema> inspect(const std::string& path, const std::string& text) {
  Result<Query> query = Query::open(path, text);
  if (!query) return {{}, std::move(query.fault)};
  Schema schema;
  schema.rows = 0;
  const int columns = query.value->columns();
  for (int i = 0; i < columns; ++i) {
    ColumnType type;
    type.name = query.value->name(i);
    type.dtype = type_of_declaration(query.value->declared(i));
    schema.columns.push_back(std::move(type));
  }
  for (; query.value->next(); ++schema.rows)
    for (int i = 0; i < columns; ++i)
      if (auto fault = look(*query.value, i, schema.columns[static_cast<std::size_t>(i)]))
        return {{}, std::move(*fault)};
  if (query.value->fault) return {{}, std::move(*query.value->fault)};
  if (schema.rows == 0) return {{}, file_fault(path, "the query gives no rows")};
  for (ColumnType& type : schema.columns)
    if (type.dtype == DType::Int64 && type.has_missing) type.dtype = DType::Float32;
  mark_duplicates(schema.columns);
  return {std::move(schema), {}};
}

/// Puts a value where the schema says it belongs; false where it does not fit.
bool put(const Query& query, int column, DType type, Cells& to, Words& words) {
  const int kind = query.kind(column);
  if (kind == SQLITE_BLOB) return false;
  switch (type) {
    case DType::String:
      to.codes.push_back(kind == SQLITE_NULL ? -1 : words.code(query.text(column)));
      return true;
    case DType::Int64:
      to.integers.push_back(query.integer(column));
      return kind == SQLITE_INTEGER;
    default:
      to.numbers.push_back(kind == SQLITE_NULL ? std::numeric_limits<double>::quiet_NaN() : query.number(column));
      return kind != SQLITE_TEXT;
  }
}

}  // namespace

Result<Schema> inspect_sqlite(const std::string& path, const std::string& query) {
  return KnownSchemas::get().find_or_make(fmt::format("sqlite\n{}\n{}", path, query), path,
                                          [&] { return inspect(path, query); });
}

std::optional<Fault> for_sqlite_rows(const std::string& path, const std::string& text, TableReading& reading) {
  Result<Query> query = Query::open(path, text);
  if (!query) return std::move(query.fault);
  const auto columns = static_cast<int>(reading.schema.columns.size());
  if (query.value->columns() != columns) return file_fault(path, "was changed while it was read");
  reading.words.resize(reading.schema.columns.size());
  RowBlock block;
  block.columns.resize(reading.schema.columns.size());
  while (query.value->next()) {
    for (int i = 0; i < columns; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (reading.wants(at) &&
          !put(*query.value, i, reading.schema.columns[at].dtype, block.columns[at], reading.words[at]))
        return query.value->cell_fault(i,
                                       "is none of the column's values before: the file was changed while it was "
                                       "read");
    }
    if (static_cast<std::size_t>(++block.rows) * block.columns.size() < kBlockCells) continue;
    reading.take(block);
    block.clear();
  }
  if (query.value->fault) return std::move(query.value->fault);
  if (block.rows > 0) reading.take(block);
  return std::nullopt;
}

Result<Table> read_sqlite(const std::string& path, const std::string& query) {
  Result<Schema> schema = inspect_sqlite(path, query);
  if (!schema) return {{}, std::move(schema.fault)};
  TableReading reading;
  reading.schema = std::move(*schema.value);
  return table_of(path, reading, [&](TableReading& all) { return for_sqlite_rows(path, query, all); });
}

}  // namespace modelc::formats
