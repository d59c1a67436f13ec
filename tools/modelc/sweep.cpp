// `modelc sweep`: trainings with many settings, each by a process of its own in a run folder of its own.
#include <fmt/format.h>
#include <sys/file.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "modelc/interrupts.h"
#include "modelc/session.h"
#include "modelc/sweep_folder.h"
#include "modelc/trial_runner.h"
#include "support/json.h"

namespace modelc::cli {
namespace {

using runs::Axis;
using runs::Setting;
using runs::Sweep;

/// The axes that the command line names; nullopt after a word on what is wrong.
std::optional<std::vector<Axis>> axes_of(const Invocation& invocation) {
  std::vector<Axis> axes;
  for (const auto& [path, values] : invocation.over) {
    std::string fault;
    const auto axis = runs::axis_of(path, values, fault);
    const bool twice = std::any_of(axes.begin(), axes.end(), [&](const Axis& one) { return one.path == axis->path; });
    if (axis && twice) fault = "the path is given twice";
    if (!fault.empty()) {
      usage_error(fmt::format("`--over {}={}`: {}", path, values, fault), "sweep");
      return std::nullopt;
    }
    axes.push_back(*axis);
  }
  if (!axes.empty()) return axes;
  usage_error("`modelc sweep` needs `--over PATH=VALUES`", "sweep");
  return std::nullopt;
}

std::optional<std::vector<Setting>> settings_of(const Invocation& invocation, const std::vector<Axis>& axes) {
  if (invocation.samples) return runs::samples(axes, *invocation.samples, invocation.seed.value_or(0));
  std::string fault;
  auto all = runs::grid(axes, fault);
  if (!all) usage_error(fault, "sweep");
  return all;
}

/// What is wrong with the options beside the axes, or empty.
std::string wrong_options(const Invocation& invocation) {
  if (!invocation.mode.empty() && invocation.metric.empty()) return "`--mode` goes with `--metric`";
  if (invocation.resume && invocation.overwrite) return "`--resume` and `--overwrite` exclude each other";
  for (const auto& [path, values] : invocation.over) {
    const bool length = path == "train.epochs" || path == "train.steps";
    if (length && invocation.halving) return fmt::format("`--halving` says how long a trial is, not `--over {}`", path);
    if (path.starts_with("train.best") && !invocation.metric.empty())
      return fmt::format("`--metric` says what is best, not `--over {}`", path);
  }
  return {};
}

/// The invocation of one trial's training, as far as what all have in common.
Invocation common_of(const Invocation& invocation) {
  Invocation out = invocation;
  if (!invocation.metric.empty()) {
    const std::string mode = invocation.mode.empty() ? "" : ", mode: " + invocation.mode;
    out.overrides.set.emplace_back("train.best", fmt::format("{{metric: {}{}}}", invocation.metric, mode));
  }
  return out;
}

/// How long a trial is, in steps where the recipe counts them, else in epochs; nullopt where the first setting does not
/// make a training, which was reported.
std::optional<std::int64_t> length_of(const Invocation& common, const Setting& first, int& exit) {
  Invocation own = common;
  own.overrides.set.insert(own.overrides.set.end(), first.begin(), first.end());
  Session session(own);
  const pipeline::Compiled* compiled = session.compile(own.arguments[0]);
  exit = session.report();
  if (compiled == nullptr || exit != kDone) {
    if (exit == kDone) exit = kFaulty;
    return std::nullopt;
  }
  const ir::Recipe& recipe = compiled->elaborated.recipe;
  if (recipe.phases.empty()) return recipe.training.steps.value_or(recipe.training.epochs.value_or(1));
  std::int64_t epochs = 0;
  for (const ir::Phase& phase : recipe.phases) {
    if (common.halving && phase.training.steps) {
      exit = usage_error("`--halving` takes phases that count epochs", "sweep");
      return std::nullopt;
    }
    epochs += phase.training.epochs.value_or(1);
  }
  return epochs;
}

/// What must be the same for a sweep to go on.
std::string asked_of(const Invocation& invocation, const std::vector<std::int64_t>& budgets) {
  const compose::Overrides& o = invocation.overrides;
  const support::Json out = {{"file", invocation.arguments[0]},
                             {"over", invocation.over},
                             {"samples", invocation.samples.value_or(0)},
                             {"halving", invocation.halving},
                             {"rounds", budgets},
                             {"metric", invocation.metric},
                             {"mode", invocation.mode},
                             {"seed", invocation.seed ? support::Json(*invocation.seed) : support::Json()},
                             {"variant", o.variant},
                             {"set", o.set},
                             {"replace", o.replace},
                             {"append", o.append},
                             {"prepend", o.prepend},
                             {"wrap", o.wrap},
                             {"remove", o.remove},
                             {"freeze", o.freeze}};
  return out.dump();
}

int finish_sweep(const SweepFolder& folder, const Sweep& sweep, const Invocation& invocation, bool interrupted) {
  if (const std::string why = folder.write_results(sweep); !why.empty()) {
    std::fprintf(stderr, "modelc: cannot write `%s`: %s\n", folder.path().c_str(), why.c_str());
    return kFailed;
  }
  print(invocation.format == Format::Json ? folder.results_json(sweep) : folder.results_text(sweep));
  if (interrupted) {
    if (!invocation.quiet) std::fprintf(stderr, "interrupted, saved %s; `--resume` goes on\n", folder.path().c_str());
    return kInterrupted;
  }
  int worst = kDone;
  for (const runs::Trial& trial : sweep.trials) {
    if (trial.state == runs::TrialState::Finished) return kDone;
    if (worst == kDone) worst = trial.exit;
  }
  return worst;
}

}  // namespace

int run_sweep(const Invocation& invocation) {
  answer_signals(false);
  if (const std::string fault = wrong_options(invocation); !fault.empty()) return usage_error(fault, "sweep");
  const auto axes = axes_of(invocation);
  if (!axes) return kUsage;
  const auto settings = settings_of(invocation, *axes);
  if (!settings) return kUsage;
  const Invocation common = common_of(invocation);
  int exit = kDone;
  const auto length = length_of(common, settings->front(), exit);
  if (!length) return exit;

  const std::vector<std::int64_t> budgets =
      invocation.halving ? runs::budgets(settings->size(), *length) : std::vector<std::int64_t>{0};
  Sweep sweep;
  sweep.asked = asked_of(invocation, budgets);
  sweep.trials = runs::trials_of(*settings);
  SweepFolder folder;
  if (const int code = folder.open(invocation, sweep); code != kDone) return code;
  TrialRunner runner(common, folder, sweep, budgets);
  if (const std::string why = runner.run(); !why.empty()) {
    std::fprintf(stderr, "modelc: %s\n", why.c_str());
    return kFailed;
  }
  return finish_sweep(folder, sweep, invocation, runner.is_interrupted());
}

}  // namespace modelc::cli
