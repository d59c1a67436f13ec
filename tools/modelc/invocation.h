// What the command line asked for, parsed: one plain struct that every command reads. No CLI library shows through.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/commands.h"
#include "compose/compose.h"
#include "ir/weights.h"

namespace modelc::cli {

/// Exit codes: a contract that scripts rely on.
enum Exit : int {
  kDone = 0,
  kFaulty = 1,  // the description, a weight or a data file has errors
  kUsage = 2,
  kFailed = 3,  // at run time: I/O, device, NaN, memory
  kInternal = 70,
  kInterrupted = 130,
};

enum class Format { Text, Json };
enum class Colour { Auto, Always, Never };

struct Invocation {
  std::string command;                 // its name
  std::vector<std::string> arguments;  // FILEs, or what the command takes
  compose::Overrides overrides;
  std::map<std::string, std::int64_t> where;
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> sizes;  // --input x=8x3x224x224
  std::string after;                                                     // ir --after
  std::vector<std::string> weights;
  ir::WeightSource weight_keys;  // --only, --except, --rename, --new: of the first of `weights`
  std::string save_only = "all";
  std::string prefer;  // file or checkpoint, where the two disagree
  std::vector<std::string> inputs, outputs, only, prompts;
  std::string data;   // predict: a source of rows
  std::string split;  // eval
  std::string device;
  std::optional<std::int64_t> seed, threads;
  Format format = Format::Text;
  Colour colour = Colour::Auto;
  std::optional<std::int64_t> overfit, limit, until, steps, samples, jobs;
  std::optional<double> lowest, highest;                  // lr-find: --from, --to
  std::vector<std::pair<std::string, std::string>> over;  // sweep: a `--set` path and its values as given
  std::string metric, mode;
  bool generates = false;  // predict --generate
  bool fix = false;
  bool werror = false;
  bool check = false;
  bool resume = false;
  bool overwrite = false;
  bool dry_run = false;
  bool profile = false;
  bool halving = false;
  bool quiet = false;
  bool verbose = false;
};

/// Places that the command line gave something else: what a weight file has there is left out, what came is new.
std::vector<std::string> edited_places(const Invocation&);

using catalogue::Command;
using catalogue::CommandId;

/// What runs a command.
using Run = int (*)(const Invocation&);
Run run_of(CommandId command);

/// The parsed command line, or the exit code where there is nothing left to do (help was shown, usage was wrong).
struct Parsed {
  std::optional<Invocation> invocation;
  const Command* command = nullptr;
  int exit = kDone;
};
Parsed parse_command_line(int argc, char** argv);

int run_check(const Invocation&);
int run_summary(const Invocation&);
int run_ir(const Invocation&);
int run_explain(const Invocation&);
int run_explain_path(const Invocation&);
int run_ops(const Invocation&);
int run_resolve(const Invocation&);
int run_schema(const Invocation&);
int run_fmt(const Invocation&);
int run_new(const Invocation&);
int run_test(const Invocation&);
int run_diff(const Invocation&);
int run_data_show(const Invocation&);
int run_weights_show(const Invocation&);
int run_weights_match(const Invocation&);
int run_train(const Invocation&);
int run_lr_find(const Invocation&);
int run_sweep(const Invocation&);
int run_runs(const Invocation&);
int run_bench(const Invocation&);
int run_eval(const Invocation&);
int run_predict(const Invocation&);
int run_build(const Invocation&);

}  // namespace modelc::cli
