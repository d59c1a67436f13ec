#include "train/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace modelc::train {
namespace {

constexpr std::size_t kUsualWidth = 80;
constexpr std::int64_t kBarWidth = 24;

/// The columns of the terminal: a longer line would wrap, and could not be drawn over.
std::size_t columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsualWidth;
}

std::string rate_text(double rate) {
  if (!(rate > 0)) return "";
  return rate >= 1 ? fmt::format("  {:.3g} steps/s", rate) : fmt::format("  {:.3g} s/step", 1 / rate);
}

}  // namespace

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "?";
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  const std::int64_t minutes = whole / 60, hours = minutes / 60, days = hours / 24;
  if (days > 0) return fmt::format("{}d {:02}:{:02}", days, hours % 24, minutes % 60);
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes % 60, whole % 60);
  return fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string bar_text(const Standing& standing, double rate, double seconds_left, const Figures& figures,
                     std::size_t width) {
  const std::int64_t part =
      standing.of > 0 ? kBarWidth * std::min(standing.done, standing.of) / standing.of : kBarWidth;
  const auto full = static_cast<std::size_t>(part), empty = static_cast<std::size_t>(kBarWidth - part);
  std::string out = fmt::format("{} [{}{}] {}/{}{}  ETA {}  loss {:.5g}", standing.title, std::string(full, '='),
                                std::string(empty, ' '), standing.done, standing.of, rate_text(rate),
                                duration_text(seconds_left), standing.loss);
  for (const auto& [name, value] : figures) out += fmt::format("  {} {:.5g}", name, value);
  if (out.size() >= width) out.resize(width > 0 ? width - 1 : 0);
  return out;
}

void Progress::wipe() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

void Progress::step(const Standing& standing) {
  if (!terminal_ || quiet_) return;
  const auto now = std::chrono::steady_clock::now();
  // The first step also pays for what is made once.
  if (first_step_ < 0) {
    first_step_ = standing.step;
    begun_ = now;
  }
  if (standing.done < standing.of && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  const double seconds = std::chrono::duration<double>(now - begun_).count();
  const auto taken = static_cast<double>(standing.step - first_step_);
  const double rate = seconds > 0 ? taken / seconds : 0;
  const double left = rate > 0 ? static_cast<double>(standing.steps - standing.step) / rate : std::nan("");
  std::fputs(("\r\x1b[K" + bar_text(standing, rate, left, figures_, columns())).c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::measured(const Figures& figures) {
  for (const auto& [name, value] : figures)
    if (!name.starts_with("train.")) figures_[name] = value;
}

void Progress::line(const std::string& text) {
  if (quiet_) return;
  wipe();
  std::fprintf(stderr, "%s\n", text.c_str());
}

}  // namespace modelc::train
