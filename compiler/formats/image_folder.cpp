#include "formats/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "formats/file_bytes.h"

namespace modelc::formats {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepest = 30;  // folders within folders: a link to a folder above would go on until the system refuses

struct Entries {
  std::vector<std::string> folders, images;  // names, sorted
};

Result<Entries> entries_of(const std::string& folder) {
  Entries found;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code unknown;  // a link to nothing is neither
    if (entry->is_directory(unknown)) found.folders.push_back(name);
    else if (names_image(name) && fs::exists(entry->path(), unknown)) found.images.push_back(name);
  }
  if (error) return {{}, file_fault(folder, error.message())};
  std::sort(found.folders.begin(), found.folders.end());
  std::sort(found.images.begin(), found.images.end());
  return {std::move(found), {}};
}

/// The images of a class by their paths below `root`: those of a folder before those of the folders within it.
std::optional<Fault> add_images(const std::string& root, const std::string& below, std::int64_t label, int depth,
                                std::vector<ImageFile>& files) {
  if (depth > kDeepest)
    return file_fault(root + "/" + below, fmt::format("more than {} folders within each other", kDeepest));
  Result<Entries> entries = entries_of(root + "/" + below);
  if (!entries) return std::move(entries.fault);
  for (const std::string& image : entries.value->images) files.push_back({below + "/" + image, {}, label});
  for (const std::string& folder : entries.value->folders)
    if (auto fault = add_images(root, below + "/" + folder, label, depth + 1, files)) return fault;
  return std::nullopt;
}

std::optional<Fault> list_images(ImageFolder& images) {
  std::error_code error;
  const fs::file_status status = fs::status(images.folder, error);
  if (!fs::exists(status)) {
    Fault fault = file_fault(images.folder, "is not there");
    fault.not_found = true;
    return fault;
  }
  if (!fs::is_directory(status)) return file_fault(images.folder, "is a file, expected a folder of images");
  Result<Entries> top = entries_of(images.folder);
  if (!top) return std::move(top.fault);
  images.classes = std::move(top.value->folders);
  if (images.classes.empty())
    for (const std::string& image : top.value->images) images.files.push_back({image, {}, 0});
  for (std::size_t label = 0; label < images.classes.size(); ++label) {
    const std::string& name = images.classes[label];
    const std::size_t before = images.files.size();
    if (auto fault = add_images(images.folder, name, static_cast<std::int64_t>(label), 0, images.files)) return fault;
    if (images.files.size() == before)
      return file_fault(images.folder + "/" + name,
                        "is a class without images; each folder within `images` is a class");
  }
  if (images.files.empty())
    return file_fault(images.folder, "has no images; they end in .jpg, .jpeg, .png, .webp, .bmp, .tif or .tiff");
  return std::nullopt;
}

std::optional<Fault> read_headers(ImageFolder& images, bool sized) {
  for (std::size_t row = 0; row < images.files.size(); ++row) {
    Result<ImageHeader> header = read_image_header(images.path(row));
    if (!header) return std::move(header.fault);
    images.files[row].header = *header.value;
    if (sized) continue;
    const ImageSize have{header.value->height, header.value->width};
    if (row == 0) images.size = have;
    if (have == images.size) continue;
    return file_fault(images.path(row),
                      fmt::format("{} rows of {} pixels, but {} has {} of {}; images of several sizes need `size=`",
                                  have[0], have[1], images.path(0), images.size[0], images.size[1]));
  }
  return std::nullopt;
}

}  // namespace

Result<ImageFolder> read_image_folder(const std::string& folder, const std::optional<ImageSize>& size) {
  ImageFolder images;
  images.folder = folder;
  if (size) images.size = *size;
  if (auto fault = list_images(images)) return {{}, std::move(*fault)};
  if (auto fault = read_headers(images, size.has_value())) return {{}, std::move(*fault)};
  return {std::move(images), {}};
}

Schema schema_of(const ImageFolder& folder) {
  Schema schema;
  schema.rows = static_cast<std::int64_t>(folder.files.size());
  ColumnType image, label, file;
  image.name = "image";
  image.dtype = types::DType::UInt8;
  image.shape = {3, folder.size[0], folder.size[1]};
  schema.columns.push_back(image);
  if (!folder.classes.empty()) {
    label.name = "label";
    label.dtype = types::DType::Int64;
    label.categories = folder.classes;
    schema.columns.push_back(label);
  }
  file.name = "file";
  file.dtype = types::DType::String;
  schema.columns.push_back(file);
  return schema;
}

}  // namespace modelc::formats
