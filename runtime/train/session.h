// A recipe made ready to run: seeded, data loaded, split, fitted and checked, the module tree built with its weights.
// Shared by train and eval; does everything that can fail before a run folder exists. Reports M7xxx, M8xxx.
#pragma once

#include "api.h"
#include "build/tree_module.h"
#include "data/feed.h"
#include "formats/safetensors.h"
#include "train/graph_runner.h"
#include "weights/tensor_file.h"

namespace modelc::train {

enum class Split { Train, Valid, Test };
std::string_view word_of(Split split);

/// Loss and metrics of one split.
struct Scores {
  double loss = 0;
  bool has_loss = false;
  std::vector<std::pair<std::string, double>> terms;  // where there are several
  std::vector<std::pair<std::string, double>> metrics;
  std::vector<std::pair<std::string, std::string>> tables;
  std::int64_t rows = 0;
};

/// `--limit`: the first batches alone.
void limit(std::vector<data::Batch>& batches, std::optional<std::int64_t> count);

class Session {
 public:
  explicit Session(const runtime::Request& request);

  /// Seeds, loads `weights` or the description's, prepares data. Without training only the split that is scored.
  bool open(bool training);
  /// Without a model: all splits, with the statistics of a checkpoint where there is one.
  bool open_data_alone();
  /// For rows that a command names (`ir::Data::given`): the model with its weights, what its feed was fitted to, and
  /// the rows. The training rows are read only where no checkpoint says what they fit.
  bool open_rows();
  const std::vector<data::Part>& given_parts() const { return given_; }
  /// The words of the choice inputs that a dataset is for; nullopt after reporting a column that holds several.
  std::optional<std::map<std::string, std::string>> choices_of(const data::Dataset& data);
  /// What is scored: the split that the command names, else the last there is.
  Split scored_split() const;
  const std::vector<data::Part>& parts_of(Split split) const;

  std::int64_t seed() const { return seed_; }
  build::TreeModule& tree() { return *tree_; }
  const std::vector<data::Part>& training_parts() const { return train_; }
  /// test, valid or train: the first there is. Empty parts where the split has none.
  const std::vector<data::Part>& valid_parts() const { return valid_; }
  const std::vector<data::Part>& test_parts() const { return test_; }
  const std::vector<data::FitState>& fits() const { return fits_; }
  std::map<std::string, std::string> metadata() const;
  /// What goes into a checkpoint: the state dict, or what `--save-only` leaves of it.
  weights::NamedTensors kept() const;

  data::Feed& feed(const data::Part& part, std::size_t index);
  /// In training for every term of the loss, or the one of a name; else for metrics, too. `carries`: for a batch into
  /// which something is carried.
  GraphRunner* runner(bool training, const data::Part& part, std::size_t index, const std::string& term = {},
                      bool carries = false);
  /// A batch of a part: what its rows feed, with what comes from the batch before; what goes on takes its place.
  struct Question {
    bool training = false;
    const data::Part& part;
    std::size_t index = 0;
    std::int64_t rows = 0;
    std::string term = {};
  };

  Evaluation evaluate(const Question& question, const std::vector<at::Tensor>& fed, Carried& carried);
  /// Where the first value comes from that is not finite.
  exec::Executor::NonFinite find_non_finite(const Question& question, const std::vector<at::Tensor>& fed,
                                            Carried carried);
  exec::Executor::NonFinite find_non_finite_gradient(const Question& question, const std::vector<at::Tensor>& fed,
                                                     Carried carried);

  /// How far the training is, which a loss may see.
  void count(Counters now) { counters_ = now; }

  /// The stage of the training that runs; where nothing trains, the last one.
  const ir::Phase& phase() const { return phases_[phase_]; }
  const std::vector<ir::Phase>& phases() const { return phases_; }
  void enter(std::size_t phase);
  /// The parameters that train in this stage; those of others stand still.
  const std::vector<std::pair<std::string, at::Tensor>>& trainable() const { return in_phase_; }
  /// In any stage.
  const std::vector<std::pair<std::string, at::Tensor>>& ever_trainable() const { return trainable_; }
  /// Watches what runs in training from now on.
  void set_watch(exec::StepWatch* watch);
  /// The whole split without gradients, or as many batches as `--limit` says; nullopt when `stop` says so in between.
  std::optional<Scores> score(const std::vector<data::Part>& parts, const std::function<bool()>& stop = {});
  /// How the weights that it starts from fit, in groups; empty where there are none.
  const std::string& weight_report() const { return weight_report_; }
  const runtime::Request& request() const { return request_; }
  const ir::Recipe& recipe() const { return recipe_; }
  const ir::Program& program() const { return program_; }
  diagnostics::Sink& sink() { return sink_; }

 private:
  using Datasets = std::vector<std::shared_ptr<data::Dataset>>;
  /// The seed and the statistics of the checkpoint that is used; false after reporting damage.
  bool read_metadata(bool training);
  bool open_weights(bool training);
  /// Whether the training source is read: to train, to be fitted on, or since a part of it is scored.
  bool needs_training_rows(bool training) const;
  bool open_data(bool training);
  void know_classes(data::Loader& loader) const;
  bool split_rows(const Datasets& train);
  bool fit_feeds(const std::vector<data::Part>& all);
  void keep_first(std::int64_t rows);
  bool restore_feeds(const std::vector<data::Part>& parts, support::Span source);
  bool check_parts(const std::vector<data::Part>& parts, bool training);
  std::vector<std::string> fed_names(const data::Feed& feed, bool carries) const;
  const ir::Graph& held(const ir::Graph& graph);
  /// The runner that takes a batch, and the batch in its order.
  std::pair<GraphRunner*, std::vector<at::Tensor>> prepare(const Question& question,
                                                           const std::vector<at::Tensor>& tensors, Carried& carried);

  const runtime::Request& request_;
  const ir::Program& program_;
  const ir::Recipe& recipe_;
  diagnostics::Sink& sink_;
  std::int64_t seed_ = 0;
  formats::WeightFile weight_file_;  // what the last `--weights` names: one version of it for metadata and tensors
  std::string weight_report_;
  std::unique_ptr<build::TreeModule> tree_;
  std::vector<data::Part> train_, valid_, test_, given_;
  std::map<const data::Dataset*, std::unique_ptr<data::Feed>> feeds_;
  /// By dataset, mode, term, phase, and whether something is carried.
  using RunnerKey = std::tuple<const data::Dataset*, bool, std::string, std::size_t, bool>;
  std::map<RunnerKey, std::unique_ptr<GraphRunner>> runners_;
  std::vector<ir::Phase> phases_;  // at least one
  std::size_t phase_ = 0;
  Counters counters_;
  std::vector<std::pair<std::string, at::Tensor>> trainable_, in_phase_;
  std::map<std::pair<const ir::Graph*, std::size_t>, std::unique_ptr<ir::Graph>> held_;  // by phase
  std::vector<data::FitState> fits_;
  bool fits_restored_ = false;
  exec::StepWatch* watch_ = nullptr;
  bool alone_ = false;  // without a model
};

}  // namespace modelc::train
