#include "modelc/trial_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/json.h"

namespace modelc::cli {
namespace {

using runs::Trial;
using runs::TrialState;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The trial's figure among what its training printed.
double score_of(const runs::Report& report) {
  const support::Json results = support::Json::parse(report.results, nullptr, false);
  if (!results.is_object()) return kNone;
  const auto found = results.find(report.figure);
  return found != results.end() && found->is_number() ? found->get<double>() : kNone;
}

/// Several trainings share the cores; one alone decides for itself.
std::vector<std::string> environment_of(std::int64_t jobs) {
  if (jobs < 2 || std::getenv("OMP_NUM_THREADS") != nullptr) return {};
  const unsigned cores = std::max(1u, std::thread::hardware_concurrency() / 2);
  return {fmt::format("OMP_NUM_THREADS={}", std::max<std::int64_t>(1, cores / jobs))};
}

void add(std::vector<std::string>& out, const char* option, const std::string& value) {
  out.emplace_back(option);
  out.push_back(value);
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

void add(std::vector<std::string>& out, const char* option, const Pairs& pairs) {
  for (const auto& [name, value] : pairs) add(out, option, name + "=" + value);
}

}  // namespace

std::vector<std::string> TrialRunner::arguments_of(const Trial& trial, std::int64_t budget) const {
  const compose::Overrides& o = common_.overrides;
  std::vector<std::string> out{"train", common_.arguments[0], "-q"};
  if (!o.variant.empty()) add(out, "--variant", o.variant);
  add(out, "--set", o.set);
  add(out, "--set", trial.setting);
  add(out, "--replace", o.replace);
  add(out, "--append", o.append);
  add(out, "--prepend", o.prepend);
  add(out, "--wrap", o.wrap);
  for (const std::string& path : o.remove) add(out, "--remove", path);
  for (const std::string& glob : o.freeze) add(out, "--freeze", glob);
  if (!common_.device.empty()) add(out, "--device", common_.device);
  if (common_.seed) add(out, "--seed", std::to_string(*common_.seed));
  if (common_.threads) add(out, "--threads", std::to_string(*common_.threads));
  if (budget > 0) add(out, "--until", std::to_string(budget));
  add(out, "-o", folder_.file(trial.name));
  const bool begun = std::filesystem::exists(folder_.file(trial.name) + "/resume.safetensors");
  out.emplace_back(begun ? "--resume" : "--overwrite");
  return out;
}

std::string TrialRunner::start(std::size_t number, std::size_t round) {
  const Trial& trial = sweep_.trials[number];
  const std::string why = processes_.start(number, arguments_of(trial, budgets_[round]),
                                           folder_.file(trial.name + ".log"), environment_of(common_.jobs.value_or(1)));
  return why.empty() ? "" : fmt::format("cannot start a process: {}", why);
}

void TrialRunner::tell(const Trial& trial) const {
  if (common_.quiet) return;
  std::string text = trial.name;
  for (const auto& [path, value] : trial.setting) text += fmt::format("  {}={}", path, value);
  if (trial.state == TrialState::Failed)
    text += fmt::format("  failed with exit code {}, see {}", trial.exit, folder_.file(trial.name + ".log"));
  else if (!std::isnan(trial.score())) text += fmt::format("  {} {:.6g}", sweep_.figure, trial.score());
  std::fprintf(stderr, "%s\n", text.c_str());
}

std::string TrialRunner::end(const Processes::Ended& ended, std::size_t round) {
  Trial& trial = sweep_.trials[ended.number];
  trial.exit = ended.exit;
  if (ended.exit == kDone) {
    const auto run = runs::read_run(folder_.file(trial.name));
    if (run && sweep_.figure.empty()) sweep_.figure = run->report.figure, sweep_.higher = run->report.higher;
    trial.scores.push_back(run ? score_of(run->report) : kNone);
    trial.state = round + 1 == budgets_.size() ? TrialState::Finished : TrialState::Waiting;
  } else {
    trial.state = ended.exit == kInterrupted ? TrialState::Interrupted : TrialState::Failed;
  }
  if (!processes_.is_interrupted()) tell(trial);
  return folder_.save(sweep_);
}

// A trial that has done the round, or has failed, is not trained again.
std::string TrialRunner::run_round(const std::vector<std::size_t>& racing, std::size_t round) {
  const auto jobs = static_cast<std::size_t>(common_.jobs.value_or(1));
  std::string fault;
  auto next = racing.begin();
  while (true) {
    processes_.look();
    while (next != racing.end() && processes_.running() < jobs && !processes_.is_interrupted() && fault.empty()) {
      const Trial& trial = sweep_.trials[*next];
      if (trial.scores.size() <= round && trial.state != TrialState::Failed) fault = start(*next, round);
      ++next;
    }
    if (processes_.running() == 0) return fault;
    const std::string why = end(processes_.wait(), round);
    if (fault.empty()) fault = why;
  }
}

std::string TrialRunner::run() {
  std::vector<std::size_t> racing(sweep_.trials.size());
  for (std::size_t i = 0; i < racing.size(); ++i) racing[i] = i;
  for (std::size_t round = 0; round < budgets_.size(); ++round) {
    if (std::string why = run_round(racing, round); !why.empty() || processes_.is_interrupted()) return why;
    if (round + 1 == budgets_.size()) break;
    std::erase_if(racing, [&](std::size_t at) { return sweep_.trials[at].state == TrialState::Failed; });
    const std::vector<std::size_t> kept = runs::better_half(sweep_.trials, racing, round, sweep_.higher);
    for (const std::size_t at : racing)
      if (std::find(kept.begin(), kept.end(), at) == kept.end()) sweep_.trials[at].state = TrialState::Dropped;
    racing = kept;
  }
  return folder_.save(sweep_);
}

}  // namespace modelc::cli
