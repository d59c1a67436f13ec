// A file descriptor that is closed, and calls on it that a signal does not end. Internal to what writes files.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

namespace modelc::support {

/// The call once more for as long as a signal came before it had done anything.
template <class Call>
auto uninterrupted(const Call& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// False leaves the reason in errno; it is closed either way. Interrupted, too, it is closed, and what had to reach
  /// the disk was synced before.
  bool close() {
    const int fd = std::exchange(fd_, -1);
    return fd < 0 || ::close(fd) == 0 || errno == EINTR;
  }
  /// False leaves the reason in errno.
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count =
          uninterrupted([&] { return ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), 1u << 30)); });
      if (count == 0) errno = EIO;
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  bool sync() {
    return uninterrupted([&] { return ::fsync(fd_); }) == 0;
  }

 private:
  int fd_ = -1;
};

}  // namespace modelc::support
