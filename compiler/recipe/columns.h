// The columns of a source as names that a feed sees: each becomes an input of the graph where it is first read. Reports
// M8109 and M8305.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

class FeedColumns : public trace::Feed {
 public:
  /// `columns` outlive the feed; each has `rows` rows. Files are looked for in `root`.
  FeedColumns(const std::vector<formats::ColumnType>& columns, Dim rows, std::string root, const Options& options)
      : columns_(columns), rows_(rows), root_(std::move(root)), options_(options) {}

  std::optional<Value> name(Tracer& tracer, const std::string& name, Span span) override;
  /// Functions of the catalogue (feed_functions.cpp).
  std::optional<Value> function(Tracer& tracer, const std::string& name, Arguments& args, Span span) override;
  /// Comparisons of text (text_functions.cpp).
  std::optional<Value> operation(Tracer& tracer, const ops::Op& op, Arguments& args, Span span) override;
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

  /// A column made of another one; the same one where it was asked for before.
  Value derive(Tracer& tracer, ir::DerivedColumn column, TensorType type, Span span);
  const std::vector<ir::DerivedColumn>& derived() const { return derived_; }
  /// What makes a value that is a column of its own; nullptr for one of the source or one that is computed.
  const ir::DerivedColumn* derivation(const Tracer& tracer, const Value& value) const;
  /// The name of the column that a value is; nullopt for one that is computed.
  std::optional<std::string> name_of(const Tracer& tracer, const Value& value) const;
  bool is_ragged(const Tracer& tracer, const Value& value) const;

  Dim rows() const { return rows_; }
  const std::string& root() const { return root_; }
  const Options& options() const { return options_; }
  /// Those of this feed, once there are some; n is 0 before.
  ir::Windows windows;
  Span windows_span;

 private:
  /// Whole rows stand in one column, cells and all: one fault, whatever is asked for.
  bool holds_rows() const;
  /// All columns `name.…` of one part of a `zip`.
  std::optional<Value> part(Tracer& tracer, const std::string& name, Span span);

  const std::vector<formats::ColumnType>& columns_;
  Dim rows_;
  std::string root_;
  const Options& options_;
  std::map<std::string, Value> values_;  // of those read so far
  std::vector<ir::DerivedColumn> derived_;
  std::vector<std::uint32_t> fits_;
  std::vector<const formats::ColumnType*> passed_over_;
  std::int64_t places_ = 0;
  bool rows_told_ = false;
};

/// What `body` gives where columns are names and `graph` is built.
Value in_feed(const Given& given, ir::Graph& graph, FeedColumns& columns,
              const std::function<Value(Tracer&, const Scope&)>& body);

}  // namespace modelc::recipe
