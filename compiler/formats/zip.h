// The members of a zip archive: `.npz` and PyTorch's `.pt` are such. Bounded: sizes are checked against the file, and
// a member that inflates to anything but its stated size is refused.
#pragma once

#include "formats/file_bytes.h"

namespace modelc::formats {

struct ZipMember {
  std::string name;
  bool deflated = false;
  std::uint32_t crc = 0;
  std::uint64_t packed = 0;  // bytes in the file
  std::uint64_t size = 0;    // bytes in full
  std::uint64_t data = 0;    // offset of its first byte in the file
};

Result<std::vector<ZipMember>> zip_directory(const OpenFile& file);
/// The member in full, or its first `limit` bytes where it is stored. The checksum is verified on whole members.
Result<std::string> zip_read(const OpenFile& file, const ZipMember& member, std::size_t limit = SIZE_MAX);

/// What is wrong where the member's stated size is none that its deflated bytes can give; else empty.
std::string impossible_size(const ZipMember& member);

struct StoredMember {
  std::string name;
  std::string_view bytes;
};
/// What stands before each member's bytes, and behind the last ones: an archive is written without a copy of them. Data
/// begin at multiples of 64 bytes.
struct ZipFrame {
  std::vector<std::string> heads;
  std::string directory;
};
ZipFrame frame_zip(const std::vector<StoredMember>& members);
/// The archive in pieces, to be written one behind the other; they point into both.
std::vector<std::string_view> zip_pieces(const ZipFrame& frame, const std::vector<StoredMember>& members);
/// The archive as one text.
std::string make_zip(const std::vector<std::pair<std::string, std::string>>& members);

}  // namespace modelc::formats
