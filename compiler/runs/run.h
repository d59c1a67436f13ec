// Run folders as they lie on the disk.
#pragma once

#include "runs/figures.h"
#include "runs/report.h"

namespace modelc::runs {

enum class State { Finished, Interrupted, Running };
std::string_view word_of(State state);

struct Run {
  std::string path;
  Report report;  // of an older run that has none: named for its folder
  Figures figures;
  State state = State::Interrupted;

  /// The epoch and the step of the last row.
  double epochs() const;
  double steps() const;
  /// The row of the best checkpoint, by the figure of the report; nullopt before there is one.
  std::optional<std::size_t> best() const;
};

/// Of a folder; nullopt where it is none of a run.
std::optional<Run> read_run(const std::string& path);

/// All run folders below `folder`, itself included, by their paths; links are not followed. nullopt where it is no
/// folder.
std::optional<std::vector<Run>> runs_below(const std::string& folder);

}  // namespace modelc::runs
