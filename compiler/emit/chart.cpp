#include "emit/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace modelc::emit {
namespace {

constexpr double kWidth = 860, kHeight = 320;
constexpr double kLeft = 76, kRight = 210, kTop = 40, kBottom = 48;  // around the area where lines are drawn
constexpr std::size_t kLongestName = 23;                             // characters that fit beside the area
constexpr std::size_t kMostInLegend = 14;
/// Told apart by the colour-blind, too (Okabe and Ito); after them the same, dashed.
constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"};
constexpr const char* kDashes[] = {"", "7 4", "2 3"};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

std::string shortened(const std::string& name) {
  if (name.size() <= kLongestName) return name;
  std::size_t end = name.size() - (kLongestName - 1);
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) ++end;  // a whole character
  return "…" + name.substr(end);
}

/// From values to places in the picture.
struct Axis {
  double low = 0, high = 1;  // logarithms where `log`
  bool log = false;
  double from = 0, to = 1;

  bool shows(double value) const { return std::isfinite(value) && (!log || value > 0); }
  double place(double value) const {
    const double at = log ? std::log10(value) : value;
    return from + (at - low) / (high - low) * (to - from);
  }
};

/// Covers all that `axis` shows of `values`; false where that is nothing.
bool cover(Axis& axis, const std::vector<double>& values, double margin) {
  axis.low = std::numeric_limits<double>::infinity();
  axis.high = -axis.low;
  for (const double value : values) {
    if (!axis.shows(value)) continue;
    const double at = axis.log ? std::log10(value) : value;
    axis.low = std::min(axis.low, at);
    axis.high = std::max(axis.high, at);
  }
  if (axis.low > axis.high) return false;
  if (axis.low == axis.high) {
    const double half = axis.log ? 0.5 : std::max(std::abs(axis.low) * 0.05, 1e-12);
    axis.low -= half;
    axis.high += half;
    return true;
  }
  const double extra = (axis.high - axis.low) * margin;
  axis.low -= extra;
  axis.high += extra;
  return true;
}

std::string number_text(double value, double step) {
  if (std::abs(value) < std::abs(step) * 1e-9) return "0";
  return fmt::format("{:.6g}", value);
}

std::string text_at(double x, double y, const char* anchor, const std::string& text, const char* extra = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor, extra,
                     escaped(text));
}

std::string line(double x1, double y1, double x2, double y2, const char* colour, const char* extra = "") {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\"{}/>\n", x1, y1, x2,
                     y2, colour, extra);
}

class Panel {
 public:
  Panel(const Chart& chart, double top) : chart_(chart), top_(top) {
    x_.log = chart.log_x;
    y_.log = chart.log_y;
    x_.from = kLeft;
    x_.to = kWidth - kRight;
    y_.from = top + kHeight - kBottom;
    y_.to = top + kTop;
  }

  std::string draw() {
    out_ = text_at((x_.from + x_.to) / 2, top_ + 24, "middle", chart_.title, " font-size=\"15\" font-weight=\"bold\"");
    if (!scale()) return out_ + text_at((x_.from + x_.to) / 2, top_ + kHeight / 2, "middle", "no figures yet");
    axes();
    for (std::size_t i = 0; i < chart_.series.size(); ++i) draw(chart_.series[i], i);
    for (const Mark& mark : chart_.marks) draw(mark);
    legend();
    return out_;
  }

 private:
  bool scale() {
    std::vector<double> xs, ys;
    for (const Series& series : chart_.series)
      for (const Point& point : series.points)
        if (x_.shows(point.x) && y_.shows(point.y)) xs.push_back(point.x), ys.push_back(point.y);
    return cover(x_, xs, 0.02) && cover(y_, ys, 0.05);
  }

  void axes() {
    constexpr const char* kGrid = "#e4e4e4";
    for (const auto& [value, text] : labels(x_)) {
      const double at = x_.place(value);
      out_ += line(at, y_.to, at, y_.from, kGrid) + text_at(at, y_.from + 18, "middle", text);
    }
    for (const auto& [value, text] : labels(y_)) {
      const double at = y_.place(value);
      out_ += line(x_.from, at, x_.to, at, kGrid) + text_at(x_.from - 8, at + 4, "end", text);
    }
    out_ += line(x_.from, y_.from, x_.to, y_.from, "#444") + line(x_.from, y_.from, x_.from, y_.to, "#444");
    out_ += text_at((x_.from + x_.to) / 2, y_.from + 38, "middle", chart_.x_label);
    const double middle = (y_.from + y_.to) / 2;
    out_ += text_at(18, middle, "middle", chart_.y_label,
                    fmt::format(" transform=\"rotate(-90 18 {:.1f})\"", middle).c_str());
  }

  static std::vector<std::pair<double, std::string>> labels(const Axis& axis) {
    const double low = axis.log ? std::pow(10, axis.low) : axis.low;
    const double high = axis.log ? std::pow(10, axis.high) : axis.high;
    std::vector<std::pair<double, std::string>> out;
    for (const double value : ticks(low, high, axis.log))
      out.emplace_back(value, number_text(value, axis.log ? 0 : high - low));
    return out;
  }

  static std::string look(std::size_t index) {
    constexpr std::size_t kCount = std::size(kColours);
    const char* dash = kDashes[index / kCount % std::size(kDashes)];
    return fmt::format(" stroke=\"{}\" stroke-width=\"1.8\"{}", kColours[index % kCount],
                       *dash ? fmt::format(" stroke-dasharray=\"{}\"", dash) : std::string());
  }

