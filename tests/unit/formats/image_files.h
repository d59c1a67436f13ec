// The least bytes of each kind of image file whose header can be read. There are no pixels in them.
#pragma once

#include <cstdint>
#include <string>

namespace image_files {

inline std::string big(std::uint64_t value, std::size_t bytes) {
  std::string out;
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

inline std::string little(std::uint64_t value, std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

inline std::string chunk(const std::string& type, const std::string& body) {
  return big(body.size(), 4) + type + body + big(0, 4);
}

inline std::string png(std::int64_t width, std::int64_t height, const std::string& more = "") {
  const std::string header = big(static_cast<std::uint64_t>(width), 4) + big(static_cast<std::uint64_t>(height), 4);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header + std::string("\x08\x02\x00\x00\x00", 5)) + more +
         chunk("IDAT", "pixels") + chunk("IEND", "");
}

/// A TIFF of one directory: tag, type and one value each.
inline std::string tiff(const std::string& entries, std::size_t count, bool big_endian = false) {
  const auto number = big_endian ? big : little;
  return (big_endian ? std::string("MM\0*", 4) : std::string("II*\0", 4)) + number(8, 4) + number(count, 2) + entries +
         number(0, 4);
}

inline std::string entry(std::uint64_t tag, std::uint64_t type, std::uint64_t value, bool big_endian = false) {
  const auto number = big_endian ? big : little;
  const std::string padded = type == 3 ? number(value, 2) + std::string(2, '\0') : number(value, 4);
  return number(tag, 2) + number(type, 2) + number(1, 4) + padded;
}

inline std::string exif(int orientation, bool big_endian = false) {
  return tiff(entry(274, 3, static_cast<std::uint64_t>(orientation), big_endian), 1, big_endian);
}

inline std::string segment(char marker, const std::string& body) {
  return std::string("\xff") + marker + big(body.size() + 2, 2) + body;
}

inline std::string jpeg(std::int64_t width, std::int64_t height, const std::string& exif_bytes = "") {
  std::string out = "\xff\xd8";
  if (!exif_bytes.empty()) out += segment('\xe1', std::string("Exif\0\0", 6) + exif_bytes);
  out += segment('\xdb', std::string(65, '\1'));
  const std::string sizes = big(static_cast<std::uint64_t>(height), 2) + big(static_cast<std::uint64_t>(width), 2);
  out += segment('\xc0', "\x08" + sizes + std::string("\x01\x01\x11\x00", 4));
  return out + segment('\xda', std::string("\x01\x01\x00\x00\x3f\x00", 6)) + "scan" + "\xff\xd9";
}

inline std::string webp(const std::string& chunks) { return "RIFF" + little(chunks.size() + 4, 4) + "WEBP" + chunks; }

inline std::string webp_chunk(const std::string& type, const std::string& body) {
  return type + little(body.size(), 4) + body + std::string(body.size() % 2, '\0');
}

inline std::string bmp(std::int64_t width, std::int64_t height) {
  const std::int64_t row = (width * 24 + 31) / 32 * 4, rows = height < 0 ? -height : height;
  return "BM" + little(0, 4) + little(0, 4) + little(54, 4) + little(40, 4) +
         little(static_cast<std::uint64_t>(width), 4) + little(static_cast<std::uint64_t>(height) & 0xffffffff, 4) +
         little(1, 2) + little(24, 2) + little(0, 24) + std::string(static_cast<std::size_t>(row * rows), '\0');
}

}  // namespace image_files
