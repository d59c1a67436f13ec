// Trains the trials of a sweep, round by round, several side by side.
#pragma once

#include "modelc/processes.h"
#include "modelc/sweep_folder.h"

namespace modelc::cli {

class TrialRunner {
 public:
  /// `common` is what every training is asked for; `budgets` how far each round goes, 0 for all the way.
  TrialRunner(const Invocation& common, const SweepFolder& folder, runs::Sweep& sweep,
              const std::vector<std::int64_t>& budgets)
      : common_(common), folder_(folder), sweep_(sweep), budgets_(budgets) {}

  /// Until all is done or a signal comes; the sweep is saved behind each training. The fault's text, or empty.
  std::string run();
  bool is_interrupted() const { return processes_.is_interrupted(); }

 private:
  std::string run_round(const std::vector<std::size_t>& racing, std::size_t round);
  std::string start(std::size_t number, std::size_t round);
  std::string end(const Processes::Ended& ended, std::size_t round);
  std::vector<std::string> arguments_of(const runs::Trial& trial, std::int64_t budget) const;
  void tell(const runs::Trial& trial) const;

  const Invocation& common_;
  const SweepFolder& folder_;
  runs::Sweep& sweep_;
  const std::vector<std::int64_t>& budgets_;
  Processes processes_;
};

}  // namespace modelc::cli
