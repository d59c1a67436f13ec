// What the library of images does, seen from the runtime, which loads it when the first image is asked for. Plain C++:
// the one side knows no OpenCV, the other no LibTorch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::images {

/// 8 bits a channel; red, green, blue one plane after the other, rows from the top.
struct Pixels {
  std::int64_t height = 0, width = 0;
  std::vector<std::uint8_t> planes;  // 3 * height * width
};

/// Any thread may ask. What comes back is the reason why not, empty where it is done.
class Codec {
 public:
  virtual ~Codec() = default;
  /// The image that the bytes of a file are, turned as its `orientation` (1 to 8 of EXIF) says. Grey and palettes
  /// become RGB, 16 bits a channel 8; transparency is dropped.
  virtual std::string decode(std::string_view bytes, int orientation, Pixels& pixels) const = 0;
  virtual std::string encode_png(const Pixels& pixels, std::string& bytes) const = 0;
};

/// What the library exports, as a function of this type.
inline constexpr const char* kCodecFunction = "modelc_image_codec";
using CodecFunction = const Codec* (*)();

}  // namespace modelc::images
