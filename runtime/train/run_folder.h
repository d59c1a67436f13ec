// What a run leaves behind: description.yaml, run.json, metrics.csv with TensorBoard events and curves of the same
// figures, log.txt, best and last checkpoints. Made when the first step is about to run; locked against a second
// process; every file is whole or absent.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "runs/report.h"
#include "support/descriptor.h"
#include "support/growing_file.h"
#include "train/events.h"
#include "train/rate_schedule.h"
#include "weights/tensor_file.h"

namespace modelc::train {

/// From what a run goes on, and the one before it.
inline constexpr const char* kResumeFile = "resume.safetensors";
inline constexpr const char* kPreviousFile = "resume.previous.safetensors";
/// The best weights of a run that has ended, where a last look found better ones: with these it goes on.
inline constexpr const char* kBestAside = "resume.best.safetensors";
inline constexpr const char *kCurvesFile = "curves.svg", *kProfileFile = "profile.txt";

class RunFolder {
 public:
  enum class Refusal { None, Exists, Absent, InUse, Fault };
  struct Created {
    Refusal refusal = Refusal::None;
    std::string why;       // Fault: the system's reason
    std::string unlocked;  // why no lock keeps a second process out; empty: one does
  };
  /// `path` empty: the first free runs/NAME-N. One that holds anything is refused, or with `overwrite` emptied of what
  /// an earlier run left there. What a killed run was writing is removed.
  Created create(const std::string& path, const std::string& name, const std::string& description, bool overwrite);
  /// `path`, or where it is empty the last of runs/NAME-N; empty where there is none.
  static std::string last_of(const std::string& path, const std::string& name);
  /// The folder of a run that is to go on, as it is: the last one.
  Created reopen(const std::string& path, const std::string& name);
  const std::string& path() const { return path_; }
  const std::vector<std::string>& columns() const { return columns_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// The columns of metrics.csv behind `epoch,step`. Of a file that is there, the first `kept` bytes stay; what is
  /// missing of them was taken away by someone else. Of the events those of its rows stay. The fault's text, or empty.
  std::string begin_metrics(const std::vector<std::string>& names, std::int64_t kept = 0);
  std::int64_t metrics_bytes() const { return static_cast<std::int64_t>(metrics_.size()); }
  /// A row, and its event; what `figures` lack, and NaN, is left empty. The curves follow now and then.
  std::string add_metrics(std::int64_t epoch, std::int64_t step, const Figures& figures);
  /// Rows so far are on the disk.
  std::string sync_metrics();
  void log(const std::string& line);
  /// curves.svg of all rows so far; the fault's text, or empty.
  std::string draw_curves();
  /// run.json of a run that begins, or goes on: it keeps when it began. The fault's text, or empty, here and below.
  std::string begin_report(const std::string& name, const std::string& version, const ir::Figure& figure);
  /// With what came out; `ended` where there is nothing left to train.
  std::string end_report(const std::string& results, bool ended);

 private:
  Created lock();
  std::string open_log();
  std::string begin_events();
  std::string write_report() const;

  std::string path_;
  std::vector<std::string> columns_;
  support::GrowingFile metrics_, log_;
  support::Descriptor lock_;
  EventsFile events_;
  runs::Report report_;
  std::chrono::steady_clock::time_point drawn_{};
  std::chrono::steady_clock::duration between_drawings_{};
};

}  // namespace modelc::train
