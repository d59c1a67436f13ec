// The first directory of a TIFF, which is also what EXIF keeps in JPEG, PNG and WebP files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::formats {

enum class TiffTag : std::uint16_t {
  Width = 256,
  Height = 257,
  BitsPerSample = 258,
  StripOffsets = 273,
  Orientation = 274,
  StripByteCounts = 279,
  TileOffsets = 324,
  TileByteCounts = 325,
  SampleFormat = 339,
};

/// The values of the tags above; no others are kept.
struct TiffDirectory {
  std::map<TiffTag, std::vector<std::uint64_t>> values;

  const std::vector<std::uint64_t>& all(TiffTag tag) const;
  std::uint64_t first(TiffTag tag, std::uint64_t otherwise) const;
};

/// Exactly so many bytes from an offset; throws anything where they are not there.
using ReadBytes = std::function<std::string(std::uint64_t offset, std::size_t count)>;

/// Of a classic TIFF, whose byte order is known from its first two bytes. What `read` throws goes through.
TiffDirectory tiff_directory(const ReadBytes& read, bool big_endian);

/// 1 where the bytes say nothing of it, or are no TIFF.
int exif_orientation(const std::string& tiff);

std::uint64_t integer_of(std::string_view bytes, bool big_endian);

}  // namespace modelc::formats
