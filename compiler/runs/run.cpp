#include "runs/run.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "support/text_file.h"

namespace modelc::runs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostReport = 4u << 20, kMostFigures = 1u << 30;
constexpr const char* kFiguresFile = "metrics.csv";

/// A run holds a lock on its folder as long as it trains.
bool is_locked(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  // A shared lock: two who look at once do not see one another.
  const bool locked = ::flock(fd, LOCK_SH | LOCK_NB) != 0;
  ::close(fd);
  return locked;
}

}  // namespace

std::string_view word_of(State state) {
  switch (state) {
    case State::Finished:
      return "finished";
    case State::Running:
      return "running";
    case State::Interrupted:
      break;
  }
  return "interrupted";
}

double Run::epochs() const { return figures.rows.empty() ? 0 : figures.rows.back().epoch; }
double Run::steps() const { return figures.rows.empty() ? 0 : figures.rows.back().step; }

std::optional<std::size_t> Run::best() const { return best_row(figures, report.figure, report.higher); }

std::optional<Run> read_run(const std::string& path) {
  Run run;
  run.path = path;
  std::string text;
  if (!support::read_text((fs::path(path) / kFiguresFile).string(), kMostFigures, text).empty()) return std::nullopt;
  auto figures = read_figures(text);
  if (!figures) return std::nullopt;
  run.figures = std::move(*figures);
  text.clear();
  const bool reported = support::read_text((fs::path(path) / kReportFile).string(), kMostReport, text).empty();
  if (auto report = reported ? report_from_json(text) : std::nullopt) run.report = std::move(*report);
  if (run.report.name.empty()) run.report.name = fs::path(path).lexically_normal().filename().string();
  if (run.report.figure.empty()) run.report.figure = run.figures.find("valid.loss") ? "valid.loss" : "train.loss";
  run.state = is_locked(path) ? State::Running : !run.report.ended.empty() ? State::Finished : State::Interrupted;
  return run;
}

std::optional<std::vector<Run>> runs_below(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return std::nullopt;
  std::vector<std::string> paths{folder};
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(folder, options, error), end; !error && at != end; at.increment(error))
    if (std::error_code ignored; at->is_directory(ignored) && !at->is_symlink(ignored))
      paths.push_back(at->path().string());
  std::sort(paths.begin(), paths.end());
  std::vector<Run> out;
  for (const std::string& path : paths)
    if (auto run = read_run(path)) out.push_back(std::move(*run));
  return out;
}

}  // namespace modelc::runs
