// Line charts as SVG: axes with round ticks, a grid, a legend. Whatever plots figures makes its picture here.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace modelc::emit {

struct Point {
  double x = 0, y = 0;  // one that is not finite interrupts the line
};

/// One line, or dots.
struct Series {
  std::string name;  // in the legend
  std::vector<Point> points;
  bool dots = false;
};

/// A vertical line at a place that matters.
struct Mark {
  double x = 0;
  std::string text;
};

struct Chart {
  std::string title, x_label, y_label;
  bool log_x = false, log_y = false;  // values of at most 0 are left out then
  std::vector<Series> series;
  std::vector<Mark> marks;
};

/// The charts below one another. Without points a chart says so.
std::string svg(const std::vector<Chart>& charts);

/// Places of round numbers that divide a range into about `count` parts; on a logarithmic axis powers of ten, with 2
/// and 5 between them where there are few. The range is finite and not empty.
std::vector<double> ticks(double low, double high, bool log, int count = 6);

/// The series with at most `most` points or little more, of each stretch the first, the last, the lowest and the
/// highest: it looks the same.
Series thinned(Series series, std::size_t most = 1500);

/// Whether figures are better seen on a logarithmic axis: all above 0, and far apart.
bool wants_log(const std::vector<Series>& series);

}  // namespace modelc::emit
