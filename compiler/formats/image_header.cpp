#include "formats/image_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "formats/exif.h"
#include "formats/file_bytes.h"

namespace modelc::formats {
namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 28;

/// Thrown within this file where a header breaks a rule.
struct Broken {
  std::string why;
};

/// Bytes of the file by their place; what is read once is kept while the next is near.
class Bytes {
 public:
  explicit Bytes(const OpenFile& file) : file_(file) {}
  std::uint64_t size() const { return file_.size; }
  /// Exactly so many; Broken where the file ends before.
  std::string_view at(std::uint64_t offset, std::size_t count) {
    if (offset < begin_ || offset + count > begin_ + kept_.size()) {
      constexpr std::size_t kWindow = 16 << 10;
      Result<std::string> read = read_range(file_, offset, std::max(count, kWindow));
      if (!read) throw Broken{read.fault.message};
      kept_ = std::move(*read.value);
      begin_ = offset;
    }
    if (offset + count > begin_ + kept_.size()) throw Broken{"the image is cut off"};
    return std::string_view(kept_).substr(static_cast<std::size_t>(offset - begin_), count);
  }
  std::uint64_t big(std::uint64_t offset, std::size_t count) { return number(offset, count, true); }
  std::uint64_t little(std::uint64_t offset, std::size_t count) { return number(offset, count, false); }
  bool says(std::uint64_t offset, std::string_view text) { return at(offset, text.size()) == text; }

 private:
  std::uint64_t number(std::uint64_t offset, std::size_t count, bool big_endian) {
    return integer_of(at(offset, count), big_endian);
  }

  const OpenFile& file_;
  std::uint64_t begin_ = 0;
  std::string kept_;
};

void require_within(const Bytes& bytes, std::uint64_t end, const char* what) {
  if (end > bytes.size())
    throw Broken{fmt::format("the image is cut off: {} bytes, {} ends at {}", bytes.size(), what, end)};
}

/// The marker that ends a JPEG stands at its end, but for what some cameras append.
bool has_jpeg_end(Bytes& bytes, std::uint64_t from) {
  constexpr std::string_view kEnd = "\xff\xd9";
  if (bytes.size() >= 2 && bytes.says(bytes.size() - 2, kEnd)) return true;
  constexpr std::size_t kPiece = 16 << 10;
  for (std::uint64_t at = from; at + 2 <= bytes.size(); at += kPiece - 1) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, bytes.size() - at));
    if (bytes.at(at, count).find(kEnd) != std::string_view::npos) return true;
  }
  return false;
}

ImageHeader read_jpeg(Bytes& bytes) {
  ImageHeader header;
  std::uint64_t at = 2;
  while (true) {
    if (bytes.big(at, 1) != 0xff) throw Broken{fmt::format("no marker of a JPEG at byte {}", at)};
    while (bytes.big(at + 1, 1) == 0xff) ++at;  // fill bytes
    const std::uint64_t marker = bytes.big(at + 1, 1);
    if (marker == 0xd9) throw Broken{"the JPEG ends before its pixels"};
    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2;
      continue;
    }
    const std::uint64_t length = bytes.big(at + 2, 2);
    if (length < 2) throw Broken{fmt::format("a segment of {} bytes at byte {}, expected at least 2", length, at)};
    const std::uint64_t body = at + 4, next = at + 2 + length;
    require_within(bytes, next, "a segment of the JPEG");
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) {
      header.height = static_cast<std::int64_t>(bytes.big(body + 1, 2));
      header.width = static_cast<std::int64_t>(bytes.big(body + 3, 2));
    } else if (marker == 0xe1 && length >= 8 && bytes.says(body, std::string_view("Exif\0\0", 6))) {
      const std::string exif(bytes.at(body + 6, static_cast<std::size_t>(length) - 8));
      header.orientation = exif_orientation(exif);
    } else if (marker == 0xda) {
      if (header.width == 0) throw Broken{"a JPEG without a frame"};
      if (!has_jpeg_end(bytes, next)) throw Broken{"the image is cut off: a JPEG without its end marker"};
      return header;
    }
    at = next;
  }
}