  static std::string dot(double x, double y, std::size_t index) {
    return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\" fill=\"{}\" fill-opacity=\"0.8\"/>\n", x, y,
                       kColours[index % std::size(kColours)]);
  }

  void draw(const Series& given, std::size_t index) {
    const Series series = thinned(given);
    std::vector<std::vector<Point>> strokes(1);
    for (const Point& point : series.points) {
      if (x_.shows(point.x) && y_.shows(point.y)) strokes.back().push_back({x_.place(point.x), y_.place(point.y)});
      else if (!strokes.back().empty()) strokes.emplace_back();
    }
    for (const std::vector<Point>& stroke : strokes) {
      const bool dots = series.dots || stroke.size() == 1;  // a line of one point is none
      for (const Point& point : stroke)
        if (dots) out_ += dot(point.x, point.y, index);
      if (dots || stroke.empty()) continue;
      out_ += fmt::format("<polyline fill=\"none\" stroke-linejoin=\"round\"{} points=\"", look(index));
      for (const Point& point : stroke) out_ += fmt::format("{:.1f},{:.1f} ", point.x, point.y);
      out_.back() = '"';
      out_ += "/>\n";
    }
  }

  void draw(const Mark& mark) {
    if (!x_.shows(mark.x)) return;
    const double at = x_.place(mark.x);
    if (at < x_.from || at > x_.to) return;
    out_ += line(at, y_.from, at, y_.to, "#888", " stroke-dasharray=\"5 4\"");
    const bool left = at < (x_.from + x_.to) / 2;
    out_ += text_at(at + (left ? 5 : -5), y_.to + 14 + 15 * static_cast<double>(&mark - chart_.marks.data()),
                    left ? "start" : "end", mark.text, " fill=\"#555\"");
  }

  void legend() {
    const double left = x_.to + 16;
    double at = y_.to + 10;
    for (std::size_t i = 0; i < chart_.series.size() && i < kMostInLegend; ++i, at += 17) {
      if (chart_.series[i].dots) out_ += dot(left + 11, at - 4, i);
      else
        out_ += fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"{}/>\n", left, at - 4,
                            left + 22, at - 4, look(i));
      out_ += text_at(left + 28, at, "start", shortened(chart_.series[i].name));
    }
    if (chart_.series.size() > kMostInLegend)
      out_ += text_at(left, at, "start", fmt::format("and {} more", chart_.series.size() - kMostInLegend));
  }

  const Chart& chart_;
  double top_;
  Axis x_, y_;
  std::string out_;
};

}  // namespace

std::vector<double> ticks(double low, double high, bool log, int count) {
  std::vector<double> out;
  if (log) {
    const int first = static_cast<int>(std::floor(std::log10(low))),
              last = static_cast<int>(std::ceil(std::log10(high)));
    const int every = std::max(1, (last - first) / (2 * count));
    const std::vector<double> within = last - first <= 3 ? std::vector<double>{1, 2, 5} : std::vector<double>{1};
    for (int power = first; power <= last; power += every)
      for (const double digit : within)
        if (const double value = digit * std::pow(10, power); value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
          out.push_back(value);
    if (out.size() >= 2) return out;
    out.clear();  // within one decade
  }
  const double rough = (high - low) / count, power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double digit : {5.0, 2.0, 1.0})
    if (digit * power >= rough * 0.75) step = digit * power;
  for (double at = std::ceil(low / step - 1e-9); at * step <= high + step * 1e-9; ++at) out.push_back(at * step);
  return out;
}

Series thinned(Series series, std::size_t most) {
  const std::size_t stretch = (4 * series.points.size() + most - 1) / std::max<std::size_t>(most, 1);
  if (series.dots || series.points.size() <= most || stretch < 5) return series;
  std::vector<Point> kept;
  const auto lower = [](const Point& a, const Point& b) { return a.y < b.y; };
  for (std::size_t begin = 0; begin < series.points.size(); begin += stretch) {
    const std::size_t end = std::min(begin + stretch, series.points.size());
    const auto first = series.points.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = series.points.begin() + static_cast<std::ptrdiff_t>(end);
    const bool whole =
        std::all_of(first, last, [](const Point& p) { return std::isfinite(p.x) && std::isfinite(p.y); });
    if (!whole) {
      kept.insert(kept.end(), first, last);  // where a line is interrupted
      continue;
    }
    std::vector<std::size_t> chosen{begin, end - 1};
    for (const auto& extreme : {std::min_element(first, last, lower), std::max_element(first, last, lower)})
      chosen.push_back(static_cast<std::size_t>(extreme - series.points.begin()));
    std::sort(chosen.begin(), chosen.end());
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    for (const std::size_t at : chosen) kept.push_back(series.points[at]);
  }
  series.points = std::move(kept);
  return series;
}

bool wants_log(const std::vector<Series>& series) {
  constexpr double kFar = 100;
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const Series& one : series)
    for (const Point& point : one.points) {
      if (!std::isfinite(point.y)) continue;
      low = std::min(low, point.y);
      high = std::max(high, point.y);
    }
  return low > 0 && high / low > kFar;
}

std::string svg(const std::vector<Chart>& charts) {
  const double height = kHeight * static_cast<double>(std::max<std::size_t>(charts.size(), 1));
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
      "font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n<rect width=\"100%\" height=\"100%\" "
      "fill=\"white\"/>\n",
      kWidth, height);
  for (std::size_t i = 0; i < charts.size(); ++i) out += Panel(charts[i], kHeight * static_cast<double>(i)).draw();
  return out + "</svg>\n";
}

}  // namespace modelc::emit
