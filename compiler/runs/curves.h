// The figures of runs as charts: one for each figure, its splits or the runs as lines.
#pragma once

#include "emit/chart.h"
#include "runs/figures.h"

namespace modelc::runs {

/// Of one run: a chart for the loss, one for each further figure, with a line for each split that has it.
std::vector<emit::Chart> curves_of(const Figures& figures);

struct NamedFigures {
  std::string name;
  Figures figures;
};
/// Of several: a chart for each column, with a line for each run that has it.
std::vector<emit::Chart> curves_of(const std::vector<NamedFigures>& runs);

}  // namespace modelc::runs