ImageHeader read_png(Bytes& bytes) {
  constexpr std::uint64_t kFirst = 8;
  if (!bytes.says(kFirst + 4, "IHDR")) throw Broken{"a PNG whose first chunk is no `IHDR`"};
  ImageHeader header;
  header.width = static_cast<std::int64_t>(bytes.big(kFirst + 8, 4));
  header.height = static_cast<std::int64_t>(bytes.big(kFirst + 12, 4));
  for (std::uint64_t at = kFirst;;) {
    require_within(bytes, at + 12, "a chunk of the PNG");
    const std::uint64_t length = bytes.big(at, 4), next = at + 12 + length;
    require_within(bytes, next, "a chunk of the PNG");
    if (bytes.says(at + 4, "eXIf"))
      header.orientation = exif_orientation(std::string(bytes.at(at + 8, static_cast<std::size_t>(length))));
    if (bytes.says(at + 4, "IEND")) return header;
    at = next;
  }
}

/// Width and height of the first chunk that has them.
ImageHeader webp_size(Bytes& bytes, std::uint64_t chunk) {
  ImageHeader header;
  const std::uint64_t body = chunk + 8;
  if (bytes.says(chunk, "VP8 ")) {
    if (!bytes.says(body + 3, "\x9d\x01\x2a")) throw Broken{"a WebP without the start of a frame"};
    header.width = static_cast<std::int64_t>(bytes.little(body + 6, 2) & 0x3fff);
    header.height = static_cast<std::int64_t>(bytes.little(body + 8, 2) & 0x3fff);
  } else if (bytes.says(chunk, "VP8L")) {
    const std::uint64_t bits = bytes.little(body + 1, 4);
    header.width = static_cast<std::int64_t>((bits & 0x3fff) + 1);
    header.height = static_cast<std::int64_t>((bits >> 14 & 0x3fff) + 1);
  } else if (bytes.says(chunk, "VP8X")) {
    if ((bytes.little(body, 1) & 0x02) != 0) throw Broken{"the image is an animation"};
    header.width = static_cast<std::int64_t>(bytes.little(body + 4, 3) + 1);
    header.height = static_cast<std::int64_t>(bytes.little(body + 7, 3) + 1);
  } else {
    throw Broken{"a WebP whose first chunk is no image"};
  }
  return header;
}

ImageHeader read_webp(Bytes& bytes) {
  const std::uint64_t end = 8 + bytes.little(4, 4);
  require_within(bytes, end, "the WebP");
  ImageHeader header = webp_size(bytes, 12);
  for (std::uint64_t at = 12; at + 8 <= end;) {
    const std::uint64_t length = bytes.little(at + 4, 4);
    require_within(bytes, at + 8 + length, "a chunk of the WebP");
    if (bytes.says(at, "EXIF")) {
      std::string_view exif = bytes.at(at + 8, static_cast<std::size_t>(length));
      // Some writers put the prefix of a JPEG's segment before it.
      constexpr std::string_view kPrefix("Exif\0\0", 6);
      if (exif.starts_with(kPrefix)) exif.remove_prefix(kPrefix.size());
      header.orientation = exif_orientation(std::string(exif));
    }
    at += 8 + length + length % 2;
  }
  return header;
}

ImageHeader read_bmp(Bytes& bytes) {
  ImageHeader header;
  const std::uint64_t pixels = bytes.little(10, 4), kind = bytes.little(14, 4);
  const bool old = kind == 12;
  std::uint64_t depth = 0, compression = 0;
  if (old) {
    header.width = static_cast<std::int64_t>(bytes.little(18, 2));
    header.height = static_cast<std::int64_t>(bytes.little(20, 2));
    depth = bytes.little(24, 2);
  } else {
    header.width = static_cast<std::int32_t>(bytes.little(18, 4));
    // Negative where the first row is the upper one.
    header.height = std::abs(std::int64_t{static_cast<std::int32_t>(bytes.little(22, 4))});
    depth = bytes.little(28, 2);
    compression = bytes.little(30, 4);
  }
  const bool plain = compression == 0 || compression == 3;
  if (plain && header.width > 0 && header.width < kMostPixels && header.height < kMostPixels) {
    const std::uint64_t row = (static_cast<std::uint64_t>(header.width) * depth + 31) / 32 * 4;
    require_within(bytes, pixels + row * static_cast<std::uint64_t>(header.height), "the last row of the BMP");
  }
  return header;
}

