// From rows of a dataset to the model's inputs and targets: runs the compiled feed, fits what is fitted, and finds bad
// rows before a step is taken. Reports M81xx.
#pragma once

#include "catalogue/entry.h"
#include "data/numbering.h"
#include "data/split.h"
#include "exec/executor.h"
#include "passes/index_limits.h"

namespace modelc::data {

/// What a `standardize` or `category` learned; stored in checkpoints.
struct FitState {
  std::string key;
  bool category = false;
  at::Tensor mean, std;                        // standardize
  bool text = false, missing = false;          // category
  std::vector<std::string> words;              // sorted
  at::Tensor values;                           // sorted numbers; NaN last where a missing value occurs
  std::shared_ptr<const Numbering> numbering;  // of pieces of text
};

/// Checkpoint metadata: JSON with numbers in hexadecimal, so that nothing is rounded. Empty where there is no fit.
std::string to_json(const std::vector<FitState>& fits);
std::optional<std::vector<FitState>> fits_from_json(const std::string& text);

/// The node of a `category`; any other that learns is a `standardize`.
inline bool numbers_words(const ir::Node& node) {
  return ir::op_of(node).name == catalogue::entry(catalogue::FeedId::Category).name;
}

/// The node that numbers pieces of text.
bool numbers_pieces(const ir::Node& node);

class Feed {
 public:
  /// `part` index chooses the graph where a recipe has one per part. Throws RuntimeFault as Executor does.
  Feed(const ir::Data& recipe, std::size_t index);
  /// Connects the feed to a dataset's columns; false after reporting a column that is not there.
  bool connect(const Dataset& data, support::Span span, diagnostics::Sink& sink);

  const std::vector<std::string>& names() const { return names_; }
  /// One tensor per name, for these rows.
  std::vector<at::Tensor> run(const std::vector<std::int64_t>& rows);

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
  std::vector<at::Tensor> gather(const std::vector<std::int64_t>& rows, const plan::Plan& plan) const;
  /// Of the columns' own rows, where windows are what batches are drawn of.
  std::vector<at::Tensor> gather_steps(const std::vector<std::int64_t>& steps, const plan::Plan& plan) const;
  /// The columns' rows that a part has, each once.
  static std::vector<std::int64_t> own_rows(const Part& part);
  bool may_lack_values(ir::ValueId value) const;
  const Column* text_operand(std::uint32_t node) const;
  const Column* direct_column(ir::ValueId value) const;
  std::vector<const Column*> columns_behind(ir::ValueId value) const;
  bool fit_standardize(const Fitted& fitted, const std::vector<Part>& training, FitState& fit, diagnostics::Sink& sink);
  bool fit_category(const Fitted& fitted, const std::vector<Part>& all, FitState& fit);
  bool fit_pieces(const Fitted& fitted, const std::vector<Part>& training, const std::vector<Part>& all, FitState& fit,
                  diagnostics::Sink& sink);
  /// Inputs and targets that are made of a node's result.
  std::vector<std::string> fed_by(std::uint32_t node) const;
  bool check_pieces(const Fitted& fitted, const Part& part, diagnostics::Sink& sink) const;
  void install(std::uint32_t node, const FitState& fit);
  void set_state(std::uint32_t node, const std::vector<at::Tensor>& state);
  bool check_category(const Fitted& fitted, const Part& part, diagnostics::Sink& sink);
  bool report_missing(const at::Tensor& value, ir::ValueId id, const std::vector<std::int64_t>& rows,
                      const std::string& name, support::Span span, diagnostics::Sink& sink) const;

  const ir::Graph& graph_;
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
