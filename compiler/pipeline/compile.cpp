#include "pipeline/compile.h"

#include <algorithm>
#include <chrono>

#include "compose/command_text.h"
#include "compose/settings.h"
#include "elaborate/settle.h"
#include "pipeline/check_unused.h"
#include "pipeline/given_rows.h"
#include "pipeline/print_nodes.h"
#include "pipeline/print_plans.h"
#include "syntax/yaml/yaml.h"

namespace modelc::pipeline {
namespace {

class Stopwatch {
 public:
  explicit Stopwatch(const Watch& watch) : watch_(watch), start_(Clock::now()) {}
  void end(std::string_view phase) {
    const auto now = Clock::now();
    if (watch_) watch_(phase, std::chrono::duration<double, std::milli>(now - start_).count());
    start_ = now;
  }

 private:
  using Clock = std::chrono::steady_clock;
  const Watch& watch_;
  Clock::time_point start_;
};

/// What could not be read of a description is a hole that elaboration stays quiet about, so the faults of the rest are
/// worth having in the same run. A file that could not be read changes what the model is: more faults would be echoes.
bool worth_elaborating(const compose::Composition& composition) {
  const ast::Description& root = *composition.root;
  return composition.complete &&
         (composition.sound || (root.inputs.given && (root.body.forward.given != root.body.layers.given)));
}

}  // namespace

const std::vector<Phase>& phases() {
  static const std::vector<Phase> all = {
#define MODELC_PHASE(name, sentence) {#name, sentence},
#include "pipeline/phases.def"
#undef MODELC_PHASE
  };
  return all;
}

std::optional<Compiled> compile(support::SourceManager& sources, const std::string& file,
                                const compose::Overrides& overrides, const elaborate::Options& options,
                                diagnostics::Sink& sink, const Watch& watch, const passes::Options& passes) {
  Stopwatch stopwatch(watch);
  auto composition = compose::compose(sources, file, overrides, sink, elaborate::settle);
  stopwatch.end("compose");
  if (!composition) return std::nullopt;
  Compiled out;
  out.composition = std::make_shared<const compose::Composition>(std::move(*composition));
  if (!worth_elaborating(*out.composition)) {
    compose::apply_allow(out.composition->root->running.allow, sink);
    compose::report_not_yet(*out.composition, sink);
    return out;
  }

  elaborate::Options with_sources = options;
  with_sources.data.sources = &sources;
  if (!options.data.rows_text.empty()) {
    auto rows = given_rows(sources, options.data.rows_text, sink);
    if (!rows) return out;
    with_sources.data.rows = std::move(*rows);
  }
  for (const auto& [symbol, size] : options.where) {
    const std::string number = std::to_string(size);
    with_sources.where_places[symbol] = compose::add_command_text(sources, "--where", symbol, &number).name_span();
  }
  out.elaborated = elaborate::elaborate(out.composition, with_sources, sink);
  stopwatch.end("elaborate");
  const bool holds = passes::run(out.elaborated.program, out.elaborated.state, passes, sink);
  // Last, so that a fault here keeps no other from being found.
  const bool honoured = compose::report_not_yet(*out.composition, sink);
  stopwatch.end("passes");
  out.sound = out.elaborated.state == passes::State::Sound && holds && honoured;
  if (!out.sound) return out;
  check_unused(*out.composition, out.elaborated.program, sink);

  // The shape of the program always; its types again where that was asked for, after each pass.
  for (const std::string& broken : ir::verify(out.elaborated.program, ir::Types::Trusted)) {
    sink.report({}, diag::InternalFault, broken).help("please report this together with the description");
    out.sound = false;
  }
  stopwatch.end("verify");
  return out;
}

std::vector<std::string> printable() {
  std::vector<std::string> names;
  for (const Phase& phase : phases()) {
    names.emplace_back(phase.name);
    if (phase.name != "elaborate") continue;
    for (const passes::Pass& pass : passes::passes()) names.emplace_back(pass.name);
  }
  names.emplace_back("plan");
  return names;
}

std::optional<std::string> print_after(std::string_view name, support::SourceManager& sources, const std::string& file,
                                       const compose::Overrides& overrides, const elaborate::Options& options,
                                       diagnostics::Sink& sink, passes::Options passes) {
  if (name == "read" || name == "compose") {
    const auto composition = compose::compose(sources, file, overrides, sink, elaborate::settle);
    if (!composition || !composition->whole()) return std::nullopt;
    if (name == "compose") return composition->bundle;
    // The outermost file is the first that was read.
    const syntax::YamlDocument yaml = syntax::read_yaml(sources, 1, sink);
    return yaml.root ? std::optional(print_nodes(*yaml.root, sources)) : std::nullopt;
  }
  const auto& all = passes::passes();
  const auto pass = std::find_if(all.begin(), all.end(), [&](const passes::Pass& p) { return p.name == name; });
  if (name == "elaborate") passes.count = 0;
  else if (pass != all.end()) passes.count = static_cast<std::size_t>(pass - all.begin()) + 1;
  const auto compiled = compile(sources, file, overrides, options, sink, {}, passes);
  if (!compiled || !compiled->sound) return std::nullopt;
  return name == "plan" ? print_plans(compiled->elaborated.program) : ir::print(compiled->elaborated.program);
}

}  // namespace modelc::pipeline
