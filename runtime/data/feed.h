// From rows of a dataset to the model's inputs and targets: runs the compiled feed, fits what is fitted, and finds bad
// rows before a step is taken. Reports M81xx.
#pragma once

#include <set>

#include "catalogue/entry.h"
#include "data/numbering.h"
#include "data/split.h"
#include "exec/executor.h"
#include "passes/index_limits.h"

namespace modelc::data {

/// What a `standardize`, a `category` or an `impute` learned; stored in checkpoints.
struct FitState {
  std::string key;
  bool category = false;
  bool fills = false;                               // impute: `values` by column, or the one of `words`
  at::Tensor mean, std;                             // standardize
  bool text = false, missing = false;               // category
  std::vector<std::string> words;                   // sorted
  at::Tensor values;                                // sorted numbers; NaN last where a missing value occurs
  std::shared_ptr<const Numbering> numbering = {};  // of pieces of text
};

/// What the numbers of a column stand for, among what was fitted: the classes that folders of images name.
FitState classes_of(const Column& column);
/// The column whose classes these are; empty for what a node of a feed learned.
std::string column_of_classes(const FitState& fit);

/// Checkpoint metadata: JSON with numbers in hexadecimal, so that nothing is rounded. Empty where there is no fit.
std::string to_json(const std::vector<FitState>& fits);
std::optional<std::vector<FitState>> fits_from_json(const std::string& text);

/// What `category` numbers, in its order: words, numbers as a csv would have them, a missing value as empty.
std::vector<std::string> category_names(const FitState& fit);

/// The node of a `category`, of an `impute`; any other that learns is a `standardize`.
inline bool numbers_words(const ir::Node& node) {
  return ir::op_of(node).name == catalogue::entry(catalogue::FeedId::Category).name;
}
inline bool fills_in(const ir::Node& node) {
  return ir::op_of(node).name == catalogue::entry(catalogue::FeedId::Impute).name;
}

/// The node that numbers pieces of text.
bool numbers_pieces(const ir::Node& node);

/// Which feed serves a dataset that is the i-th of its source: that of the i-th part of `train`, or the first whose
/// columns it has.
std::size_t feed_index(const ir::Data& recipe, const Dataset& data, std::size_t i);

/// Some rows at a time; false where `visit` says so.
bool for_blocks(const Rows& rows, std::int64_t step,
                const std::function<bool(const std::vector<std::int64_t>&)>& visit);

/// What the draws of a feed follow from, beside the row and the place of the call: so that neither the order of batches
/// nor the number of threads changes them, and a run that goes on draws what it would have drawn.
struct Drawing {
  bool trains = false;  // else nothing is drawn: crops are the middle, images stay as they are
  std::int64_t seed = 0, epoch = 0;
};

class Feed {
 public:
  /// `index` chooses the graph where a recipe has one per part. Only what is `wanted` is fed, by the names of inputs
  /// and targets (of `xs` also `xs.0`), everything where nothing is named; only the columns behind it are needed.
  /// Throws RuntimeFault as Executor does.
  Feed(const ir::Data& recipe, std::size_t index, const std::vector<std::string>& wanted = {});
  /// Connects the feed to a dataset's columns; false after reporting a column that is not there.
  bool connect(const Dataset& data, support::Span span, diagnostics::Sink& sink);

  const std::vector<std::string>& names() const { return names_; }
  /// One tensor per name, for these rows.
  std::vector<at::Tensor> run(const std::vector<std::int64_t>& rows, const Drawing& drawing = {});

  /// Fits in order of the nodes: standardize over `training`, category over `all`. False after reporting.
  bool fit(const std::vector<Part>& training, const std::vector<Part>& all, std::vector<FitState>& fits,
           diagnostics::Sink& sink);
  /// Takes fits over from a checkpoint; false where one is missing.
  bool restore(const std::vector<FitState>& fits, std::string& missing);
  /// Finds unseen categories, missing and infinite values that reach the model, and integers out of range.
  bool check(const Part& part, std::int64_t batch, const std::map<std::string, passes::IndexLimit>& limits,
             diagnostics::Sink& sink);
  const ir::Graph& graph() const { return graph_; }
  /// Where a row stands that is fed as an input (`rows.csv:8:2`), or as any (`rows.csv:8`), for messages.
  std::string place_of(const std::string& name, std::int64_t row) const;
  /// What a fitted node learned; null where it is not needed.
  const FitState* fit_of(std::uint32_t node) const;