ImageHeader read_tiff(Bytes& bytes) {
  const bool big = bytes.says(0, "MM");
  const auto read = [&](std::uint64_t offset, std::size_t count) { return std::string(bytes.at(offset, count)); };
  const TiffDirectory directory = tiff_directory(read, big);
  ImageHeader header;
  header.width = static_cast<std::int64_t>(directory.first(TiffTag::Width, 0));
  header.height = static_cast<std::int64_t>(directory.first(TiffTag::Height, 0));
  // Whoever decodes a TIFF turns it: to its reader the orientation is a part of the format.
  const std::uint64_t orientation = directory.first(TiffTag::Orientation, 1);
  if (orientation >= 5 && orientation <= 8) std::swap(header.height, header.width);
  const std::uint64_t depth = directory.first(TiffTag::BitsPerSample, 1);
  if (directory.first(TiffTag::SampleFormat, 1) == 3 || depth > 16)
    throw Broken{fmt::format("{} bits a channel{}, expected integers of at most 16", depth,
                             directory.first(TiffTag::SampleFormat, 1) == 3 ? " of floating-point numbers" : "")};
  for (const auto& [offsets, counts] : {std::pair(TiffTag::StripOffsets, TiffTag::StripByteCounts),
                                        std::pair(TiffTag::TileOffsets, TiffTag::TileByteCounts)}) {
    const std::vector<std::uint64_t>&begin = directory.all(offsets), &count = directory.all(counts);
    for (std::size_t i = 0; i < std::min(begin.size(), count.size()); ++i)
      require_within(bytes, begin[i] + count[i], "a strip of the TIFF");
  }
  return header;
}

ImageHeader read_header(Bytes& bytes) {
  if (bytes.size() < 16) throw Broken{fmt::format("{} bytes, expected an image", bytes.size())};
  const std::string_view magic = bytes.at(0, 12);
  if (magic.starts_with("\xff\xd8\xff")) return read_jpeg(bytes);
  if (magic.starts_with("\x89PNG\r\n\x1a\n")) return read_png(bytes);
  if (magic.starts_with("RIFF") && magic.ends_with("WEBP")) return read_webp(bytes);
  if (magic.starts_with("BM")) return read_bmp(bytes);
  if (magic.starts_with(std::string_view("II*\0", 4)) || magic.starts_with(std::string_view("MM\0*", 4)))
    return read_tiff(bytes);
  throw Broken{fmt::format("begins with {:02x} {:02x} {:02x} {:02x}, expected JPEG, PNG, WebP, BMP or TIFF",
                           bytes.big(0, 1), bytes.big(1, 1), bytes.big(2, 1), bytes.big(3, 1))};
}

}  // namespace

Result<ImageHeader> read_image_header(const std::string& path) {
  Result<OpenFile> file = open_file(path);
  if (!file) return {{}, std::move(file.fault)};
  Bytes bytes(*file.value);
  try {
    ImageHeader header = read_header(bytes);
    if (header.orientation < 1 || header.orientation > 8) header.orientation = 1;
    if (header.height < 1 || header.width < 1)
      throw Broken{fmt::format("{} times {} pixels, expected at least one", header.width, header.height)};
    if (header.height > kMostPixels / header.width)
      throw Broken{fmt::format("{} times {} pixels, expected at most {}", header.width, header.height, kMostPixels)};
    if (header.orientation >= 5) std::swap(header.height, header.width);
    return {header, {}};
  } catch (const Broken& broken) {
    return {{}, file_fault(path, broken.why)};
  }
}

bool names_image(std::string_view file_name) {
  constexpr std::string_view kEndings[] = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"};
  std::string lower(file_name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return lower.size() > ending.size() && lower.ends_with(ending); });
}

}  // namespace modelc::formats
