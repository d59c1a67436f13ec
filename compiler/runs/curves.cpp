#include "runs/curves.h"

#include <algorithm>
#include <cmath>

namespace modelc::runs {
namespace {

emit::Series series_of(const Figures& figures, std::size_t column, std::string name) {
  emit::Series out;
  out.name = std::move(name);
  // What was not measured at a row interrupts nothing.
  for (const Figures::Row& row : figures.rows)
    if (!std::isnan(row.values[column])) out.points.push_back({row.step, row.values[column]});
  return out;
}

/// `loss` of `valid.loss`.
std::string figure_of(const std::string& column) { return column.substr(column.find('.') + 1); }

emit::Chart& chart_of(std::vector<emit::Chart>& charts, const std::string& title) {
  const auto found = std::find_if(charts.begin(), charts.end(), [&](const auto& c) { return c.title == title; });
  if (found != charts.end()) return *found;
  emit::Chart& made = charts.emplace_back();
  made.title = made.y_label = title;
  made.x_label = "step";
  return made;
}

std::vector<emit::Chart> scaled(std::vector<emit::Chart> charts) {
  for (emit::Chart& chart : charts) chart.log_y = emit::wants_log(chart.series);
  return charts;
}

}  // namespace

std::vector<emit::Chart> curves_of(const Figures& figures) {
  std::vector<emit::Chart> charts;
  for (std::size_t i = 0; i < figures.columns.size(); ++i)
    chart_of(charts, figure_of(figures.columns[i])).series.push_back(series_of(figures, i, figures.columns[i]));
  return scaled(std::move(charts));
}

std::vector<emit::Chart> curves_of(const std::vector<NamedFigures>& runs) {
  std::vector<emit::Chart> charts;
  for (const NamedFigures& run : runs)
    for (std::size_t i = 0; i < run.figures.columns.size(); ++i)
      chart_of(charts, run.figures.columns[i]).series.push_back(series_of(run.figures, i, run.name));
  return scaled(std::move(charts));
}

}  // namespace modelc::runs
