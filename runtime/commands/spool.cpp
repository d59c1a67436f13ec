#include "commands/spool.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace modelc::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBuffer = 1 << 20;

/// Where there is room for what `path` will hold; the system's place for a device or a pipe.
std::string folder_for(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) return fs::temp_directory_path().string();
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

Spool::Spool(Spool&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      waiting_(std::move(other.waiting_)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, nullptr)) {}

Spool::~Spool() {
  if (mapped_) ::munmap(mapped_, size_);
  if (file_ >= 0) ::close(file_);
}

std::string Spool::open(const std::string& path) {
  std::string name = folder_for(path) + "/.modelc.XXXXXX";
  file_ = ::mkstemp(name.data());
  if (file_ < 0) return std::strerror(errno);
  ::unlink(name.c_str());
  return "";
}

std::string Spool::append(std::string_view bytes) {
  waiting_ += bytes;
  return waiting_.size() < kBuffer ? "" : flush();
}

std::string Spool::flush() {
  std::string_view left = waiting_;
  while (!left.empty()) {
    const ssize_t count = ::write(file_, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::strerror(count == 0 ? EIO : errno);
    left.remove_prefix(static_cast<std::size_t>(count));
    size_ += static_cast<std::uint64_t>(count);
  }
  waiting_.clear();
  return "";
}

std::string_view Spool::bytes(std::string& fault) {
  fault = flush();
  if (!fault.empty() || size_ == 0) return {};
  if (!mapped_) {
    void* const place = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_, 0);
    if (place == MAP_FAILED) {
      fault = std::strerror(errno);
      return {};
    }
    mapped_ = place;
  }
  return {static_cast<const char*>(mapped_), size_};
}

}  // namespace modelc::runtime
