// Sources that are tables, CSV files and the rows of a query, and the types that their columns take.
#include <ATen/Functions.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "data/stored_table.h"
#include "formats/table_rows.h"
#include "support/dotted_path.h"
#include "weights/tensor_file.h"

namespace modelc::data {
namespace {

using catalogue::SourceId;
using support::joined_path;
using types::DType;

/// Rows of another type, in which each value is the same number.
class CastRows : public StoredRows {
 public:
  CastRows(std::shared_ptr<const StoredRows> of, at::ScalarType type) : of_(std::move(of)), type_(type) {}
  std::int64_t count() const override { return of_->count(); }
  at::ScalarType type() const override { return type_; }
  std::vector<std::int64_t> shape() const override { return of_->shape(); }
  std::int64_t rows_of_block() const override { return of_->rows_of_block(); }
  at::Tensor read(const std::vector<std::int64_t>& rows) const override { return of_->read(rows).to(type_); }
  std::uint64_t checksum(std::uint64_t sum) const override { return of_->checksum(sum); }

 private:
  std::shared_ptr<const StoredRows> of_;
  at::ScalarType type_;
};

bool is_number(const std::string& word) {
  char* end = nullptr;
  return std::isfinite(std::strtod(word.c_str(), &end)) && end != word.c_str() && !*end;
}

formats::Result<formats::Schema> schema_of(const ir::Source& source) {
  return source.kind == SourceId::Sqlite ? formats::inspect_sqlite(source.files.at(0), source.contents.query)
                                         : formats::inspect_csv(source.files.at(0), source.csv);
}

std::int64_t bytes_of(const formats::Schema& schema) {
  std::int64_t bytes = 0;
  for (const formats::ColumnType& column : schema.columns)
    bytes += schema.rows * static_cast<std::int64_t>(types::byte_size(column.dtype));
  return bytes;
}

}  // namespace

void Loader::keep_needed(const std::vector<std::string>& further) {
  only_needed_ = true;
  needed_.insert(further.begin(), further.end());
  needed_.insert({recipe_.split.by, recipe_.split.stratify, recipe_.balance.name});
  for (const ir::Graph& feed : recipe_.feeds)
    for (const ir::Input& input : feed.inputs) needed_.insert(input.name);
  for (const ir::DerivedColumn& derived : recipe_.made.derived) needed_.insert(derived.from);
  const auto add_keys = [&](const auto& self, const ir::Source& source, const std::string& prefix) -> void {
    for (const auto& [name, part] : source.parts) {
      const std::string below = source.kind == SourceId::Zip ? joined_path(prefix, name) : prefix;
      if (!source.on.empty()) needed_.insert(joined_path(below, source.on));
      self(self, part, below);
    }
  };
  for (const auto* source : {&recipe_.train, &recipe_.valid, &recipe_.test})
    if (*source) add_keys(add_keys, **source, "");
}

// Of a table that fits into memory every column is kept, of a larger one those that something asks for.
std::vector<std::size_t> Loader::columns_to_load(const formats::Schema& schema, const std::string& prefix) const {
  const bool some = only_needed_ && bytes_of(schema) > most_in_memory();
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < schema.columns.size(); ++i)
    if (!some || needed_.contains(joined_path(prefix, schema.columns[i].name))) columns.push_back(i);
  return columns;
}

