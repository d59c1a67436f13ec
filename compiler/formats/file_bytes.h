// Bytes of a data file: plain or gzip (by its magic bytes, whatever its name), bounded, regular files only.
#pragma once

#include <memory>
#include <string>

#include "formats/tables.h"

namespace modelc::formats {

/// Inflated files beyond this are refused.
inline constexpr std::size_t kMostBytes = std::size_t{4} << 30;

/// The file, or its first `limit` bytes (inflated); `*whole` says whether that is all of it.
Result<std::string> read_bytes(const std::string& path, std::size_t limit = kMostBytes, bool* whole = nullptr);

/// A regular file that stays open while a copy of this lives: whoever reads a header and later the data behind it reads
/// one version of the file, even where another takes its name in between.
struct OpenFile {
  std::string path;
  std::uint64_t size = 0;                 // when it was opened
  std::shared_ptr<const int> descriptor;  // closed with the last copy
};
Result<OpenFile> open_file(const std::string& path);

/// Bytes [offset, offset + count) as they are in the file, fewer at its end.
Result<std::string> read_range(const OpenFile& file, std::uint64_t offset, std::size_t count);

/// Raw deflate data, which must give exactly `size` bytes; nullopt otherwise.
std::optional<std::string> inflate_raw(std::string_view data, std::size_t size);

/// Bytes [offset, offset + count) of what the `packed` deflated bytes at `begin` of the file inflate to, fewer at its
/// end. Memory is taken for the result alone.
Result<std::string> inflate_range(const OpenFile& file, std::uint64_t begin, std::uint64_t packed, std::uint64_t offset,
                                  std::size_t count);

/// A fault about all of a file.
Fault file_fault(const std::string& path, std::string message);

}  // namespace modelc::formats
