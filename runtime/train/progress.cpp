#include "train/progress.h"

#include <fmt/format.h>

#include <cstdio>

namespace modelc::train {

void Progress::wipe() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

void Progress::step(const std::string& title, std::int64_t done, std::int64_t of, double loss) {
  if (!terminal_ || quiet_) return;
  const auto now = std::chrono::steady_clock::now();
  if (done < of && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  constexpr std::int64_t kWidth = 24;
  const auto full = static_cast<std::size_t>(of > 0 ? kWidth * done / of : kWidth);
  std::fputs(fmt::format("\r\x1b[K{} [{}{}] {}/{}  loss {:.5g}", title, std::string(full, '='),
                         std::string(kWidth - full, ' '), done, of, loss)
                 .c_str(),
             stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::line(const std::string& text) {
  if (quiet_) return;
  wipe();
  std::fprintf(stderr, "%s\n", text.c_str());
}

}  // namespace modelc::train
