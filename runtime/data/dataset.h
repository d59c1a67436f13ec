// Data in memory: columns of tensors, rows first. Text is codes into a dictionary that all sources of a recipe share,
// so that a code means the same word in training and in test data. Reports M81xx.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "data/rows.h"
#include "diagnostics/sink.h"
#include "exec/executor.h"
#include "formats/lines.h"
#include "ir/recipe.h"
#include "text/tokenizer.h"

namespace modelc::data {

class Dictionary {
 public:
  std::int64_t code(const std::string& word);
  /// The code of a missing cell; given out on first use.
  std::int64_t missing();
  std::int64_t size() const { return static_cast<std::int64_t>(words_.size()); }
  bool is_missing(std::int64_t code) const { return code == missing_; }
  bool has_missing() const { return missing_ >= 0; }
  const std::string& word(std::int64_t code) const { return words_[static_cast<std::size_t>(code)]; }

 private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::int64_t> index_;
  std::int64_t missing_ = -1;
};

/// A row of a file that cannot be read: the data is at fault, not the run.
class DataFault : public exec::RuntimeFault {
 public:
  using exec::RuntimeFault::RuntimeFault;
};

/// Reports what stopped a run, and gives its exit code: 1 where the data is at fault, else 3.
int report_fault(const exec::RuntimeFault& fault, diagnostics::Sink& sink);

/// Rows that are not held in memory: read, decoded or computed when they are asked for. Any thread may ask.
class StoredRows {
 public:
  virtual ~StoredRows() = default;
  virtual std::int64_t count() const = 0;
  virtual at::ScalarType type() const = 0;
  /// Of one row.
  virtual std::vector<std::int64_t> shape() const = 0;
  /// How many consecutive rows are best read at once.
  virtual std::int64_t rows_of_block() const;
  /// [n, …] in the order asked for. Throws DataFault where a row cannot be read.
  virtual at::Tensor read(const std::vector<std::int64_t>& rows) const = 0;
  /// Of all that the rows hold, going on from `sum`; those who know a cheaper sign of a change than the rows give that.
  virtual std::uint64_t checksum(std::uint64_t sum) const;
};

struct Mixture;

/// `count` rows from one on.
std::vector<std::int64_t> consecutive(std::int64_t first, std::int64_t count);

/// Pieces of text: what they are, and of what.
struct Pieces {
  text::Unit unit = text::Unit::Chars;
  bool of_column = false;                            // of a column's texts, of one long text otherwise
  std::shared_ptr<const text::Tokenizer> tokenizer;  // where it made them
  std::string column;                                // `tokens`, or the ragged one
};

struct Column {
  std::string name;
  at::Tensor values;                            // [rows, …]; text: int64 codes; undefined where `stored`
  std::shared_ptr<const StoredRows> stored;     // has them
  std::shared_ptr<Dictionary> text;             // null: numbers
  std::shared_ptr<const Pieces> pieces;         // null: no tokens
  bool has_missing = false;                     // NaN, or the dictionary's missing code
  std::string file;                             // where rows came from, for messages
  std::shared_ptr<const formats::Lines> lines;  // of each row; null: rows have no lines
  std::int64_t field = 0;
  std::shared_ptr<const Mixture> mixture;  // of a `mix`: where each row came from, instead of file and lines
  std::shared_ptr<const std::vector<std::string>> places;  // of each row, where it has a file of its own
  std::vector<std::string> categories;                     // of numbers from 0: what they stand for

  std::int64_t rows() const { return stored ? stored->count() : values.size(0); }
  at::ScalarType type() const { return stored ? stored->type() : values.scalar_type(); }
  /// Of one row.
  std::vector<std::int64_t> shape() const { return stored ? stored->shape() : values.sizes().slice(1).vec(); }
  /// [n, …] in the order asked for; a view where they are consecutive and in memory.
  at::Tensor take(const std::vector<std::int64_t>& rows) const;
  at::Tensor row(std::int64_t row) const { return take({row})[0]; }
  /// The same rows in another order, or some of them.
  Column select(const std::vector<std::int64_t>& rows) const;
  /// All rows from the first to the last, as many at a time as fit into a few megabytes.
  void for_blocks(const std::function<void(std::int64_t first, const at::Tensor& block)>& visit) const;
  std::uint64_t checksum(std::uint64_t sum) const;

