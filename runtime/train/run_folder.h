// What a run leaves behind: description.yaml, metrics.csv, log.txt, best and last checkpoints. Made when the first step
// is about to run; locked against a second process; every file is whole or absent.
#pragma once

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "weights/tensor_file.h"

namespace modelc::train {

class RunFolder {
 public:
  RunFolder() = default;
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  enum class Refusal { None, Exists, InUse, Fault };
  struct Created {
    Refusal refusal = Refusal::None;
    std::string why;  // Fault: the system's reason
  };
  /// `path` empty: the first free runs/NAME-N. One that holds anything is refused, or with `overwrite` emptied of what
  /// an earlier run left there. What a killed run was writing is removed.
  Created create(const std::string& path, const std::string& name, const std::string& description, bool overwrite);
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// Rows of metrics.csv; NaN is left empty. The fault's text, or empty.
  std::string begin_metrics(const std::vector<std::string>& names);
  std::string add_metrics(std::int64_t epoch, std::int64_t step, const std::vector<double>& values);
  void log(const std::string& line);

 private:
  std::string path_;
  std::FILE* metrics_ = nullptr;
  std::FILE* log_ = nullptr;
  int lock_ = -1;
};

}  // namespace modelc::train
