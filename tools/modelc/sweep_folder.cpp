#include "modelc/sweep_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "modelc/table.h"
#include "runs/curves.h"
#include "support/json.h"
#include "support/text_file.h"
#include "support/whole_file.h"

namespace modelc::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char *kState = "sweep.json", *kTable = "sweep.csv", *kPlot = "sweep.svg", *kTrial = "trial-";
constexpr std::size_t kMostState = 256u << 20;
constexpr int kMostFolders = 1'000'000;

/// `runs/NAME-sweep`, to which a number is added.
std::string stem_of(const std::string& file) {
  std::string name = fs::path(file.substr(0, file.find('@'))).stem().string();
  return "runs/" + (name.empty() ? std::string("model") : name) + "-sweep";
}

int fault(int code, const std::string& text) {
  std::fprintf(stderr, "modelc: %s\n", text.c_str());
  return code;
}

std::vector<std::string> paths_of(const runs::Sweep& sweep) {
  std::vector<std::string> out;
  for (const auto& [path, value] : sweep.trials.front().setting) out.push_back(path);
  return out;
}

std::string score_text(const runs::Trial& trial) {
  return std::isnan(trial.score()) ? "" : fmt::format("{:.6g}", trial.score());
}

std::string state_text(const runs::Trial& trial) {
  const std::string word(runs::word_of(trial.state));
  return trial.state == runs::TrialState::Failed ? fmt::format("{} ({})", word, trial.exit) : word;
}

std::optional<double> number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' ? std::optional(value) : std::nullopt;
}

/// What one path gave, where its values are numbers.
std::optional<emit::Chart> chart_of(const runs::Sweep& sweep, std::size_t axis) {
  emit::Chart chart;
  emit::Series& dots = chart.series.emplace_back();
  dots.name = "trials";
  dots.dots = true;
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const runs::Trial& trial : sweep.trials) {
    const auto value = number(trial.setting[axis].second);
    if (!value) return std::nullopt;
    dots.points.push_back({*value, trial.score()});
    low = std::min(low, *value);
    high = std::max(high, *value);
  }
  chart.title = chart.x_label = sweep.trials.front().setting[axis].first;
  chart.y_label = sweep.figure;
  chart.log_x = low > 0 && high / low >= 30;
  chart.log_y = emit::wants_log(chart.series);
  return chart;
}

}  // namespace

SweepFolder::~SweepFolder() {
  if (lock_ >= 0) ::close(lock_);
}

// The fault's text, or empty.
std::string SweepFolder::find_folder(const Invocation& invocation) {
  std::error_code error;
  if (!invocation.outputs.empty()) {
    path_ = invocation.outputs.back();
    if (!invocation.resume) fs::create_directories(path_, error);
    return error ? error.message() : "";
  }
  const std::string stem = stem_of(invocation.arguments[0]);
  if (!invocation.resume) fs::create_directories("runs", error);
  for (int i = 1; i < kMostFolders && !error; ++i) {
    const std::string next = fmt::format("{}-{}", stem, i);
    if (invocation.resume) {
      if (!fs::is_directory(next)) break;
      path_ = next;
    } else if (fs::create_directory(next, error)) {
      path_ = next;
      break;
    }
  }
  if (path_.empty()) path_ = stem + "-1";
  return error ? error.message() : "";
}

std::string SweepFolder::lock() {
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) return std::strerror(errno);
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return "another process is in it";
  return {};
}

int SweepFolder::open(const Invocation& invocation, runs::Sweep& sweep) {
  if (const std::string why = find_folder(invocation); !why.empty())
    return fault(kFailed, fmt::format("cannot make `{}`: {}", path_, why));
  if (invocation.resume && !fs::exists(file(kState)))
    return fault(kUsage, fmt::format("`{}` holds no sweep that can go on", path_));
  if (const std::string why = lock(); !why.empty())
    return fault(kFailed, fmt::format("cannot use `{}`: {}", path_, why));
  if (invocation.resume) return go_on(sweep);
  if (!invocation.overwrite && !fs::is_empty(path_))
    return fault(kUsage,
                 fmt::format("the folder `{}` is not empty: `--resume` goes on with the sweep in it, `--overwrite` "
                             "replaces it, `-o` names another folder",
                             path_));
  remove_old();
  const std::string why = save(sweep);
  return why.empty() ? static_cast<int>(kDone)
                     : fault(kFailed, fmt::format("cannot write `{}`: {}", file(kState), why));
}