  /// `file:line:field`, or `row N of NAME`.
  std::string place(std::int64_t row) const;
  /// The value as written, for messages.
  std::string shown(std::int64_t row) const;
};

/// Rows of several columns.
struct Mixture {
  struct From {
    std::uint32_t part;
    std::int64_t row;
  };
  std::vector<Column> parts;  // for messages; their values where these are stored
  std::shared_ptr<const std::vector<From>> rows;
};

/// Rows in groups, of which an epoch of training takes shares: the parts of a `mix`, the values of `balance`.
struct Shares {
  std::vector<std::int32_t> group;  // of each row
  std::vector<double> weights;      // of each group
};

struct Dataset {
  std::int64_t rows = 0;  // that batches are drawn of: windows, where there are some
  ir::Windows windows;    // of the columns' rows
  std::vector<Column> columns;
  std::size_t own = 0;                       // so many are the source's, the rest were made of these
  std::map<std::string, std::string> words;  // constant columns of text: choices
  bool shuffle = true;
  std::shared_ptr<const Shares> shares;  // null: an epoch has each row once
  const Column* find(std::string_view name) const;
};

/// Rows of one dataset; the parts of an `alternate` are several of these.
struct Part {
  std::shared_ptr<const Dataset> data;
  Rows rows;
};

/// The role of rows that are predicted on.
inline constexpr std::string_view kGivenRole = "given";

/// Reads sources; one loader for a recipe, since it owns the dictionaries.
class Loader {
 public:
  Loader(const ir::Data& recipe, std::int64_t seed, diagnostics::Sink& sink)
      : recipe_(recipe), seed_(seed), sink_(sink) {}
  /// What the numbers of a column stand for, as a checkpoint has it; sources loaded later take it over.
  void know_classes(const std::string& column, std::vector<std::string> names) { classes_[column] = std::move(names); }
  /// The datasets of a source: several for `alternate`. `role` (train, valid, test) keeps synthetic ones apart; columns
  /// take the types they have in the training source. nullopt after reporting.
  std::optional<std::vector<std::shared_ptr<Dataset>>> load(const ir::Source& source, const std::string& role);
  /// The text of a `tokenizer.json` that made a column's tokens before: instead of the file, which may be gone.
  void know_tokenizer(const std::string& column, const std::string& json) { tokenizers_[column] = json; }
  /// Of a table larger than memory only the columns that the recipe asks for are loaded, and further ones.
  void keep_needed(const std::vector<std::string>& further);

 private:
  using Parts = std::vector<std::shared_ptr<Dataset>>;
  /// Files that were not asked for when the description was compiled, since a checkpoint remembers what is in them.
  bool files_there(const ir::Source& source);
  std::optional<Parts> load_tree(const ir::Source& source, const std::string& salt, const std::string& prefix);
  std::optional<Dataset> load_one(const ir::Source& source, const std::string& salt, const std::string& prefix);
  std::optional<Dataset> load_table(const ir::Source& source, const std::string& prefix);
  std::vector<std::size_t> columns_to_load(const formats::Schema& schema, const std::string& prefix) const;
  std::optional<Dataset> load_images(const ir::Source& source, const std::string& prefix);
  bool number_labels(const ir::Source& source, const std::string& prefix, Column& labels);
  std::optional<Dataset> load_arrays(const ir::Source& source);
  bool check_rows(const ir::Source& source, const std::vector<Column>& columns);
  std::optional<Dataset> load_synthetic(const ir::Source& source, const std::string& salt);
  std::optional<Dataset> load_text(const ir::Source& source, const std::string& prefix);
  /// nullptr after reporting.
  std::shared_ptr<const text::Tokenizer> tokenizer(const std::string& column, const std::string& file,
                                                   support::Span span);
  /// The columns that the feed of that number has made of others; false after reporting.
  bool add_derived(Dataset& data, std::uint32_t feed, support::Span span);
  /// Windows as rows; false after reporting that there is none.
  bool take_windows(Dataset& data, std::size_t feed, support::Span span);
  std::optional<Dataset> load_zip(const ir::Source& source, const std::string& salt, const std::string& prefix);
  std::optional<Dataset> load_mix(const ir::Source& source, const std::string& salt, const std::string& prefix);
  /// The column of that name of all parts, one below the other, in the type that the mix has.
  std::optional<Column> mixed_column(const ir::Source& source, std::vector<Dataset>& parts, const std::string& name,
                                     const std::shared_ptr<const std::vector<Mixture::From>>& rows,
                                     const std::string& prefix);
  /// Which rows of the further parts have the keys of the first one's rows; false after reporting.
  bool add_key_rows(const ir::Source& source, const std::vector<Dataset>& parts,
                    std::vector<std::vector<std::int64_t>>& rows, const std::string& prefix);
  bool add_constants(const ir::Source& source, Dataset& data, const std::string& prefix);
  bool take_type(const ir::Source& source, Column& column, const std::string& local_name);
  /// Reports text where numbers are due, or the other way round.
  bool refuse_kind(const ir::Source& source, const Column& column, types::DType want);
  std::shared_ptr<Dictionary> dictionary(const std::string& name);
  /// The type a column has in the training source; `local_name` is its name within `source`.
  const formats::ColumnType* trained_type(const ir::Source& source, const std::string& local_name,
                                          const std::string& full_name) const;

  const ir::Data& recipe_;
  std::int64_t seed_;
  diagnostics::Sink& sink_;
  bool training_ = false;    // what is loaded is the training source itself
  bool predicting_ = false;  // what is loaded is predicted on: it has no labels
  std::map<std::string, std::shared_ptr<Dictionary>> dictionaries_;
  std::map<std::string, std::string> tokenizers_;  // by column: their files' texts, where they are known
  bool only_needed_ = false;
  std::set<std::string> needed_;
  std::map<std::string, std::vector<std::string>> classes_;  // by column
};

/// Draws one synthetic column; the same values for the same (seed, salt) everywhere.
at::Tensor draw_column(const ir::Draw& draw, std::int64_t rows, std::int64_t seed, const std::string& salt);

}  // namespace modelc::data
