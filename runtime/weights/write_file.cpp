#include "weights/write_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace modelc::weights {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".part";
constexpr std::size_t kLongestStem = 200;  // of a name of at most 255 bytes, so that the process's number has room

// A descriptor that is closed, and a file that is removed unless it was kept.
struct Scratch {
  int fd = -1;
  std::string path;
  ~Scratch() {
    if (fd >= 0) ::close(fd);
    if (!path.empty()) ::unlink(path.c_str());
  }
};

std::string reason() { return std::strerror(errno); }

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), 1u << 30));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      if (count == 0) errno = EIO;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// A device, pipe or socket cannot be replaced; it takes the bytes as they come.
std::string write_through(const std::string& path, const std::vector<std::string_view>& pieces) {
  Scratch device;
  // O_NONBLOCK, so that a pipe that nobody reads is a fault and no wait without end.
  device.fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
  if (device.fd < 0) return errno == ENXIO ? "is a pipe that nobody reads" : reason();
  ::fcntl(device.fd, F_SETFL, ::fcntl(device.fd, F_GETFL) & ~O_NONBLOCK);
  for (std::string_view piece : pieces)
    if (!write_all(device.fd, piece)) return reason();
  return "";
}

std::string replace_file(const std::string& path, const std::vector<std::string_view>& pieces) {
  const std::string folder = folder_of(path);
  Scratch file;
  const std::string name = fmt::format("{}/.{}.{}{}", folder,
                                       fs::path(path).filename().string().substr(0, kLongestStem), ::getpid(), kSuffix);
  file.fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file.fd < 0) return reason();
  file.path = name;
  for (std::string_view piece : pieces)
    if (!write_all(file.fd, piece)) return reason();
  if (::fsync(file.fd) != 0) return reason();
  const int fd = std::exchange(file.fd, -1);
  if (::close(fd) != 0) return reason();
  if (::rename(name.c_str(), path.c_str()) != 0) return reason();
  file.path.clear();
  Scratch parent;
  parent.fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // Some file systems cannot sync a folder and say EINVAL; then the rename is as durable as it can be.
  if (parent.fd < 0 || (::fsync(parent.fd) != 0 && errno != EINVAL)) return reason();
  return "";
}

}  // namespace

std::string write_atomically(const std::string& path, const std::vector<std::string_view>& pieces) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return "is a folder, expected a file";
    if (!S_ISREG(info.st_mode)) return write_through(path, pieces);
    if ((info.st_mode & 0222) == 0) return "is read-only";
  }
  // A link keeps its place, and what it points to need not be there yet.
  std::string target = path;
  for (int links = 0; fs::is_symlink(fs::symlink_status(target)); ++links) {
    std::error_code error;
    const fs::path next = fs::read_symlink(target, error);
    if (error || links > 40) return error ? error.message() : std::strerror(ELOOP);
    target = next.is_absolute() ? next.string() : (fs::path(folder_of(target)) / next).string();
  }
  return replace_file(target, pieces);
}

void remove_scratch(const std::string& folder) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') || !name.ends_with(kSuffix)) continue;
    const std::size_t dot = name.rfind('.', name.size() - kSuffix.size() - 1);
    const std::string_view number = std::string_view(name).substr(dot + 1, name.size() - kSuffix.size() - dot - 1);
    const bool ours =
        !number.empty() && std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c); });
    if (ours && entry.is_regular_file(error)) fs::remove(entry.path(), error);
  }
}

}  // namespace modelc::weights
