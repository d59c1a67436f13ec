#include "train/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "runs/curves.h"
#include "support/text_file.h"
#include "weights/write_file.h"

namespace modelc::train {

namespace fs = std::filesystem;

namespace {

/// What a run writes, and what `--overwrite` therefore removes; anything else in the folder stays.
constexpr const char* kOwnFiles[] = {"description.yaml", "metrics.csv", "log.txt",     "best.safetensors",
                                     "last.safetensors", kResumeFile,   kPreviousFile, kBestAside,
                                     kEventsFile,        kCurvesFile,   kProfileFile,  runs::kReportFile};

constexpr std::size_t kMostFigures = 1u << 30, kMostReport = 16u << 20;
/// Curves are drawn at most so often, and never for more than a twentieth of the time.
constexpr std::chrono::seconds kBetweenDrawings{5};
constexpr int kDrawingShare = 20;
/// Someone who looks whether a run is going on holds its lock for a moment.
constexpr int kLockTries = 10;
constexpr useconds_t kLockWait = 20'000;

/// `runs/NAME`, to which a number is added.
std::string stem_of(const std::string& name) {
  std::string stem = "runs/";
  for (char c : name.empty() ? std::string("model") : name)
    stem += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ? c : '_';
  return stem;
}

}  // namespace

RunFolder::~RunFolder() {
  if (metrics_) std::fclose(metrics_);
  if (log_) std::fclose(log_);
  if (lock_ >= 0) ::close(lock_);
}

RunFolder::Created RunFolder::create(const std::string& path, const std::string& name, const std::string& description,
                                     bool overwrite) {
  const auto fault = [](std::string why) { return Created{Refusal::Fault, std::move(why)}; };
  std::error_code error;
  path_ = path;
  if (path_.empty()) {
    const std::string stem = stem_of(name);
    fs::create_directories("runs", error);
    if (error) return path_ = "runs", fault(error.message());
    // create_directory tells two processes apart that try the same number.
    for (int i = 1; i < 1'000'000; ++i) {
      path_ = fmt::format("{}-{}", stem, i);
      if (fs::create_directory(path_, error)) break;
      if (error) return fault(error.message());
    }
  } else {
    fs::create_directories(path_, error);
    if (error) return fault(error.message());
    if (!fs::is_directory(path_)) return fault("is no folder");
  }
  if (const Created locked = lock(); locked.refusal != Refusal::None) return locked;
  if (!overwrite && !fs::is_empty(path_, error)) return {Refusal::Exists, {}};
  for (const char* own : kOwnFiles) fs::remove(file(own), error);
  if (std::string why = open_log(); !why.empty()) return fault(std::move(why));
  const std::string why = weights::write_atomically(file("description.yaml"), {description});
  return why.empty() ? Created{} : fault(why);
}

RunFolder::Created RunFolder::reopen(const std::string& path, const std::string& name) {
  std::error_code error;
  path_ = path;
  for (int i = 1; path.empty() && i < 1'000'000; ++i) {
    const std::string next = fmt::format("{}-{}", stem_of(name), i);
    if (!fs::is_directory(next, error)) break;
    path_ = next;
  }
  if (path_.empty() || !fs::is_directory(path_, error)) return {Refusal::Absent, "there is no such folder"};
  if (const Created locked = lock(); locked.refusal != Refusal::None) return locked;
  const bool known = fs::exists(file(kResumeFile), error) || fs::exists(file(kPreviousFile), error);
  if (!known) return {Refusal::Absent, fmt::format("it has no {}", kResumeFile)};
  std::string why = open_log();
  return why.empty() ? Created{} : Created{Refusal::Fault, std::move(why)};
}

RunFolder::Created RunFolder::lock() {
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) return {Refusal::Fault, std::strerror(errno)};
  for (int tries = 1; ::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; ++tries) {
    if (tries == kLockTries) return {Refusal::InUse, {}};
    ::usleep(kLockWait);
  }
  weights::remove_scratch(path_);
  return {};
}

std::string RunFolder::open_log() {
  std::error_code error;
  if (fs::exists(file("log.txt"), error) && !fs::is_regular_file(file("log.txt"), error))
    return "log.txt is no regular file";
  log_ = std::fopen(file("log.txt").c_str(), "ae");
  return log_ ? "" : std::strerror(errno);
}

