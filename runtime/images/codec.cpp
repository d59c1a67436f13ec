// The library: OpenCV's imgcodecs behind `codec.h`.
#include "images/codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>

namespace modelc::images {
namespace {

/// EXIF's orientations: mirrored, turned, or both.
cv::Mat upright(const cv::Mat& image, int orientation) {
  cv::Mat out;
  switch (orientation) {
    case 2:
      cv::flip(image, out, 1);
      return out;
    case 3:
      cv::rotate(image, out, cv::ROTATE_180);
      return out;
    case 4:
      cv::flip(image, out, 0);
      return out;
    case 5:
      cv::transpose(image, out);
      return out;
    case 6:
      cv::rotate(image, out, cv::ROTATE_90_CLOCKWISE);
      return out;
    case 7:
      cv::transpose(image, out);
      cv::rotate(out, out, cv::ROTATE_180);
      return out;
    case 8:
      cv::rotate(image, out, cv::ROTATE_90_COUNTERCLOCKWISE);
      return out;
    default:
      return image;
  }
}

/// OpenCV keeps blue, green, red of a pixel side by side.
template <class Sample, class Scale>
void split_planes(const cv::Mat& image, Scale scale, Pixels& pixels) {
  pixels.height = image.rows;
  pixels.width = image.cols;
  const auto plane = static_cast<std::size_t>(image.rows) * static_cast<std::size_t>(image.cols);
  pixels.planes.resize(3 * plane);
  for (int y = 0; y < image.rows; ++y) {
    const auto* row = image.ptr<Sample>(y);
    std::uint8_t* red = pixels.planes.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(image.cols);
    for (int x = 0; x < image.cols; ++x)
      for (std::size_t c = 0; c < 3; ++c)
        red[c * plane + static_cast<std::size_t>(x)] = scale(row[3 * x + 2 - static_cast<int>(c)]);
  }
}

class OpenCv : public Codec {
 public:
  OpenCv() { cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT); }

  std::string decode(std::string_view bytes, int orientation, Pixels& pixels) const override {
    try {
      const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
      constexpr int kHow = cv::IMREAD_COLOR | cv::IMREAD_ANYDEPTH | cv::IMREAD_IGNORE_ORIENTATION;
      const cv::Mat image = upright(cv::imdecode(raw, kHow), orientation);
      if (image.empty()) return "the image is damaged, or of a kind that cannot be read";
      if (image.channels() != 3) return fmt::format("{} channels, expected 3", image.channels());
      if (image.depth() == CV_8U) {
        split_planes<std::uint8_t>(
            image, [](std::uint8_t v) { return v; }, pixels);
      } else if (image.depth() == CV_16U) {
        // 65535 is 255: v / 257, rounded.
        const auto scale = [](std::uint16_t v) { return static_cast<std::uint8_t>((v + 128u) / 257u); };
        split_planes<std::uint16_t>(image, scale, pixels);
      } else {
        return "the image has neither 8 nor 16 bits a channel";
      }
      return "";
    } catch (const cv::Exception& fault) {
      return fmt::format("the image cannot be read: {}", fault.err);
    }
  }

  std::string encode_png(const Pixels& pixels, std::string& bytes) const override {
    try {
      const auto height = static_cast<int>(pixels.height), width = static_cast<int>(pixels.width);
      cv::Mat image(height, width, CV_8UC3);
      const auto plane = static_cast<std::size_t>(pixels.height * pixels.width);
      for (int y = 0; y < height; ++y) {
        auto* row = image.ptr<std::uint8_t>(y);
        const std::uint8_t* red = pixels.planes.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
        for (int x = 0; x < width; ++x)
          for (std::size_t c = 0; c < 3; ++c)
            row[3 * x + 2 - static_cast<int>(c)] = red[c * plane + static_cast<std::size_t>(x)];
      }
      std::vector<std::uint8_t> encoded;
      if (!cv::imencode(".png", image, encoded)) return "the pixels cannot be encoded";
      bytes.assign(encoded.begin(), encoded.end());
      return "";
    } catch (const cv::Exception& fault) {
      return fmt::format("the pixels cannot be encoded: {}", fault.err);
    }
  }
};

}  // namespace
}  // namespace modelc::images

extern "C" __attribute__((visibility("default"))) const modelc::images::Codec* modelc_image_codec() {
  static const modelc::images::OpenCv codec;
  return &codec;
}
