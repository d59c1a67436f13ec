// A folder of images as rows: the rules of torchvision's ImageFolder. The names of the folders within it, sorted, are
// the classes, numbered from 0; the images of a class are all files below its folder with the ending of an image. What
// begins with a dot is passed over. A folder that has no folders is rows without classes.
#pragma once

#include <array>
#include <optional>

#include "formats/image_header.h"

namespace modelc::formats {

/// Height and width.
using ImageSize = std::array<std::int64_t, 2>;

struct ImageFile {
  std::string name;  // below the folder, with `/`
  ImageHeader header;
  std::int64_t label = 0;
};

struct ImageFolder {
  std::string folder;
  std::vector<std::string> classes;  // none: rows without classes
  std::vector<ImageFile> files;      // in the order of the rows: by class, folder, name
  ImageSize size{};                  // of every row
  std::string path(std::size_t row) const { return folder + "/" + files[row].name; }
};

/// Faults: a class without images, an image that cannot be read, two of different sizes where no size is given.
Result<ImageFolder> read_image_folder(const std::string& folder, const std::optional<ImageSize>& size);

/// `image: uint8[3, H, W]`, `label: int[]` (where there are classes), `file`.
Schema schema_of(const ImageFolder& folder);

}  // namespace modelc::formats
