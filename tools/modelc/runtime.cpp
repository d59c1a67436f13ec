// The commands that compute: compiled here, run by the runtime library, which is loaded when it is first needed.
#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "api.h"
#include "compose/bundle.h"
#include "emit/summary.h"
#include "modelc/bench.h"
#include "modelc/checkpoint.h"
#include "modelc/disagreement.h"
#include "modelc/interrupts.h"
#include "modelc/session.h"
#include "pipeline/resolved.h"
#include "weights/match_weights.h"

namespace modelc::cli {
namespace {

using Entry = int (*)(const char* command, const runtime::Request* request);

/// nullptr after a word on standard error.
Entry load_runtime() {
  constexpr const char* kLibrary = MODELC_RUNTIME_LIBRARY;
  if (*kLibrary == '\0') {
    std::fprintf(stderr, "modelc: this build has no runtime, it can only check and show descriptions\n");
    return nullptr;
  }
  // Never closed: LibTorch does not survive being unloaded.
  void* library = dlopen(kLibrary, RTLD_NOW | RTLD_GLOBAL);
  void* entry = library != nullptr ? dlsym(library, "modelc_runtime_run") : nullptr;
  if (entry == nullptr) {
    std::fprintf(stderr, "modelc: cannot load the runtime: %s\n", dlerror());
    return nullptr;
  }
  return reinterpret_cast<Entry>(entry);
}

/// The files that the values come from: those given, and FILE where it is a checkpoint. One of what was trained only
/// goes over those given; a whole one is for where none is.
std::vector<std::string> weights_of(const Invocation& invocation) {
  std::vector<std::string> files = invocation.weights;
  const std::string own = checkpoint_of(invocation.arguments[0]);
  if (own.empty()) return files;
  if (files.empty() || (files.back() != own && weights::holds_trained_only(own))) files.push_back(own);
  return files;
}

/// What scores or predicts starts from trained values: those of the command, or those that the description names.
enum class Values { Any, Trained };

/// As asked for; else as OpenMP's own variable says, which whoever computes with it sets for all programs; else one a
/// core, whose arithmetic two hyperthreads would share.
std::int64_t threads_of(const Invocation& invocation) {
  if (invocation.threads) return *invocation.threads;
  std::int64_t threads = 0;
  if (const char* text = std::getenv("OMP_NUM_THREADS")) std::from_chars(text, text + std::strlen(text), threads);
  const std::int64_t there = std::thread::hardware_concurrency();
  if (threads < 1) return std::max<std::int64_t>(1, there / 2);
  constexpr std::int64_t kMeant = 64;  // on any machine; a slip of the variable, which is for all programs, harms none
  return std::min(threads, std::max(there, kMeant));
}

/// What `bench` asks for: the program as some of the passes left it, and where the times go.
struct Bench {
  passes::Options passes;
  runtime::Times times;
};

int run_with_runtime(const Invocation& invocation, Values values = Values::Any, Bench* bench = nullptr) {
  const auto started = std::chrono::steady_clock::now();
  answer_signals(invocation.command == "train");
  Session session(invocation);
  if (bench) session.passes = bench->passes;
  const pipeline::Compiled* compiled = session.compile(invocation.arguments[0]);
  const int code = session.report();
  if (compiled == nullptr || code != kDone) return code == kDone ? static_cast<int>(kFaulty) : code;
  std::string fault;
  const auto point = emit::bind_sizes(compiled->elaborated.program, invocation.sizes, fault);
  if (!point) return usage_error("`--input`: " + fault, invocation.command);
  if (values == Values::Trained && invocation.weights.empty() && compiled->elaborated.program.weights.empty())
    return usage_error(fmt::format("`modelc {0}` needs `--weights W`", invocation.command), invocation.command);
  if (!invocation.data.empty() && !compiled->elaborated.recipe.data.given) {
    session.sink.report({}, diag::NothingToTrain, "`data`").help("`--data` gives rows to the feed that stands there");
    return session.report();
  }
  const Entry entry = load_runtime();
  if (entry == nullptr) return kFailed;

  // What was found so far is shown already. The description still reports here: graphs are made when they are asked
  // for.
  const std::size_t shown_before = session.sink.size();
  runtime::Request request;
  request.program = &compiled->elaborated.program;
  request.recipe = &compiled->elaborated.recipe;
  request.sources = &session.sources;
  request.sink = &session.sink;
  request.bundle = compiled->bundle();
  request.version = MODELC_VERSION;
  if (invocation.command == "train" && !invocation.resume && !invocation.dry_run)
    request.description = pipeline::resolved_description(*compiled);
  request.weights = invocation.weights;
  request.started = started;
  request.weight_keys = invocation.weight_keys;
  request.save_trainable = invocation.save_only == "trainable";
  request.replaced = edited_places(invocation);
  if (invocation.command != "predict" && !invocation.outputs.empty()) request.output = invocation.outputs.back();
  request.inputs = invocation.inputs;
  if (invocation.command == "predict" || invocation.command == "lr-find") request.outputs = invocation.outputs;
  request.only = invocation.only;
  request.generates = invocation.generates;
  request.prompts = invocation.prompts;
  request.split = invocation.split;
  request.seed = invocation.seed;
  request.threads = threads_of(invocation);
  request.threads_asked = invocation.threads.has_value();
  const ir::Program& program = compiled->elaborated.program;
  if (!invocation.device.empty()) {
    request.device = invocation.device;
  } else if (!program.device.empty()) {
    request.device = program.device;
    request.device_span = program.device_span;
  }
  request.trial = {invocation.dry_run, invocation.profile, invocation.overfit, invocation.limit, invocation.until};
  request.range.steps = invocation.steps;
  if (invocation.lowest) request.range.lowest = *invocation.lowest;
  if (invocation.highest) request.range.highest = *invocation.highest;
  for (const auto& [symbol, size] : *point) request.sizes[symbol] = size.constant();
  if (bench) request.times = &bench->times;
  request.resume = invocation.resume;
  request.overwrite = invocation.overwrite;
  request.quiet = invocation.quiet;
  request.verbose = invocation.verbose;
  request.terminal = isatty(STDERR_FILENO) != 0;
  request.json = invocation.format == Format::Json;
  request.verify = pass_options().verify;
  std::fflush(stdout);
  const int exit = entry(invocation.command.c_str(), &request);
  diagnostics::Sink later;
  for (std::size_t i = shown_before; i < session.sink.size(); ++i) later.report(session.sink.found()[i]);
  const std::vector<diagnostics::Diagnostic> found = later.sorted();
  if (!found.empty()) {
    Invocation shown = invocation;
    if (exit == kDone) shown.format = Format::Text;
    show(found, session.sources, shown);
  }
  return exit;
}

// Scores or predicts with a checkpoint's weights. Where its description is another one than FILE's, nothing runs until
// it is said which one is meant.
int run_trained(Invocation invocation) {
  const std::string own = checkpoint_of(invocation.arguments[0]);
  invocation.weights = weights_of(invocation);
  // What lies under the last one may be of another model.
  const std::string trained = invocation.weights.empty() ? "" : invocation.weights.back();
  std::string fault;
  if (!trained.empty() && invocation.prefer != "file" && own != trained &&
      compose::read_checkpoint_bundle(trained, fault)) {
    if (invocation.prefer == "checkpoint") {
      invocation.arguments = {trained};
    } else if (const auto difference = disagreement(invocation, trained)) {
      Session session(invocation);
      session.sink.report({}, diag::CheckpointDisagrees, trained, *difference)
          .help("`--prefer checkpoint` takes the description it carries, `--prefer file` the one given");
      show(session.sink.sorted(), session.sources, invocation);
      return kFaulty;
    }
  }
  return run_with_runtime(invocation, Values::Trained);
}

}  // namespace

// A checkpoint given as FILE brings its weights, also to train on from.
int run_train(const Invocation& invocation) {
  if (invocation.dry_run && invocation.resume)
    return usage_error("`--dry-run` keeps nothing, so nothing goes on with `--resume`", "train");
  Invocation own = invocation;
  own.weights = weights_of(invocation);
  return run_with_runtime(own);
}

int run_lr_find(const Invocation& invocation) {
  for (const std::string& out : invocation.outputs)
    if (!out.ends_with(".svg") && !out.ends_with(".csv"))
      return usage_error("`-o` takes FILE.svg or FILE.csv, got `" + out + "`", "lr-find");
  if (invocation.lowest.value_or(1e-7) >= invocation.highest.value_or(10))
    return usage_error("`--from` must be below `--to`", "lr-find");
  return run_train(invocation);
}

int run_bench(const Invocation& invocation) {
  Invocation own = invocation;
  own.weights = weights_of(invocation);
  Bench with{pass_options(), {}}, without = with;
  without.passes.count = passes_before_rewrites();
  if (const int code = run_with_runtime(own, Values::Any, &without); code != kDone) return code;
  own.quiet = true;  // what there is to say was said
  if (const int code = run_with_runtime(own, Values::Any, &with); code != kDone) return code;
  print(bench_results(with.times, without.times, invocation.format == Format::Json));
  return kDone;
}

int run_eval(const Invocation& invocation) { return run_trained(invocation); }

/// What `--generate` does not go together with; empty where all is well.
std::string generation_fault(const Invocation& invocation) {
  if (!invocation.only.empty()) return "`--generate` puts out the input that grows, not `--outputs`";
  const bool text = invocation.outputs.empty() || invocation.outputs.back().ends_with(".txt");
  if (text && invocation.outputs.size() > 1) return "texts go to one `-o`";
  if (!text && invocation.prompts.size() > 1) return "several texts go to standard output or to `-o FILE.txt`";
  return "";
}

// The fits and the categories of a checkpoint are those of its description, also where only the data are looked at.
int run_data_show(const Invocation& invocation) {
  Invocation own = invocation;
  own.weights = weights_of(invocation);
  if (!invocation.outputs.empty() && !invocation.outputs.back().ends_with(".png"))
    return usage_error("`-o` takes FILE.png, got `" + invocation.outputs.back() + "`", "data show");
  return run_with_runtime(own);
}

int run_predict(const Invocation& invocation) {
  if (!invocation.prompts.empty() && !invocation.generates)
    return usage_error("`--prompt` is a text for `--generate` to go on from", "predict");
  if (invocation.generates) {
    if (const std::string fault = generation_fault(invocation); !fault.empty()) return usage_error(fault, "predict");
    if (invocation.outputs.empty() || invocation.outputs.back().ends_with(".txt")) return run_trained(invocation);
  }
  if (invocation.outputs.empty()) return usage_error("`modelc predict` needs `-o OUT`", "predict");
  const bool rows = !invocation.data.empty();
  if (rows && !invocation.inputs.empty())
    return usage_error("`--inputs` and `--data` both say what goes in, give one of the two", "predict");
  for (const std::string& out : invocation.outputs) {
    const std::size_t equal = out.find('=');
    const bool array = equal != std::string::npos && equal > 0 && (out.ends_with(".npy") || out.ends_with(".png"));
    if (array || out.ends_with(".safetensors") || out.ends_with(".npz") || (rows && out.ends_with(".csv"))) continue;
    if (out.ends_with(".csv"))
      return usage_error("a table, `-o " + out + "`, is of rows: give them with `--data SOURCE`", "predict");
    return usage_error(fmt::format("`-o` takes FILE.safetensors, FILE.npz{}, NAME=FILE.npy or NAME=FILE.png, got `{}`",
                                   rows ? ", FILE.csv" : "", out),
                       "predict");
  }
  return run_trained(invocation);
}

int run_build(const Invocation& invocation) {
  if (invocation.outputs.empty()) return usage_error("`modelc build` needs `-o OUT`", "build");
  Invocation own = invocation;
  own.weights = weights_of(invocation);
  return run_with_runtime(own);
}

}  // namespace modelc::cli