 private:
  struct Fitted {
    std::uint32_t node = 0;
    std::string key;
    exec::Executor before;  // gives the node's operand, which a fit is computed from
  };

  /// How many rows of the plan's columns are looked at at once.
  std::int64_t block_rows(const plan::Plan& plan) const;
  /// What a fit is computed from, block by block; false where `visit` says so.
  bool for_values(
      const Fitted& fitted, const Part& part,
      const std::function<bool(const at::Tensor& value, const std::vector<std::int64_t>& rows)>& visit) const;
  /// The columns' rows, as far as the plan needs them.
  /// The operand of a fitted node for all rows, block by block. False after reporting what `visit` refused.
  using Visit = std::function<bool(const Part& part, const std::vector<std::int64_t>& rows, const at::Tensor& values)>;
  bool for_operand(const Fitted& fitted, const std::vector<Part>& parts, diagnostics::Sink& sink, const Visit& visit);
  std::set<std::uint32_t> needed_nodes() const;
  std::vector<at::Tensor> gather(const std::vector<std::int64_t>& rows, const plan::Plan& plan,
                                 const Drawing& drawing = {}) const;
  /// Of the columns' own rows, where windows are what batches are drawn of.
  std::vector<at::Tensor> gather_steps(const std::vector<std::int64_t>& steps, const plan::Plan& plan,
                                       const Drawing& drawing) const;
  at::Tensor draws_of(const std::vector<std::int64_t>& rows, const Drawing& drawing) const;
  bool may_lack_values(ir::ValueId value) const;
  /// Of a column in memory; those that are stored elsewhere are not all read for it.
  bool may_be_infinite(ir::ValueId value) const;
  /// Checks the rows whose values decide what else cannot be seen later: a missing one has no interval of `bins`.
  bool check_bins(const Part& part, diagnostics::Sink& sink);
  const Column* text_operand(std::uint32_t node) const;
  const Column* direct_column(ir::ValueId value) const;
  /// The column of text whose words a value holds, filled in or not; null: it holds numbers.
  const Column* text_column(ir::ValueId value) const;
  enum class Through { All, NoFills };  // what is filled in lacks nothing
  std::vector<const Column*> columns_behind(ir::ValueId value, Through through = Through::All) const;
  bool fit_standardize(const Fitted& fitted, const std::vector<Part>& training, FitState& fit, diagnostics::Sink& sink);
  bool fit_category(const Fitted& fitted, const std::vector<Part>& all, FitState& fit, diagnostics::Sink& sink);
  bool fit_pieces(const Fitted& fitted, const std::vector<Part>& training, const std::vector<Part>& all, FitState& fit,
                  diagnostics::Sink& sink);
  /// Inputs and targets that are made of a node's result.
  std::vector<std::string> fed_by(std::uint32_t node) const;
  bool check_pieces(const Fitted& fitted, const Part& part, diagnostics::Sink& sink) const;
  bool fit_impute(const Fitted& fitted, const std::vector<Part>& training, FitState& fit, diagnostics::Sink& sink);
  bool fit_impute_text(const Fitted& fitted, const std::vector<Part>& training, FitState& fit, diagnostics::Sink& sink);
  /// The first column behind a fitted node, for messages.
  std::string column_words(const Fitted& fitted, std::int64_t column) const;
  void install(std::uint32_t node, const FitState& fit);
  void set_state(std::uint32_t node, const std::vector<at::Tensor>& state);
  bool check_category(const Fitted& fitted, const Part& part, diagnostics::Sink& sink);
  bool report_infinite(const at::Tensor& value, ir::ValueId id, const std::vector<std::int64_t>& rows,
                       const std::string& name, support::Span span, diagnostics::Sink& sink) const;
  bool report_missing(const at::Tensor& value, ir::ValueId id, const std::vector<std::int64_t>& rows,
                      const std::string& name, support::Span span, diagnostics::Sink& sink) const;

  const ir::Graph& graph_;
  const std::size_t part_;  // of the source, as its draws are to be its own
  std::vector<std::string> names_;
  std::vector<ir::Operand> roots_;
  std::vector<support::Span> spans_;
  exec::Executor executor_;  // after the roots it is made from
  std::vector<Fitted> fitted_;
  std::map<std::uint32_t, FitState> installed_;
  std::map<std::uint32_t, std::vector<at::Tensor>> states_;  // what was fitted, as the nodes take it
  const Dataset* data_ = nullptr;
  std::vector<const Column*> inputs_;  // per graph input; null where it is not needed
};

}  // namespace modelc::data
