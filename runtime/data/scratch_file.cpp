#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "data/stored_table.h"
#include "exec/executor.h"

namespace modelc::data {
namespace {

/// /tmp is kept in memory on many systems, which is what such a file is to spare.
std::string folder_for_scratch() {
  const char* given = std::getenv("TMPDIR");
  if (given && *given) return given;
  return ::access("/var/tmp", W_OK | X_OK) == 0 ? "/var/tmp" : "/tmp";
}

}  // namespace

ScratchFile::ScratchFile() : folder_(folder_for_scratch()) {
  std::string path = folder_ + "/modelc-XXXXXX";
  descriptor_ = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor_ < 0)
    throw StoreFault(
        fmt::format("no temporary file in {}: {} (TMPDIR says where such files go)", folder_, std::strerror(errno)));
  ::unlink(path.c_str());
}

ScratchFile::~ScratchFile() { ::close(descriptor_); }

void ScratchFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(descriptor_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0)
      throw StoreFault(
          fmt::format("the temporary file for data larger than memory, in {}: {} (TMPDIR says where it "
                      "goes)",
                      folder_, std::strerror(done < 0 ? errno : ENOSPC)));
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

void ScratchFile::read(std::int64_t offset, char* into, std::size_t count) const {
  while (count > 0) {
    const ssize_t got = ::pread(descriptor_, into, count, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      throw exec::RuntimeFault(
          {}, fmt::format("the temporary file in {}: {}", folder_, got < 0 ? std::strerror(errno) : "is cut off"));
    offset += got;
    into += got;
    count -= static_cast<std::size_t>(got);
  }
}

}  // namespace modelc::data
