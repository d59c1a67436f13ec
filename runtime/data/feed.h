// From rows of a dataset to the model's inputs and targets: runs the compiled feed, fits what is fitted, and finds bad
// rows before a step is taken. Reports M81xx.
#pragma once

#include "catalogue/entry.h"
#include "data/split.h"
#include "exec/executor.h"
#include "passes/index_limits.h"

namespace modelc::data {

/// What a `standardize` or `category` learned; stored in checkpoints.
struct FitState {
  std::string key;
  bool category = false;
  at::Tensor mean, std;                // standardize
  bool text = false, missing = false;  // category
  std::vector<std::string> words;      // sorted
  at::Tensor values;                   // sorted numbers; NaN last where a missing value occurs
};

/// What the numbers of a column stand for, among what was fitted: the classes that folders of images name.
FitState classes_of(const Column& column);
/// The column whose classes these are; empty for what a node of a feed learned.
std::string column_of_classes(const FitState& fit);

/// Checkpoint metadata: JSON with numbers in hexadecimal, so that nothing is rounded. Empty where there is no fit.
std::string to_json(const std::vector<FitState>& fits);
std::optional<std::vector<FitState>> fits_from_json(const std::string& text);

/// The node of a `category`; any other that learns is a `standardize`.
inline bool numbers_words(const ir::Node& node) {
  return ir::op_of(node).name == catalogue::entry(catalogue::FeedId::Category).name;
}

/// What the draws of a feed follow from, beside the row and the place of the call: so that neither the order of batches
/// nor the number of threads changes them, and a run that goes on draws what it would have drawn.
struct Drawing {
  bool trains = false;  // else nothing is drawn: crops are the middle, images stay as they are
  std::int64_t seed = 0, epoch = 0;
};

class Feed {
 public:
  /// `part` index chooses the graph where a recipe has one per part. Throws RuntimeFault as Executor does.
  Feed(const ir::Data& recipe, std::size_t index);
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
  /// Finds unseen categories, missing values that reach the model, and integers out of range.
  bool check(const Part& part, std::int64_t batch, const std::map<std::string, passes::IndexLimit>& limits,
             diagnostics::Sink& sink);
  const ir::Graph& graph() const { return graph_; }

 private:
  struct Fitted {
    std::uint32_t node = 0;
    std::string key;
    exec::Executor before;  // gives the node's operand, which a fit is computed from
  };

  /// The columns' rows, as far as the plan needs them.
  std::vector<at::Tensor> gather(const std::vector<std::int64_t>& rows, const plan::Plan& plan,
                                 const Drawing& drawing = {}) const;
  at::Tensor draws_of(const std::vector<std::int64_t>& rows, const Drawing& drawing) const;
  bool may_lack_values(ir::ValueId value) const;
  const Column* text_operand(std::uint32_t node) const;
  const Column* direct_column(ir::ValueId value) const;
  std::vector<const Column*> columns_behind(ir::ValueId value) const;
  bool fit_standardize(const Fitted& fitted, const std::vector<Part>& training, FitState& fit, diagnostics::Sink& sink);
  bool fit_category(const Fitted& fitted, const std::vector<Part>& all, FitState& fit);
  void install(std::uint32_t node, const FitState& fit);
  void set_state(std::uint32_t node, const std::vector<at::Tensor>& state);
  bool check_category(const Fitted& fitted, const Part& part, diagnostics::Sink& sink);
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