int SweepFolder::go_on(runs::Sweep& sweep) const {
  std::string text;
  if (const std::string why = support::read_text(file(kState), kMostState, text); !why.empty())
    return fault(kFailed, fmt::format("cannot read `{}`: {}", file(kState), why));
  auto before = runs::sweep_from_json(text);
  if (!before) return fault(kFaulty, fmt::format("`{}` is no state of a sweep", file(kState)));
  const auto old = support::Json::parse(before->asked), now = support::Json::parse(sweep.asked);
  for (const auto& [key, value] : now.items())
    if (old.value(key, support::Json()) != value)
      return fault(kUsage, fmt::format("the sweep in `{}` was begun with {} {}, now it is {}", path_, key,
                                       old.value(key, support::Json()).dump(), value.dump()));
  sweep = std::move(*before);
  for (runs::Trial& trial : sweep.trials)
    if (trial.state != runs::TrialState::Finished) trial.state = runs::TrialState::Waiting;
  return kDone;
}

// Run folders and logs of an earlier sweep; anything else in the folder stays.
void SweepFolder::remove_old() const {
  std::error_code error;
  for (const char* own : {kState, kTable, kPlot}) fs::remove(file(own), error);
  std::vector<fs::path> old;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_, error)) {
    const std::string name = entry.path().filename().string();
    const bool run = fs::exists(entry.path() / "description.yaml", error);
    if (name.starts_with(kTrial) && (run || name.ends_with(".log"))) old.push_back(entry.path());
  }
  for (const fs::path& path : old) fs::remove_all(path, error);
}

std::string SweepFolder::save(const runs::Sweep& sweep) const {
  return support::write_atomically(file(kState), {runs::to_json(sweep)});
}

std::string SweepFolder::write_results(const runs::Sweep& sweep) const {
  std::string csv = "trial";
  for (const std::string& path : paths_of(sweep)) csv += "," + csv_cell(path);
  csv += fmt::format(",state,rounds,{},run\n", sweep.figure.empty() ? "score" : sweep.figure);
  std::vector<runs::NamedFigures> figures;
  for (const runs::Trial& trial : sweep.trials) {
    csv += trial.name;
    for (const auto& [path, value] : trial.setting) csv += "," + csv_cell(value);
    csv += fmt::format(",{},{},{},{}\n", runs::word_of(trial.state), trial.scores.size(), score_text(trial),
                       csv_cell(file(trial.name)));
    if (auto run = runs::read_run(file(trial.name))) figures.push_back({trial.name, std::move(run->figures)});
  }
  if (std::string why = support::write_atomically(file(kTable), {csv}); !why.empty()) return why;
  std::vector<emit::Chart> charts;
  for (emit::Chart& chart : runs::curves_of(figures))
    if (chart.title == sweep.figure) charts.push_back(std::move(chart));
  for (std::size_t axis = 0; axis < sweep.trials.front().setting.size(); ++axis)
    if (auto chart = chart_of(sweep, axis)) charts.push_back(std::move(*chart));
  return support::write_atomically(file(kPlot), {emit::svg(charts)});
}

std::string SweepFolder::results_text(const runs::Sweep& sweep) const {
  std::vector<std::vector<std::string>> rows{{"trial"}};
  for (const std::string& path : paths_of(sweep)) rows[0].push_back(path);
  rows[0].insert(rows[0].end(), {"state", sweep.figure.empty() ? "score" : sweep.figure, "run"});
  for (const std::size_t at : runs::by_score(sweep.trials, sweep.higher)) {
    const runs::Trial& trial = sweep.trials[at];
    std::vector<std::string>& row = rows.emplace_back(std::vector<std::string>{trial.name});
    for (const auto& [path, value] : trial.setting) row.push_back(value);
    row.insert(row.end(), {state_text(trial), score_text(trial), file(trial.name)});
  }
  return table_text(rows);
}

std::string SweepFolder::results_json(const runs::Sweep& sweep) const {
  support::Json out = {{"sweep", path_}, {"figure", sweep.figure}, {"better", sweep.higher ? "higher" : "lower"}};
  const std::vector<std::size_t> order = runs::by_score(sweep.trials, sweep.higher);
  const runs::Trial& best = sweep.trials[order.front()];
  out["best"] = std::isnan(best.score()) ? support::Json() : support::Json(best.name);
  out["trials"] = support::Json::array();
  for (const std::size_t at : order) {
    const runs::Trial& trial = sweep.trials[at];
    support::Json setting = support::Json::object();
    for (const auto& [path, value] : trial.setting) setting[path] = value;
    out["trials"].push_back({{"trial", trial.name},
                             {"setting", setting},
                             {"state", runs::word_of(trial.state)},
                             {"exit", trial.exit},
                             {"rounds", trial.scores.size()},
                             {"score", std::isnan(trial.score()) ? support::Json() : support::Json(trial.score())},
                             {"run", file(trial.name)}});
  }
  return support::json_text(out);
}

}  // namespace modelc::cli