std::optional<Dataset> Loader::load_table(const ir::Source& source, const std::string& prefix) {
  const auto refuse = [&](const formats::Fault& fault) {
    auto report = sink_.report(source.span, diag::DataUnreadable, fault.str());
    if (!fault.cure.empty()) report.help(fault.cure);
    return std::nullopt;
  };
  formats::Result<formats::Schema> schema = schema_of(source);
  if (!schema) return refuse(schema.fault);
  formats::TableReading reading;
  reading.schema = *schema.value;
  const std::vector<std::size_t> columns = columns_to_load(reading.schema, prefix);
  reading.wanted.assign(reading.schema.columns.size(), false);
  std::vector<at::ScalarType> types;
  std::vector<std::shared_ptr<Dictionary>> text;
  for (const std::size_t i : columns) {
    formats::ColumnType& own = reading.schema.columns[i];
    reading.wanted[i] = true;
    // Whatever the cells are, they are text too, and integers are numbers.
    const formats::ColumnType* trained = trained_type(source, own.name, joined_path(prefix, own.name));
    if (trained && (trained->dtype == DType::String || (trained->dtype == DType::Float32 && own.dtype == DType::Int64)))
      own.dtype = trained->dtype;
    const bool is_text = own.dtype == DType::String;
    types.push_back(own.dtype == DType::Float32 ? at::kFloat : at::kLong);
    text.push_back(is_text ? dictionary(joined_path(prefix, own.name)) : nullptr);
  }
  TableStore store(types, text, reading.schema.rows);
  auto lines = std::make_shared<formats::Lines>();
  bool fits = true;
  reading.take = [&](const formats::RowBlock& block) {
    for (const std::int64_t line : block.lines) lines->push_back(line);
    fits = fits && store.add(block, reading.words, columns);
  };
  const auto fault = source.kind == SourceId::Sqlite
                         ? formats::for_sqlite_rows(source.files.at(0), source.contents.query, reading)
                         : formats::for_csv_rows(source.files.at(0), source.csv, reading);
  if (fault) return refuse(*fault);
  Dataset data;
  data.rows = store.rows();
  if (!fits || data.rows != reading.schema.rows) {
    formats::Fault changed;
    changed.file = source.files.at(0);
    changed.message = "was changed while it was read";
    return refuse(changed);
  }
  for (std::size_t k = 0; k < columns.size(); ++k) {
    Column column;
    column.name = reading.schema.columns[columns[k]].name;
    column.file = source.files.at(0);
    column.field = static_cast<std::int64_t>(columns[k]) + 1;
    if (lines->size() > 0) column.lines = lines;
    store.give(k, column);
    data.columns.push_back(std::move(column));
  }
  return data;
}

bool Loader::refuse_kind(const ir::Source& source, const Column& column, types::DType want) {
  for (std::int64_t row = 0; column.text && row < column.rows(); ++row) {
    const std::string word = column.shown(row);
    if (is_number(word) || column.text->is_missing(column.row(row).item<std::int64_t>())) continue;
    sink_.report(source.span, diag::DataChangesType,
                 fmt::format("{}: `{}` is text in a column of {}s", column.place(row), word, types::dtype_word(want)));
    return false;
  }
  sink_.report(source.span, diag::DataChangesType,
               fmt::format("{}: column `{}` holds {}, the training data {}", column.file, column.name,
                           column.text ? "text" : "numbers", column.text ? "numbers" : "text"));
  return false;
}

// The type the feed was compiled for. Integers become numbers where those are due; nothing is lost silently.
bool Loader::take_type(const ir::Source& source, Column& column, const std::string& local_name) {
  const formats::ColumnType* want = trained_type(source, local_name, column.name);
  if (!want) return true;
  if (column.text || want->dtype == DType::String)
    return static_cast<bool>(column.text) == (want->dtype == DType::String) || refuse_kind(source, column, want->dtype);
  const at::ScalarType type = weights::scalar_type(want->dtype);
  if (column.type() == type) return true;
  std::optional<std::int64_t> lost;
  if (!at::isFloatingType(type))
    column.for_blocks([&](std::int64_t first, const at::Tensor& block) {
      // A comparison as doubles sees fractions and missing values that an integer cannot hold.
      const at::Tensor differs = block.to(type).to(at::kDouble).ne(block.to(at::kDouble));
      if (lost || !differs.any().item<bool>()) return;
      lost = first + differs.reshape({differs.size(0), -1}).any(1).nonzero()[0].item<std::int64_t>();
    });
  if (lost) {
    const bool missing = column.shape().empty() && std::isnan(column.row(*lost).item<double>());
    sink_.report(source.span, diag::DataChangesType,
                 fmt::format("{}: {} in a column of integers", column.place(*lost),
                             missing ? "a missing value" : column.shown(*lost)));
    return false;
  }
  if (column.stored) column.stored = std::make_shared<CastRows>(column.stored, type);
  else column.values = column.values.to(type);
  return true;
}

}  // namespace modelc::data
