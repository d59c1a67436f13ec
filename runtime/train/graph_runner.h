// One compiled graph of the model made ready for named tensors: which graph serves a feed, and running it for losses
// and metrics. Knows no data files.
#pragma once

#include <optional>

#include "exec/executor.h"
#include "train/carry.h"
#include "train/loss_sums.h"
#include "train/metrics.h"

namespace modelc::train {

/// The graph for a mode, the optional inputs among `names`, and the choices (see ir::find_graph).
const ir::Graph* find_graph(const ir::Program& program, bool training, const std::vector<std::string>& names,
                            const std::map<std::string, std::string>& choices);

/// Whether each choice has its word. A graph that is not found for them was refused, with a report, when it was to be
/// compiled.
bool all_chosen(const ir::Program& program, const std::map<std::string, std::string>& choices);

/// What one batch gave.
struct Evaluation {
  at::Tensor loss;                               // the sum of the terms; undefined where there are none
  std::vector<ShareValue> shares;                // of all terms in order
  std::vector<std::vector<at::Tensor>> metrics;  // operands by metric
  Carried carried;                               // what goes into the next batch
};

/// How far the training is: the step, from 1, and the epoch, from 0.
struct Counters {
  std::int64_t step = 1, epoch = 0;
};

class GraphRunner {
 public:
  /// What is asked of a graph: every term of the loss or those of some names; the metrics or not; what is carried.
  struct Asked {
    std::vector<std::string> terms;
    bool metrics = false;
    std::vector<ir::Carried> carry = {};
  };
  /// `names` are those of the tensors that run() gets.
  GraphRunner(const ir::Graph& graph, const ir::Program& program, build::TreeModule& tree,
              const std::vector<std::string>& names, const Asked& asked,
              exec::ResultChecks checks = exec::ResultChecks::None);
  /// On a batch of so many rows.
  Evaluation run(const std::vector<at::Tensor>& fed, std::int64_t rows, Counters counters = {}) const;
  exec::Executor::NonFinite find_non_finite(const std::vector<at::Tensor>& fed, Counters counters = {}) const;
  /// The same of a gradient of the loss.
  exec::Executor::NonFinite find_non_finite_gradient(const std::vector<at::Tensor>& fed, Counters counters = {}) const;
  /// Those that run() gets, in its order.
  const std::vector<std::string>& names() const { return names_; }
  /// Needed inputs that no name feeds.
  std::vector<std::string> unfed() const;
  const ir::Graph& graph() const { return graph_; }
  /// How many kernels a run calls.
  std::size_t steps() const { return executor_.plan().steps.size(); }
  void set_watch(exec::StepWatch* watch) { executor_.set_watch(watch); }

 private:
  struct Share {
    passes::LossShare share;
    std::size_t term = 0;
  };
  static std::vector<std::size_t> terms_of(const ir::Graph& graph, const std::vector<std::string>& names);
  static std::vector<Share> shares_of(const ir::Graph& graph, const std::vector<std::size_t>& terms);
  plan::Plan plan_of(const ir::Program& program, const Asked& asked) const;
  std::vector<at::Tensor> ordered(const std::vector<at::Tensor>& fed, Counters counters) const;
  ShareValue value_of(const Share& share, const exec::Result*& result, std::int64_t rows) const;

  const ir::Graph& graph_;
  std::vector<std::size_t> terms_;  // of the loss, that are asked for
  std::vector<Share> shares_;
  exec::Executor executor_;
  std::vector<std::string> names_;
  std::vector<std::size_t> source_;  // per graph input: index into names, or SIZE_MAX
  bool with_metrics_;
  std::vector<ir::Carried> carry_;
};

}  // namespace modelc::train
