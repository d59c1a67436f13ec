// `metrics.csv` of a run folder as numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace modelc::runs {

/// A cell that is empty is NaN: not measured there, or no number.
struct Figures {
  std::vector<std::string> columns;  // behind `epoch,step`
  struct Row {
    double epoch = 0, step = 0;
    std::vector<double> values;  // one for each column
  };
  std::vector<Row> rows;

  /// The place of a column; nullopt where there is none of the name.
  std::optional<std::size_t> find(const std::string& column) const;
};

/// Of the text; the last line is left out where it has no end, since it is being written. nullopt where the header is
/// not that of a run.
std::optional<Figures> read_figures(const std::string& text);

/// The row whose figure is the best one; nullopt where none has it.
std::optional<std::size_t> best_row(const Figures& figures, const std::string& column, bool higher);

}  // namespace modelc::runs