std::string RunFolder::begin_metrics(const std::vector<std::string>& names, std::int64_t kept) {
  columns_ = names;
  // Rows behind a checkpoint are of steps that are taken again.
  if (kept > 0 && ::truncate(file("metrics.csv").c_str(), kept) != 0) return std::strerror(errno);
  metrics_ = std::fopen(file("metrics.csv").c_str(), kept > 0 ? "ae" : "we");
  if (!metrics_) return std::strerror(errno);
  const std::string line = fmt::format("epoch,step{}{}\n", names.empty() ? "" : ",", fmt::join(names, ","));
  if (kept == 0 && (std::fputs(line.c_str(), metrics_) < 0 || std::fflush(metrics_) != 0)) return std::strerror(errno);
  return begin_events();
}

std::string RunFolder::begin_events() {
  std::string text;
  if (std::string why = support::read_text(file("metrics.csv"), kMostFigures, text); !why.empty()) return why;
  const std::string why = events_.begin(file(kEventsFile), runs::read_figures(text).value_or(runs::Figures{}));
  return why.empty() ? "" : fmt::format("{}: {}", kEventsFile, why);
}

std::string RunFolder::add_metrics(std::int64_t epoch, std::int64_t step, const Figures& figures) {
  runs::Figures::Row row{static_cast<double>(epoch), static_cast<double>(step), {}};
  std::string line = fmt::format("{},{}", epoch, step);
  for (const std::string& name : columns_) {
    const auto found = figures.find(name);
    row.values.push_back(found == figures.end() ? std::nan("") : found->second);
    line += std::isnan(row.values.back()) ? "," : fmt::format(",{:.9g}", row.values.back());
  }
  line += '\n';
  if (std::fputs(line.c_str(), metrics_) < 0 || std::fflush(metrics_) != 0) return std::strerror(errno);
  if (const std::string why = events_.add(columns_, row); !why.empty()) return fmt::format("{}: {}", kEventsFile, why);
  const auto waited = std::chrono::steady_clock::now() - drawn_;
  return waited >= kBetweenDrawings && waited >= between_drawings_ ? draw_curves() : "";
}

std::string RunFolder::draw_curves() {
  const auto begun = std::chrono::steady_clock::now();
  std::string text;
  std::string why = support::read_text(file("metrics.csv"), kMostFigures, text);
  if (why.empty())
    why = weights::write_atomically(file(kCurvesFile),
                                    {emit::svg(runs::curves_of(runs::read_figures(text).value_or(runs::Figures{})))});
  drawn_ = std::chrono::steady_clock::now();
  between_drawings_ = kDrawingShare * (drawn_ - begun);
  return why.empty() ? "" : fmt::format("{}: {}", kCurvesFile, why);
}

std::string RunFolder::begin_report(const std::string& name, const std::string& version, const ir::Figure& figure) {
  std::string text;
  std::error_code error;
  if (fs::exists(file(runs::kReportFile), error) &&
      support::read_text(file(runs::kReportFile), kMostReport, text).empty())
    report_ = runs::report_from_json(text).value_or(runs::Report{});
  if (report_.begun.empty()) report_.begun = runs::now_text();
  report_.ended.clear();
  report_.name = name;
  report_.version = version;
  report_.figure = figure.name;
  report_.higher = figure.higher;
  return write_report();
}

std::string RunFolder::end_report(const std::string& results, bool ended) {
  if (ended) report_.ended = runs::now_text();
  report_.results = results;
  return write_report();
}

std::string RunFolder::write_report() const {
  return weights::write_atomically(file(runs::kReportFile), {runs::to_json(report_)});
}

std::int64_t RunFolder::sync_metrics() {
  ::fsync(::fileno(metrics_));
  std::error_code error;
  const auto size = fs::file_size(file("metrics.csv"), error);
  return error ? 0 : static_cast<std::int64_t>(size);
}

void RunFolder::log(const std::string& line) {
  if (!log_) return;
  std::fprintf(log_, "%s\n", line.c_str());
  std::fflush(log_);
}

}  // namespace modelc::train
