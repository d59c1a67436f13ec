#include "modelc/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace modelc::cli {
namespace {

namespace fs = std::filesystem;

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// A text beside the place it is for; removed unless it was moved there.
class Aside {
 public:
  explicit Aside(const std::string& path) : name_(path + ".XXXXXX"), fd_(mkstemp(name_.data())) {}
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;
  ~Aside() {
    if (fd_ < 0) return;
    close(fd_);
    unlink(name_.c_str());  // after a rename there is nothing of this name
  }

  /// False leaves the reason in errno.
  bool hold(std::string_view text, mode_t mode) {
    return fd_ >= 0 && fchmod(fd_, mode) == 0 && write_all(fd_, text) && fsync(fd_) == 0;
  }
  const char* name() const { return name_.c_str(); }

 private:
  std::string name_;
  int fd_;
};

/// So that the new name survives a crash; where a folder cannot be synced it is as durable as it can be.
void sync_folder_of(const fs::path& path) {
  const int folder = open(path.has_parent_path() ? path.parent_path().c_str() : ".", O_RDONLY | O_DIRECTORY);
  if (folder < 0) return;
  (void)fsync(folder);
  close(folder);
}

/// What a new file may be used for by whom: all but what the user masks.
mode_t mode_of_new_files() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

}  // namespace

std::string replace_file(const std::string& path, std::string_view text) {
  struct stat old {};
  if (stat(path.c_str(), &old) != 0 || access(path.c_str(), W_OK) != 0) return std::strerror(errno);
  Aside aside(path);
  if (!aside.hold(text, old.st_mode & 07777) || rename(aside.name(), path.c_str()) != 0) return std::strerror(errno);
  sync_folder_of(path);
  return {};
}

Created create_file(const std::string& path, std::string_view text) {
  if (fs::symlink_status(path).type() != fs::file_type::not_found) return {true, {}};
  Aside aside(path);
  // Unlike a rename, a link does not take the place of what another process made meanwhile.
  if (!aside.hold(text, mode_of_new_files()) || link(aside.name(), path.c_str()) != 0)
    return errno == EEXIST ? Created{true, {}} : Created{false, std::strerror(errno)};
  sync_folder_of(path);
  return {};
}

std::string write_file(const std::string& path, std::string_view text) {
  struct stat old {};
  if (stat(path.c_str(), &old) == 0) {
    if (S_ISREG(old.st_mode)) return replace_file(fs::is_symlink(path) ? fs::canonical(path).string() : path, text);
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    const bool written = fd >= 0 && write_all(fd, text);
    const std::string why = written ? "" : std::strerror(errno);
    if (fd >= 0) close(fd);
    return why;
  }
  Aside aside(path);
  if (!aside.hold(text, mode_of_new_files()) || rename(aside.name(), path.c_str()) != 0) return std::strerror(errno);
  sync_folder_of(path);
  return {};
}

}  // namespace modelc::cli
