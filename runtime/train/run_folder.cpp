#include "train/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

namespace modelc::train {

namespace fs = std::filesystem;

RunFolder::~RunFolder() {
  if (metrics_) std::fclose(metrics_);
  if (log_) std::fclose(log_);
  if (lock_ >= 0) ::close(lock_);
}

std::string RunFolder::create(const std::string& path, const std::string& name, const std::string& description,
                              bool* in_use) {
  std::error_code error;
  path_ = path;
  if (path_.empty()) {
    std::string stem;
    for (char c : name.empty() ? std::string("model") : name)
      stem += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ? c : '_';
    fs::create_directories("runs", error);
    // create_directory tells two processes apart that try the same number.
    for (int i = 1; i < 1'000'000; ++i) {
      path_ = fmt::format("runs/{}-{}", stem, i);
      if (fs::create_directory(path_, error)) break;
      if (error) return error.message();
    }
  } else {
    fs::create_directories(path_, error);
    if (error) return error.message();
    if (!fs::is_directory(path_)) return "is no folder";
  }
  log_ = std::fopen(file("log.txt").c_str(), "ae");
  if (!log_) return std::strerror(errno);
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    *in_use = true;
    return "is in use";
  }
  return weights::write_atomically(file("description.yaml"), {description});
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
