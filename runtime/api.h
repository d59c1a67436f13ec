// The runtime's door: what the command line asks for, and the commands that need LibTorch. The library is loaded on
// demand; its one exported symbol is modelc_runtime_run. Faults go to the sink, results to standard output, progress to
// standard error, and each command returns the process's exit code.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "diagnostics/sink.h"
#include "ir/recipe.h"

namespace modelc::runtime {

/// So many threads have their stacks on any machine that has so many cores.
inline constexpr std::int64_t kMostThreads = 1024;

/// What a training may be asked for beside its recipe.
struct Trial {
  bool dry_run = false;                        // one step, nothing kept
  bool profile = false;                        // the time of each node
  std::optional<std::int64_t> overfit, limit;  // rows that train and validate; batches an epoch
  std::optional<std::int64_t> until;           // the epoch (the step, where steps are counted) after which it stops
};

/// `lr-find`: how the rate rises, `bench`: how often each is run.
struct Range {
  double lowest = 1e-7, highest = 10;
  std::optional<std::int64_t> steps;
};

/// What `bench` measures: seconds of each run, in the order in which they were. Empty where the description has nothing
/// to train.
struct Times {
  std::int64_t rows = 0;  // of a batch of the training
  std::vector<double> training, inference;
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> inputs;  // of an inference, with their sizes
  std::int64_t training_kernels = 0, inference_kernels = 0;               // that a run calls
};

struct Request {
  const ir::Program* program = nullptr;
  const ir::Recipe* recipe = nullptr;
  const support::SourceManager* sources = nullptr;
  diagnostics::Sink* sink = nullptr;
  /// Stored in checkpoints as `modelc.description`: what the model can be compiled from again.
  std::string bundle;
  std::string version;      // stored as `modelc.version`
  std::string description;  // train: the resolved description, for RUNDIR/description.yaml
  /// --weights in their order, or the checkpoint given as FILE: a later one goes over those before.
  std::vector<std::string> weights;
  ir::WeightSource weight_keys;  // --only, --except, --rename, --new: of the first of `weights`
  bool save_trainable = false;   // checkpoints hold only what training changes
  /// Places that this command line replaced or removed: what stood there in `weights` is left out, what came is new.
  std::vector<std::string> replaced;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();  // when the command began
  std::string output;                // -o: train: the run folder (empty: runs/NAME-N), build and predict: the file
  std::vector<std::string> inputs;   // predict: FILE.safetensors, FILE.npz, NAME=FILE.npy, NAME=VALUE
  std::vector<std::string> outputs;  // predict: -o, FILE.safetensors, FILE.npz or NAME=FILE.npy each
  std::vector<std::string> only;     // predict: --outputs, names
  bool generates = false;            // predict: --generate; -o may be a .txt or nothing, for standard output
  std::vector<std::string> prompts;  // predict: --prompt, texts to go on from
  std::string split;                 // eval: which one is scored; empty: the last there is
  std::optional<std::int64_t> seed;  // overrides the recipe's
  std::int64_t threads = 1;          // that compute one operation; sums of several are rounded otherwise
  bool threads_asked = false;        // by the command line: a run does not go on with others
  std::string device = "cpu";
  support::Span device_span;  // where a description asks for it
  Trial trial;
  Range range;
  std::map<types::SymbolId, std::int64_t> sizes;  // bench: of --input
  Times* times = nullptr;                         // bench
  bool resume = false;
  bool overwrite = false;  // train: replace the run that is in the folder
  bool quiet = false;
  bool verbose = false;
  bool terminal = false;  // standard error is a terminal: a progress bar
  bool json = false;      // results as JSON
  bool verify = false;    // each kernel's results are compared with their inferred types
};

/// 0 done, 1 faults of description, weights or data, 3 failed at run time, 130 interrupted after saving.
int train(const Request& request);
int evaluate(const Request& request);
int predict(const Request& request);
int build(const Request& request);
int lr_find(const Request& request);
int bench(const Request& request);
int show_data(const Request& request);

}  // namespace modelc::runtime

/// `command` is train, eval, predict, build, lr-find, bench or `data show`; 70 for any other.
extern "C" int modelc_runtime_run(const char* command, const modelc::runtime::Request* request);
