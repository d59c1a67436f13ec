// The columns of a source as names that a feed sees: each becomes an input of the graph where it is first read. Reports
// M8109 and M8305.
#pragma once

#include "formats/tables.h"
#include "recipe/given.h"

namespace modelc::recipe {

class FeedColumns : public trace::Feed {
 public:
  /// `columns` outlive the feed; each has `rows` rows.
  FeedColumns(const std::vector<formats::ColumnType>& columns, Dim rows) : columns_(columns), rows_(rows) {}

  std::optional<Value> name(Tracer& tracer, const std::string& name, Span span) override;
  /// Functions of the catalogue (feed_functions.cpp).
  std::optional<Value> function(Tracer& tracer, const std::string& name, Arguments& args, Span span) override;
  std::vector<std::string> known() const override;

  const std::vector<formats::ColumnType>& types() const { return columns_; }
  /// nullopt: there is no such column.
  std::optional<Value> column(Tracer& tracer, const std::string& name, Span span);
  /// As above; poison after reporting that there is none.
  Value required(Tracer& tracer, const std::string& name, Span span);
  void report_missing(Tracer& tracer, const std::string& name, Span span) const;

  /// Columns that were left out because they hold text; whoever reports what does not fit says which.
  void pass_over(const formats::ColumnType& column);
  void note_passed_over(diagnostics::Report& report, Span at) const;
  /// Why a value that is a column is text, or no integer, where it is.
  void note_cell(const Tracer& tracer, const Value& value, diagnostics::Report& report, Span at) const;
  /// The numbers that the draws of each row follow from (`ir::kDraws`), and the number of one more call that draws.
  Value draws(Tracer& tracer, Span span);
  std::int64_t next_place() { return places_++; }

  /// The nodes whose values are computed once, from the rows that train.
  void add_fit(std::uint32_t node) { fits_.push_back(node); }
  const std::vector<std::uint32_t>& fits() const { return fits_; }

 private:
  /// All columns `name.…` of one part of a `zip`.
  std::optional<Value> part(Tracer& tracer, const std::string& name, Span span);

  const std::vector<formats::ColumnType>& columns_;
  Dim rows_;
  std::map<std::string, Value> values_;  // of those read so far
  std::vector<std::uint32_t> fits_;
  std::vector<const formats::ColumnType*> passed_over_;
  std::int64_t places_ = 0;
};

/// What `body` gives where columns are names and `graph` is built.
Value in_feed(const Given& given, ir::Graph& graph, FeedColumns& columns,
              const std::function<Value(Tracer&, const Scope&)>& body);

}  // namespace modelc::recipe
