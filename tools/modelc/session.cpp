#include "modelc/session.h"

#include <cstdio>
#include <cstdlib>

#include "modelc/checkpoint.h"
#include "pipeline/check_data.h"
#include "pipeline/check_point.h"
#include "weights/match_weights.h"

namespace modelc::cli {

namespace {

/// Commands that cannot do without the rows.
bool trains(const std::string& command) { return command == "train" || command == "lr-find" || command == "sweep"; }

}  // namespace

Session::Session(const Invocation& invocation) : passes(pass_options()), invocation_(invocation), scope_(dims_) {}

const pipeline::Compiled* Session::compile(const std::string& file, bool recipe) {
  elaborate::Options options = options_of(invocation_);
  options.recipe = recipe;
  using Absent = recipe::Options::Absent;
  const std::string& command = invocation_.command;
  options.data.memory = memory_of(invocation_, file);
  options.data.rows_text = invocation_.data;
  const bool needs_rows = trains(command) || command == "eval" || command == "data show";
  // A checkpoint knows of its data what must be known of them; which files are read, is known when it is used.
  options.data.absent = needs_rows && !options.data.memory ? Absent::Refuse
                        : command == "check"               ? Absent::Warn
                                                           : Absent::Ignore;
  compiled = pipeline::compile(sources, file, invocation_.overrides, options, sink, watch_of(invocation_), passes);
  if (!compiled || !compiled->sound) return nullptr;
  if (!invocation_.where.empty() && !pipeline::check_point(sources, file, invocation_.overrides, options, sink))
    return nullptr;
  if (command == "check") {
    const elaborate::Elaborated& made = compiled->elaborated;
    pipeline::check_last_batch(made.program, made.recipe, sink);
    const bool fits =
        pipeline::check_batch(made.program, made.recipe, sink) & weights::check_weights(made.program, false, sink);
    if (!pipeline::check_data(made.program, made.recipe.data, sink) || !fits) return nullptr;
  }
  return &*compiled;
}

int Session::report() {
  const std::vector<diagnostics::Diagnostic> found = sink.sorted();
  const int code = compiled ? exit_of(found) : static_cast<int>(kFaulty);
  Invocation shown = invocation_;
  if (code == kDone) shown.format = Format::Text;  // standard output holds the result
  if (code != kDone || !invocation_.quiet) {
    if (code != kDone || !found.empty()) show(found, sources, shown);
  }
  return code;
}

void keep_to_the_end(std::unique_ptr<Session> session) {
  static auto* const kept = new std::unique_ptr<Session>;  // never freed, and within reach: no leak
  *kept = std::move(session);
}

elaborate::Options options_of(const Invocation& invocation) {
  elaborate::Options options;
  options.where = invocation.where;
  return options;
}

passes::Options pass_options() {
  passes::Options options;
  options.verify = std::getenv("MODELC_VERIFY") != nullptr;
  return options;
}

pipeline::Watch watch_of(const Invocation& invocation) {
  if (!invocation.verbose) return {};
  return [](std::string_view phase, double milliseconds) {
    std::fprintf(stderr, "%-10.*s %8.2f ms\n", static_cast<int>(phase.size()), phase.data(), milliseconds);
  };
}

}  // namespace modelc::cli
