// Sizes of image files from their headers: JPEG, PNG, WebP, BMP, TIFF, told by their first bytes. No pixel is decoded:
// a folder of images is checked in the time that opening its files takes.
#pragma once

#include "formats/tables.h"

namespace modelc::formats {

struct ImageHeader {
  std::int64_t height = 0, width = 0;  // as shown: after turning
  int orientation = 1;                 // EXIF's, 1 to 8: how the pixels as they are decoded are turned to be shown
};

/// Faults: no image, cut off (as far as the header's lengths, or a missing end, tell), more than 2^28 pixels, animated,
/// of numbers that are no integers of at most 16 bits.
Result<ImageHeader> read_image_header(const std::string& path);

/// By its ending, in either case.
bool names_image(std::string_view file_name);

}  // namespace modelc::formats
