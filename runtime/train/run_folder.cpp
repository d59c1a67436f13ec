#include "train/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "weights/write_file.h"

namespace modelc::train {

namespace fs = std::filesystem;

namespace {

/// What a run writes, and what `--overwrite` therefore removes; anything else in the folder stays.
constexpr const char* kOwnFiles[] = {"description.yaml", "metrics.csv",      "log.txt",
                                     "best.safetensors", "last.safetensors", "last.optimizer.safetensors"};

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
    std::string stem;
    for (char c : name.empty() ? std::string("model") : name)
      stem += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ? c : '_';
    fs::create_directories("runs", error);
    if (error) return path_ = "runs", fault(error.message());
    // create_directory tells two processes apart that try the same number.
    for (int i = 1; i < 1'000'000; ++i) {
      path_ = fmt::format("runs/{}-{}", stem, i);
      if (fs::create_directory(path_, error)) break;
      if (error) return fault(error.message());
    }
  } else {
    fs::create_directories(path_, error);
    if (error) return fault(error.message());
    if (!fs::is_directory(path_)) return fault("is no folder");
  }
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ < 0) return fault(std::strerror(errno));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return {Refusal::InUse, {}};
  weights::remove_scratch(path_);
  if (!overwrite && !fs::is_empty(path_, error)) return {Refusal::Exists, {}};
  for (const char* own : kOwnFiles) fs::remove(file(own), error);
  if (fs::exists(file("log.txt"), error) && !fs::is_regular_file(file("log.txt"), error))
    return fault("log.txt is no regular file");
  log_ = std::fopen(file("log.txt").c_str(), "ae");
  if (!log_) return fault(std::strerror(errno));
  const std::string why = weights::write_atomically(file("description.yaml"), {description});
  return why.empty() ? Created{} : fault(why);
}

std::string RunFolder::begin_metrics(const std::vector<std::string>& names) {
  metrics_ = std::fopen(file("metrics.csv").c_str(), "we");
  if (!metrics_) return std::strerror(errno);
  const std::string line = fmt::format("epoch,step{}{}\n", names.empty() ? "" : ",", fmt::join(names, ","));
  if (std::fputs(line.c_str(), metrics_) < 0 || std::fflush(metrics_) != 0) return std::strerror(errno);
  return "";
}

std::string RunFolder::add_metrics(std::int64_t epoch, std::int64_t step, const std::vector<double>& values) {
  std::string line = fmt::format("{},{}", epoch, step);
  for (double value : values) line += std::isnan(value) ? "," : fmt::format(",{:.9g}", value);
  line += '\n';
  if (std::fputs(line.c_str(), metrics_) < 0 || std::fflush(metrics_) != 0) return std::strerror(errno);
  return "";
}

void RunFolder::log(const std::string& line) {
  if (!log_) return;
  std::fprintf(log_, "%s\n", line.c_str());
  std::fflush(log_);
}

}  // namespace modelc::train
