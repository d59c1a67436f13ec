#include "support/text_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace modelc::support {

namespace {

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

/// False where nothing can be read for `patience` seconds.
bool wait_for_bytes(int fd, int patience) {
  pollfd wanted{fd, POLLIN, 0};
  int ready = 0;
  do ready = ::poll(&wanted, 1, patience * 1000);
  while (ready < 0 && errno == EINTR);
  return ready != 0;
}

}  // namespace

std::string read_text(const std::string& path, std::size_t limit, std::string& text, int patience) {
  // O_NONBLOCK: opening a pipe that nobody writes would wait for ever.
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return std::strerror(errno);
  std::array<char, 65536> chunk;
  const std::string silent = "nothing comes from it: it is no file, and nobody writes to it";
  auto last = std::chrono::steady_clock::now();
  while (text.size() <= limit) {
    // A pipe without a writer yet reads as one that has ended, so it is asked first whether anything has come.
    if (!wait_for_bytes(file.fd, patience)) return silent;
    const ssize_t got = ::read(file.fd, chunk.data(), std::min(chunk.size(), limit + 1 - text.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      // A file of the kernel that says it is ready and is not.
      if (std::chrono::steady_clock::now() - last > std::chrono::seconds(patience)) return silent;
      ::usleep(1000);
      continue;
    }
    if (got < 0) return std::strerror(errno);
    if (got == 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(got));
    last = std::chrono::steady_clock::now();
  }
  return {};
}

}  // namespace modelc::support
