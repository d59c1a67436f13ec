#include "support/growing_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace modelc::support {

std::string GrowingFile::open(const std::string& path, std::uint64_t kept) {
  // O_NONBLOCK: opening a pipe would wait for its reader.
  file_ = Descriptor(
      uninterrupted([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666); }));
  struct stat info {};
  if (!file_ || ::fstat(file_.get(), &info) != 0) return std::strerror(errno);
  if (!S_ISREG(info.st_mode)) return "is no regular file";
  const auto there = static_cast<std::uint64_t>(info.st_size);
  size_ = std::min(there, kept);
  if (!end_of_lines(size_)) return std::strerror(errno);
  return size_ == there || cut(size_) ? "" : std::strerror(errno);
}

/// The end of the last whole line of the first `size` bytes.
bool GrowingFile::end_of_lines(std::uint64_t& size) const {
  std::array<char, 4096> block;
  while (size > 0) {
    const std::uint64_t first = (size - 1) / block.size() * block.size();
    const ssize_t count =
        uninterrupted([&] { return ::pread(file_.get(), block.data(), size - first, static_cast<off_t>(first)); });
    if (count < 0) return false;
    const std::string_view text(block.data(), static_cast<std::size_t>(count));
    const std::size_t end = text.rfind('\n');
    size = end == std::string_view::npos ? first : first + end + 1;
    if (end != std::string_view::npos) return true;
  }
  return true;
}

bool GrowingFile::cut(std::uint64_t size) {
  return uninterrupted([&] { return ::ftruncate(file_.get(), static_cast<off_t>(size)); }) == 0;
}

std::string GrowingFile::append(std::string_view line) {
  if (file_.write(line)) {
    size_ += line.size();
    return "";
  }
  const std::string why = std::strerror(errno);
  (void)cut(size_);
  return why;
}

std::string GrowingFile::sync() { return file_.sync() ? "" : std::strerror(errno); }

}  // namespace modelc::support
