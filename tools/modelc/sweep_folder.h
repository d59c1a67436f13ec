// The folder of a sweep: `sweep.json`, from which it goes on, a table and a plot of what came out, and a run folder
// with its log for each trial.
#pragma once

#include "modelc/output.h"
#include "runs/trials.h"

namespace modelc::cli {

class SweepFolder {
 public:
  SweepFolder() = default;
  ~SweepFolder();
  SweepFolder(const SweepFolder&) = delete;
  SweepFolder& operator=(const SweepFolder&) = delete;

  /// Makes the folder, or goes on with the sweep in it, whose trials then take the place of those of `sweep`. kDone, or
  /// the exit code after a word on standard error.
  int open(const Invocation& invocation, runs::Sweep& sweep);
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

  /// sweep.json; the fault's text, or empty, here and below.
  std::string save(const runs::Sweep& sweep) const;
  /// sweep.csv, sweep.svg.
  std::string write_results(const runs::Sweep& sweep) const;
  std::string results_text(const runs::Sweep& sweep) const;
  std::string results_json(const runs::Sweep& sweep) const;

 private:
  std::string find_folder(const Invocation& invocation);
  std::string lock();
  int go_on(runs::Sweep& sweep) const;
  void remove_old() const;

  std::string path_;
  int lock_ = -1;
};

}  // namespace modelc::cli
