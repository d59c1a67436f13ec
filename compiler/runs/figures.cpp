#include "runs/figures.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

namespace modelc::runs {
namespace {

constexpr std::string_view kHead = "epoch,step";
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t comma = line.find(',');
    out.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return out;
    line.remove_prefix(comma + 1);
  }
}

double number_in(std::string_view cell) {
  double value = kNone;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc() && end == cell.data() + cell.size() ? value : kNone;
}

}  // namespace

std::optional<std::size_t> Figures::find(const std::string& column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns.begin());
}

std::optional<Figures> read_figures(const std::string& text) {
  std::string_view rest = text;
  Figures out;
  for (bool first = true;; first = false) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return first ? std::nullopt : std::optional(std::move(out));
    const std::vector<std::string_view> cells = cells_of(rest.substr(0, end));
    if (first) {
      if (!rest.starts_with(kHead) || cells.size() < 2) return std::nullopt;
      out.columns.assign(cells.begin() + 2, cells.end());
    } else if (cells.size() == out.columns.size() + 2) {
      Figures::Row& row = out.rows.emplace_back();
      row.epoch = number_in(cells[0]);
      row.step = number_in(cells[1]);
      for (std::size_t i = 2; i < cells.size(); ++i) row.values.push_back(number_in(cells[i]));
    }
    rest.remove_prefix(end + 1);
  }
}

std::optional<std::size_t> best_row(const Figures& figures, const std::string& column, bool higher) {
  const auto at = figures.find(column);
  std::optional<std::size_t> best;
  for (std::size_t i = 0; at && i < figures.rows.size(); ++i) {
    const double value = figures.rows[i].values[*at];
    if (!std::isfinite(value)) continue;
    const double known = best ? figures.rows[*best].values[*at] : 0;
    if (!best || (higher ? value > known : value < known)) best = i;
  }
  return best;
}

}  // namespace modelc::runs
