#include "formats/file_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace modelc::formats {
namespace {

// Reads `fd` until the end or until `limit` bytes are there; -1 with errno on failure.
int read_plain(int fd, std::size_t limit, std::string& out) {
  constexpr std::size_t kChunk = 1 << 20;
  while (out.size() < limit) {
    const std::size_t before = out.size();
    out.resize(before + std::min(kChunk, limit - before));
    const ssize_t got = ::read(fd, out.data() + before, out.size() - before);
    out.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
  }
  return 0;
}

Result<std::string> inflate_gzip(const std::string& path, std::string_view packed, std::size_t limit, bool packed_whole,
                                 bool& whole) {
  std::string out;
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return {{}, file_fault(path, "zlib cannot start")};
  std::size_t fed = 0;
  std::string failure;
  whole = false;
  char buffer[1 << 16];
  while (out.size() < limit) {
    if (stream.avail_in == 0 && fed < packed.size()) {
      const std::size_t count = std::min<std::size_t>(packed.size() - fed, 1u << 30);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + fed));
      stream.avail_in = static_cast<uInt>(count);
      fed += count;
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    const int code = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, std::min(sizeof buffer - stream.avail_out, limit - out.size()));
    if (code == Z_STREAM_END) {
      // Further members may follow (gzip files may be concatenated); anything else behind the end is padding.
      const std::size_t at = fed - stream.avail_in;
      const bool more = at + 2 <= packed.size() && packed[at] == '\x1f' && packed[at + 1] == '\x8b';
      if (!more) {
        whole = true;
        break;
      }
      inflateReset(&stream);
      continue;
    }
    if (code == Z_BUF_ERROR ||
        (code == Z_OK && stream.avail_in == 0 && fed == packed.size() && stream.avail_out != 0)) {
      if (packed_whole) failure = "the gzip data end too early: the file is cut off";
      break;
    }
    if (code != Z_OK) {
      failure = std::string("damaged gzip data: ") + (stream.msg ? stream.msg : "unknown fault");
      break;
    }
  }
  inflateEnd(&stream);
  if (!failure.empty()) return {{}, file_fault(path, failure)};
  return {std::move(out), {}};
}

}  // namespace

Fault file_fault(const std::string& path, std::string message) {
  Fault fault;
  fault.file = path;
  fault.message = std::move(message);
  return fault;
}

std::string Fault::place() const {
  std::string text = file;
  if (row > 0) text += ":" + std::to_string(row);
  if (row > 0 && column > 0) text += ":" + std::to_string(column);
  return text;
}

std::string Fault::str() const { return place() + ": " + message; }

Result<OpenFile> open_file(const std::string& path) {
  // O_NONBLOCK, so that a FIFO does not hang before it is seen to be one.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info {};
  if (fd < 0 || ::fstat(fd, &info) != 0) {
    Fault fault = file_fault(path, std::strerror(errno));
    fault.not_found = errno == ENOENT || errno == ENOTDIR;
    if (fd >= 0) ::close(fd);
    return {{}, std::move(fault)};
  }
  OpenFile file{path, static_cast<std::uint64_t>(info.st_size),
                std::shared_ptr<const int>(new int(fd), [](const int* p) {
                  ::close(*p);
                  delete p;
                })};
  if (S_ISDIR(info.st_mode)) return {{}, file_fault(path, "is a folder, expected a file")};
  if (!S_ISREG(info.st_mode)) return {{}, file_fault(path, "is no regular file")};
  return {std::move(file), {}};
}

Result<std::string> read_range(const OpenFile& file, std::uint64_t offset, std::size_t count) {
  std::string out;
  if (offset >= file.size) return {std::move(out), {}};
  out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(count, file.size - offset)));
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = ::pread(*file.descriptor, out.data() + done, std::min<std::size_t>(out.size() - done, 1 << 30),
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {{}, file_fault(file.path, std::strerror(errno))};
    if (got == 0) break;  // it has become shorter: the caller sees that bytes are missing
    done += static_cast<std::size_t>(got);
  }
  out.resize(done);
  return {std::move(out), {}};
}

