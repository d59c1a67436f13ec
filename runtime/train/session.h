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

/// Loss and metrics of one split.
struct Scores {
  double loss = 0;
  bool has_loss = false;
  std::vector<std::pair<std::string, double>> terms;  // where there are several
  std::vector<std::pair<std::string, double>> metrics;
  std::vector<std::pair<std::string, std::string>> tables;
  std::int64_t rows = 0;
};

class Session {
 public:
  explicit Session(const runtime::Request& request)
      : request_(request), program_(*request.program), recipe_(*request.recipe), sink_(*request.sink) {}

  /// Seeds, loads `weights` or the description's, prepares data. Without training only the split that is scored.
  bool open(bool training);
  /// Without a model: all splits, with the statistics of a checkpoint where there is one.
  bool open_data_alone();
  /// For rows that a command names (`ir::Data::given`): the model with its weights, what its feed was fitted to, and the
  /// rows. The training rows are read only where no checkpoint says what they fit.
  bool open_rows();
  const std::vector<data::Part>& given_parts() const { return given_; }
  /// The words of the choice inputs that a dataset is for; nullopt after reporting a column that holds several.
  std::optional<std::map<std::string, std::string>> choices_of(const data::Dataset& data);
  /// What is scored: the split that the command names, else the last there is.
  std::string_view scored_split() const;

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
  /// In training for every term of the loss, or the one of a name; else for metrics, too.
  GraphRunner* runner(bool training, const data::Part& part, std::size_t index, const std::string& term = {});
  /// The whole split without gradients; nullopt when `stop` says so in between.
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
  bool restore_feeds(const std::vector<data::Part>& parts, support::Span source);
  bool check_parts(const std::vector<data::Part>& parts, bool training);

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
  std::map<std::tuple<const data::Dataset*, bool, std::string>, std::unique_ptr<GraphRunner>> runners_;
  std::vector<data::FitState> fits_;
  bool fits_restored_ = false;
  bool alone_ = false;  // without a model
};

}  // namespace modelc::train
