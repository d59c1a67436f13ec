#include "formats/exif.h"

#include <algorithm>
#include <stdexcept>

namespace modelc::formats {
namespace {

constexpr TiffTag kKept[] = {TiffTag::Width,        TiffTag::Height,         TiffTag::BitsPerSample,
                             TiffTag::StripOffsets, TiffTag::Orientation,    TiffTag::StripByteCounts,
                             TiffTag::TileOffsets,  TiffTag::TileByteCounts, TiffTag::SampleFormat};
constexpr std::size_t kEntryBytes = 12;
constexpr std::uint64_t kMostValues = 1 << 20;  // strips of an image: more than any has

/// Of BYTE, SHORT and LONG; 0 of a type that holds no such integers.
std::size_t bytes_of_type(std::uint64_t type) {
  if (type == 1) return 1;
  if (type == 3) return 2;
  return type == 4 ? 4 : 0;
}

std::vector<std::uint64_t> values_of(std::string_view entry, const ReadBytes& read, bool big) {
  const std::size_t width = bytes_of_type(integer_of(entry.substr(2, 2), big));
  const std::uint64_t count = integer_of(entry.substr(4, 4), big);
  if (width == 0 || count == 0 || count > kMostValues) return {};
  const auto bytes = static_cast<std::size_t>(count) * width;
  // Few bytes stand in the entry itself, in the place of their offset.
  const std::string data =
      bytes <= 4 ? std::string(entry.substr(8, bytes)) : read(integer_of(entry.substr(8, 4), big), bytes);
  std::vector<std::uint64_t> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(integer_of(std::string_view(data).substr(i * width, width), big));
  return values;
}

}  // namespace

std::uint64_t integer_of(std::string_view bytes, bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[big_endian ? i : bytes.size() - 1 - i]);
  return value;
}

const std::vector<std::uint64_t>& TiffDirectory::all(TiffTag tag) const {
  static const std::vector<std::uint64_t> kNone;
  const auto found = values.find(tag);
  return found == values.end() ? kNone : found->second;
}

std::uint64_t TiffDirectory::first(TiffTag tag, std::uint64_t otherwise) const {
  const std::vector<std::uint64_t>& found = all(tag);
  return found.empty() ? otherwise : found[0];
}

TiffDirectory tiff_directory(const ReadBytes& read, bool big_endian) {
  TiffDirectory directory;
  const std::uint64_t at = integer_of(read(4, 4), big_endian);
  const std::uint64_t count = integer_of(read(at, 2), big_endian);
  const std::string entries = read(at + 2, static_cast<std::size_t>(count) * kEntryBytes);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view entry = std::string_view(entries).substr(i * kEntryBytes, kEntryBytes);
    const auto tag = static_cast<TiffTag>(integer_of(entry.substr(0, 2), big_endian));
    if (std::find(std::begin(kKept), std::end(kKept), tag) != std::end(kKept))
      directory.values[tag] = values_of(entry, read, big_endian);
  }
  return directory;
}

int exif_orientation(const std::string& tiff) {
  const bool big = tiff.starts_with("MM");
  if (!big && !tiff.starts_with("II")) return 1;
  const ReadBytes read = [&](std::uint64_t offset, std::size_t count) {
    if (offset > tiff.size() || count > tiff.size() - offset) throw std::out_of_range("EXIF");
    return tiff.substr(static_cast<std::size_t>(offset), count);
  };
  try {
    const std::uint64_t orientation = tiff_directory(read, big).first(TiffTag::Orientation, 1);
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
  } catch (const std::out_of_range&) {
    return 1;  // what is damaged beside an image does not make the image unusable
  }
}

}  // namespace modelc::formats
