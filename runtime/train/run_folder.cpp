#include "train/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <thread>

#include "runs/curves.h"
#include "support/text_file.h"
#include "support/whole_file.h"

namespace modelc::train {

namespace fs = std::filesystem;

namespace {

/// What a run writes, and what `--overwrite` therefore removes; anything else in the folder stays. What a run goes on
/// from is the first to go: at no moment could one go on without what belongs to it.
constexpr const char* kOwnFiles[] = {kPreviousFile,      kResumeFile,        kBestAside,    "best.safetensors",
                                     "last.safetensors", "description.yaml", "metrics.csv", "log.txt",
                                     kEventsFile,        kCurvesFile,        kProfileFile,  runs::kReportFile};

constexpr std::size_t kMostFigures = 1u << 30, kMostReport = 16u << 20;
/// Curves are drawn at most so often, and never for more than a twentieth of the time.
constexpr std::chrono::seconds kBetweenDrawings{5};
constexpr int kDrawingShare = 20;
/// Someone who looks whether a run is going on holds its lock for a moment.
constexpr int kLockTries = 10;
constexpr std::chrono::milliseconds kLockWait{20};

/// `runs/NAME`, to which a number is added.
std::string stem_of(const std::string& name) {
  std::string stem = "runs/";
  for (char c : name.empty() ? std::string("model") : name)
    stem += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ? c : '_';
  return stem;
}

}  // namespace

RunFolder::Created RunFolder::create(const std::string& path, const std::string& name, const std::string& description,
                                     bool overwrite) {
  const auto fault = [](std::string why) { return Created{Refusal::Fault, std::move(why), {}}; };
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
  Created made = lock();
  if (made.refusal != Refusal::None) return made;
  if (!overwrite && !fs::is_empty(path_, error)) return {Refusal::Exists, {}, {}};
  for (const char* own : kOwnFiles)
    if (!fs::remove(file(own), error) && error) return fault(fmt::format("{}: {}", own, error.message()));
  if (std::string why = log_.open(file("log.txt")); !why.empty()) return fault("log.txt: " + why);
  if (std::string why = support::write_atomically(file("description.yaml"), {description}); !why.empty())
    return fault("description.yaml: " + why);
  return made;
}

std::string RunFolder::last_of(const std::string& path, const std::string& name) {
  if (!path.empty()) return path;
  std::error_code error;
  std::string last;
  for (int i = 1; i < 1'000'000; ++i) {
    std::string next = fmt::format("{}-{}", stem_of(name), i);
    if (!fs::is_directory(next, error)) break;
    last = std::move(next);
  }
  return last;
}

RunFolder::Created RunFolder::reopen(const std::string& path, const std::string& name) {
  std::error_code error;
  path_ = last_of(path, name);
  if (path_.empty() || !fs::is_directory(path_, error)) return {Refusal::Absent, "there is no such folder", {}};
  Created made = lock();
  if (made.refusal != Refusal::None) return made;
  const bool known = fs::exists(file(kResumeFile), error) || fs::exists(file(kPreviousFile), error);
  if (!known) return {Refusal::Absent, fmt::format("it has no {}", kResumeFile), {}};
  if (std::string why = log_.open(file("log.txt")); !why.empty()) return {Refusal::Fault, "log.txt: " + why, {}};
  return made;
}

/// A lock ends with its process, however that ends: none is ever left behind.
RunFolder::Created RunFolder::lock() {
  using support::uninterrupted;
  lock_ = support::Descriptor(uninterrupted([&] { return ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!lock_) return {Refusal::Fault, std::strerror(errno), {}};
  const auto locks = [&] { return uninterrupted([&] { return ::flock(lock_.get(), LOCK_EX | LOCK_NB); }) == 0; };
  bool locked = locks();
  for (int tries = 1; !locked && errno == EWOULDBLOCK; ++tries) {
    if (tries == kLockTries) return {Refusal::InUse, {}, {}};
    std::this_thread::sleep_for(kLockWait);
    locked = locks();
  }
  Created made;
  if (!locked) made.unlocked = std::strerror(errno);
  support::remove_scratch(path_);
  return made;
}

std::string RunFolder::begin_metrics(const std::vector<std::string>& names, std::int64_t kept) {
  columns_ = names;
  // Rows behind a checkpoint are of steps that are taken again.
  if (std::string why = metrics_.open(file("metrics.csv"), static_cast<std::uint64_t>(kept)); !why.empty()) return why;
  const std::string head = fmt::format("epoch,step{}{}\n", names.empty() ? "" : ",", fmt::join(names, ","));
  if (metrics_.size() == 0)
    if (std::string why = metrics_.append(head); !why.empty()) return why;
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
  if (std::string why = metrics_.append(line + "\n"); !why.empty()) return why;
  if (const std::string why = events_.add(columns_, row); !why.empty()) return fmt::format("{}: {}", kEventsFile, why);
  const auto waited = std::chrono::steady_clock::now() - drawn_;
  return waited >= kBetweenDrawings && waited >= between_drawings_ ? draw_curves() : "";
}

std::string RunFolder::draw_curves() {
  const auto begun = std::chrono::steady_clock::now();
  std::string text;
  std::string why = support::read_text(file("metrics.csv"), kMostFigures, text);
  if (why.empty())
    why = support::write_atomically(file(kCurvesFile),
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
  return support::write_atomically(file(runs::kReportFile), {runs::to_json(report_)});
}

std::string RunFolder::sync_metrics() { return metrics_.sync(); }

void RunFolder::log(const std::string& line) {
  if (log_.is_open()) (void)log_.append(line + "\n");
}

}  // namespace modelc::train