Result<std::string> read_bytes(const std::string& path, std::size_t limit, bool* whole) {
  Result<OpenFile> file = open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  std::string bytes;
  const std::size_t wanted = limit >= kMostBytes ? kMostBytes + 1 : limit + 1;
  // A header's few bytes may take more than as many packed ones: a block of gzip begins with its code tables.
  const std::size_t packed = std::max<std::size_t>(wanted, 1 << 16);
  if (read_plain(*file.value->descriptor, packed, bytes) != 0) return {{}, file_fault(path, std::strerror(errno))};
  bool all = bytes.size() < packed;
  if (bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b') {
    // One byte more than the limit tells a file of exactly that size from a longer one.
    bool inflated_all = false;
    Result<std::string> inflated = inflate_gzip(path, bytes, wanted, all, inflated_all);
    if (!inflated) return inflated;
    bytes = std::move(*inflated.value);
    all = inflated_all;
  }
  if (bytes.size() > limit) {
    bytes.resize(limit);
    all = false;
  }
  if (!all && limit >= kMostBytes)
    return {{}, file_fault(path, "is larger than 4 GiB, which is more than a table may be")};
  if (whole) *whole = all;
  return {std::move(bytes), {}};
}

std::optional<std::string> inflate_raw(std::string_view data, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -15) != Z_OK) return std::nullopt;
  std::size_t fed = 0, made = 0;
  int code = Z_OK;
  while (code == Z_OK) {
    if (stream.avail_in == 0 && fed < data.size()) {
      const std::size_t count = std::min<std::size_t>(data.size() - fed, 1u << 30);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data() + fed));
      stream.avail_in = static_cast<uInt>(count);
      fed += count;
    }
    char spare = 0;  // a place to write to where nothing more may come
    const std::size_t room = std::min<std::size_t>(size - made, 1u << 30);
    stream.next_out = reinterpret_cast<Bytef*>(room ? out.data() + made : &spare);
    stream.avail_out = room ? static_cast<uInt>(room) : 1;
    code = inflate(&stream, Z_NO_FLUSH);
    const std::size_t got = (room ? room : 1) - stream.avail_out;
    if (!room && got) code = Z_DATA_ERROR;
    made += room ? got : 0;
  }
  inflateEnd(&stream);
  if (code != Z_STREAM_END || made != size) return std::nullopt;
  return out;
}

Result<std::string> inflate_range(const OpenFile& file, std::uint64_t begin, std::uint64_t packed, std::uint64_t offset,
                                  std::size_t count) {
  constexpr std::size_t kPiece = 1 << 18;
  z_stream raw{};
  if (inflateInit2(&raw, -15) != Z_OK) return {{}, file_fault(file.path, "zlib cannot start")};
  const std::unique_ptr<z_stream, int (*)(z_stream*)> stream(&raw, inflateEnd);
  std::string out, piece;
  std::vector<char> buffer(kPiece);
  std::uint64_t fed = 0, made = 0;
  int code = Z_OK;
  while (code == Z_OK && out.size() < count) {
    if (stream->avail_in == 0 && fed < packed) {
      Result<std::string> read = read_range(file, begin + fed, std::min<std::uint64_t>(kPiece, packed - fed));
      if (!read) return read;
      piece = std::move(*read.value);
      fed = piece.empty() ? packed : fed + piece.size();
      stream->next_in = reinterpret_cast<Bytef*>(piece.data());
      stream->avail_in = static_cast<uInt>(piece.size());
    }
    stream->next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream->avail_out = static_cast<uInt>(kPiece);
    code = inflate(stream.get(), Z_NO_FLUSH);
    const std::uint64_t end = made + kPiece - stream->avail_out;
    if (end > offset) {
      const std::uint64_t skip = offset > made ? offset - made : 0;
      out.append(buffer.data() + skip, std::min<std::uint64_t>(end - made - skip, count - out.size()));
    }
    made = end;
  }
  if (code != Z_OK && code != Z_STREAM_END)
    return {{}, file_fault(file.path, fmt::format("byte {}: damaged deflate data", begin + fed - stream->avail_in))};
  return {std::move(out), {}};
}

}  // namespace modelc::formats
